"""D02-D16 and D21: a document means what its plain JSON says; no context adds to it or is loaded."""

from __future__ import annotations

import time
from typing import Any

import pytest
import pytest_asyncio

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import ACTIVITYSTREAMS, PUBLIC
from tests.support.cast import (
    content,
    effects,
    follower,
    friend,
    hear,
    held,
    note,
    place,
    posted,
    row_of,
    said,
    told,
)
from tests.support.hostile import Persona
from tests.support.neighbours import outcome
from tests.support.nodes import EVENT, do
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
Json = dict[str, Any]
EVIL = "https://contexts.test/evil"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def anna(busy: Stage) -> Persona:
    """Somebody whom we follow."""
    return await friend(busy)


def hidings(hidden: Any) -> dict[str, Json]:
    """What may be added to a document so that a JSON-LD processor finds something more in it."""
    reverse = {"wrapped": {"@reverse": f"{ACTIVITYSTREAMS}#object"}}
    nest = {"n": "@nest", "kind": "@type", "of": {"@id": "as:object", "@type": "@id"}}
    return {
        "D02": {"@graph": [hidden]},
        "D02-one": {"@graph": hidden},
        "D04": {"@reverse": {"object": hidden}},
        "D05-included": {"@context": [ACTIVITYSTREAMS, {"more": "@included"}], "more": [hidden]},
        "D05-graph": {"@context": [ACTIVITYSTREAMS, {"more": "@graph"}], "more": [hidden]},
        "D05-reverse": {"@context": [ACTIVITYSTREAMS, reverse], "wrapped": hidden},
        "D05-nest": {
            "@context": [ACTIVITYSTREAMS, nest],
            "n": {"kind": "Delete", "of": hidden["object"]},
        },
    }


def redefinitions(other: str) -> dict[str, Json]:
    """What may be added to a note so that a JSON-LD processor finds something else in it."""
    return {
        "D06": {
            "@context": [ACTIVITYSTREAMS, {"attributedTo": None, "x": "as:attributedTo"}],
            "x": other,
        },
        "D07": {"@context": [ACTIVITYSTREAMS, {"content": None, "c2": "as:content"}], "c2": "X"},
        "D08": {"@context": [ACTIVITYSTREAMS, {"id": None}], "@id": f"{other}/n/1"},
        "D09": {"capacity": 9, "extThing": {"id": f"{other}/n/1"}, "as": {"content": "X"}},
        "D10": {"to": [PUBLIC, PUBLIC], "cc": "not an iri", "bcc": None, "audience": [None, ""]},
        "D16": {"@context": [ACTIVITYSTREAMS, {"@vocab": "https://contexts.test/"}], "do": "X"},
    }


HIDINGS = list(hidings({"object": ""}))


@pytest.mark.parametrize("row", HIDINGS)
async def test_what_is_hidden_in_a_document_does_not_happen(
    busy: Stage, anna: Persona, row: str
) -> None:
    mine = await posted(busy, anna)
    hiding = hidings(busy.activity(anna.id, "Delete", object=mine["id"]))[row]
    deep = {"tag": [{"type": "Hashtag", "name": "#x", **hiding}]}
    for within, above in (({}, hiding), (hiding, {}), (deep, {})):
        about = note(anna.id, place(busy, anna), content="plain")
        assert await hear(busy, anna, "Create", object={**about, **within}, **above) == "done"
        assert await content(busy, about["id"]) == "plain"
        old = await held(busy, mine["id"])
        assert old is not None
        assert old.document == {key: mine[key] for key in mine if key != "@context"}


@pytest.mark.parametrize("row", HIDINGS)
async def test_what_needs_a_processor_and_hides_something_is_not_heard(
    busy: Stage, anna: Persona, row: str
) -> None:
    mine = await posted(busy, anna)
    before = await effects(busy)
    hiding = hidings(busy.activity(anna.id, "Delete", object=mine["id"]))[row]
    about = note(anna.id, place(busy, anna))
    for kind in ("as:Create", f"{ACTIVITYSTREAMS}#Create"):
        came = await hear(busy, anna, kind, object=about, **hiding)
        assert came != "done"
    assert await effects(busy) == before


@pytest.mark.parametrize("row", list(redefinitions("")))
async def test_a_term_means_what_it_always_means(busy: Stage, anna: Persona, row: str) -> None:
    eve = busy.stranger()
    about = note(anna.id, place(busy, anna), content="plain")
    changed = {**about, **redefinitions(eve.id)[row]}
    context = changed["@context"]
    assert await hear(busy, anna, "Create", object=changed, **{"@context": context}) == "done"
    kept = await held(busy, about["id"])
    assert kept is not None
    assert (kept.author, kept.document["content"]) == (anna.id, "plain")
    assert await held(busy, f"{eve.id}/n/1") is None
    assert eve.id not in busy.evil.urls()


def contexts() -> dict[str, Any]:
    """Contexts of which none may be loaded, and none may keep a document from being read."""
    chain: Any = {"@import": EVIL}
    for _ in range(10):
        chain = {"@context": chain}
    terms = {f"t{number}": f"https://contexts.test/{number}" for number in range(4500)}
    return {
        "D11-alone": EVIL,
        "D11-first": [EVIL, ACTIVITYSTREAMS],
        "D11-last": [ACTIVITYSTREAMS, EVIL],
        "D11-import": [ACTIVITYSTREAMS, {"@version": 1.1, "@import": EVIL}],
        "D11-within-a-term": [ACTIVITYSTREAMS, {"content": {"@id": "x", "@context": EVIL}}],
        "D14-many": [ACTIVITYSTREAMS, *({"x": f"https://contexts.test/{n}"} for n in range(300))],
        "D14-terms": [ACTIVITYSTREAMS, terms],
        "D14-deep": [ACTIVITYSTREAMS, chain],
        "D14-remote": [f"{EVIL}/{number}" for number in range(10)],
        "D15-plain-http": "http://www.w3.org/ns/activitystreams",
        "D15-unknown": [*OBJECT_CONTEXT, EVIL, {"toot": "http://joinmastodon.org/ns#"}],
        "D15-empty": [],
        "D15-null": None,
        "D15-number": 1,
        "D16-vocab": [ACTIVITYSTREAMS, {"@vocab": EVIL, "@base": EVIL, "@language": "xx"}],
    }


@pytest.mark.parametrize("case", list(contexts()))
async def test_no_context_is_loaded_or_needed(busy: Stage, anna: Persona, case: str) -> None:
    busy.evil.host("contexts.test")
    busy.evil.serve(EVIL, {"@context": {"@import": EVIL, "content": None}})
    about = {**note(anna.id, place(busy, anna), content="plain"), "@context": contexts()[case]}
    busy.evil.asked.clear()
    before, begun = len(busy.wire.attempts), time.monotonic()
    activity = {**busy.activity(anna.id, "Create", object=about), "@context": about["@context"]}
    if case == "D14-terms":
        # Twice as many values as we read in one document.
        assert (await said(busy, anna, activity)).status == 400
        activity["@context"] = ACTIVITYSTREAMS
    assert await told(busy, anna, activity) == "done"
    assert time.monotonic() - begun < 5
    assert len(busy.wire.attempts) == before
    assert "contexts.test" not in busy.wire.lookups
    kept = await held(busy, about["id"])
    assert kept is not None
    assert kept.document["content"] == "plain"


async def test_d15_without_any_context_a_document_is_read(busy: Stage, anna: Persona) -> None:
    about = note(anna.id, place(busy, anna))
    activity = busy.activity(anna.id, "Create", object=about)
    for document in (about, activity):
        del document["@context"]
    assert await told(busy, anna, activity) == "done"
    assert await held(busy, about["id"]) is not None


async def test_d11_nor_is_one_loaded_for_what_we_fetch_or_must_have_translated(
    busy: Stage,
) -> None:
    busy.evil.host("contexts.test")
    context = [ACTIVITYSTREAMS, EVIL]
    busy.evil.serve(EVIL, {"@context": {"content": None}})
    changes: Json = {"@context": context}
    anna = await friend(busy, **changes)
    shown = {**note(anna.id, place(busy, anna)), "@context": context}
    busy.evil.serve(shown["id"], shown)
    assert await hear(busy, anna, "Announce", object=shown["id"]) == "done"
    odd: Json = {"@id": place(busy, anna), "@type": "as:Note", "as:content": "odd"}
    odd["as:to"] = {"@id": PUBLIC}
    assert await hear(busy, anna, "as:Create", object=odd, **changes) != "done"
    # With a context that we carry the same is understood: a processor is at work.
    assert (
        await hear(busy, anna, "as:Create", object=odd, **{"@context": ACTIVITYSTREAMS}) == "done"
    )
    assert await content(busy, odd["@id"]) == "odd"
    assert "contexts.test" not in busy.wire.lookups
    assert not [url for url in busy.evil.urls() if url.startswith("https://contexts.test")]


async def test_d21_nothing_that_we_hear_is_passed_on(busy: Stage, anna: Persona) -> None:
    """What is not forwarded cannot change its meaning on the way."""
    eve = busy.stranger()
    await follower(busy, eve)
    event = (await do(busy.node, "event.publish", document=EVENT))["id"]
    followers = f"{busy.community}/followers"
    reply = note(anna.id, place(busy, anna), inReplyTo=event, cc=[followers])
    activity = busy.activity(anna.id, "Create", object=reply, cc=[followers])
    assert await told(busy, anna, activity) == "done"
    assert await outcome(busy.node, activity["id"]) == "done"
    passed_on = await row_of(
        busy,
        "select id from outgoing where instr(body, cast(:reply as blob)) > 0",
        reply=reply["id"],
    )
    assert passed_on is None
