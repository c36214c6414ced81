"""D01-D10: what somebody brings in the name of another is at most a reason to ask her server.

Every document here carries a linked-data signature of the victim that still holds.
"""

from __future__ import annotations

from typing import Any

import pytest

from activitypub.names import ACTIVITYSTREAMS, PUBLIC
from tests.support.cast import effects, friend, held, host_of, note, place, posted, said
from tests.support.hostile import Persona
from tests.support.linked_data import canonical, of_another, reworded, sealed, turned_inside_out
from tests.support.neighbours import outcome
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
Json = dict[str, Any]
INSIDE_OUT = ["D02", "D04", "D05-included", "D05-reverse"]
ANOTHERS = ["D05-nest", "D06", "D08"]
REWORDED = ["D07", "D09", "D10"]


async def victim(us: Stage) -> Persona:
    """Somebody whom we follow and who signs what she says."""
    return await friend(us, "vera", key="victims")


def says(us: Stage, who: Persona, kind: str, about: Any) -> Json:
    """An activity that any JSON-LD processor understands, not yet signed."""
    found = {**us.activity(who.id, kind, object=about), "@context": ACTIVITYSTREAMS}
    return found if kind != "Undo" else {**found, "to": PUBLIC}


async def brought(us: Stage, by: Persona, activity: Json) -> str:
    """What became of it when this one brought it: a refusal at the door, or the outcome."""
    us.evil.asked.clear()
    told = await said(us, by, activity)
    if told.status != 202:
        return f"{told.status} {told.title}"
    # What is brought for another is kept under a name that no activity can have.
    own = activity["actor"] == by.id
    return await outcome(us.node, activity["id"] if own else f"hint {activity['id']}")


def asked_only(us: Stage, *people: Persona) -> None:
    """Nothing was asked for but what lives where these live, and nothing was sent."""
    assert {asked.host for asked in us.evil.asked} <= {host_of(who) for who in people}
    assert {asked.method for asked in us.evil.asked} <= {"GET"}


@pytest.mark.parametrize("kind", ["Create", "Update"], ids=lambda kind: f"D01-{kind}")
async def test_what_another_brings_is_what_the_origin_says(busy: Stage, kind: str) -> None:
    eve, vera = await friend(busy, "eve"), await victim(busy)
    true = note(vera.id, place(busy, vera), content="true")
    busy.evil.serve(true["id"], true)
    activity = sealed(says(busy, vera, kind, {**true, "content": "older"}), vera)
    assert await brought(busy, eve, activity) == "done"
    assert true["id"] in busy.evil.urls()
    asked_only(busy, vera, eve)
    thing = await held(busy, true["id"])
    assert thing is not None
    assert thing.document["content"] == "true"


async def test_d01_what_the_origin_does_not_show_is_not_there(busy: Stage) -> None:
    eve, vera = await friend(busy, "eve"), await victim(busy)
    shown, secret = await posted(busy, vera), note(vera.id, place(busy, vera))
    before = await effects(busy)
    for kind, about in (
        ("Create", secret),
        ("Delete", shown["id"]),
        ("Delete", {"id": shown["id"], "type": "Tombstone"}),
    ):
        activity = sealed(says(busy, vera, kind, about), vera)
        assert (await brought(busy, eve, activity)).startswith("refused")
        asked_only(busy, vera, eve)
    assert await effects(busy) == before


@pytest.mark.parametrize(
    "kind", ["Follow", "Undo", "Accept", "Like", "Announce", "Move", "Block", "Flag"],
    ids=lambda kind: f"D01-{kind}",
)  # fmt: skip
async def test_what_no_origin_can_confirm_is_refused_at_the_door(busy: Stage, kind: str) -> None:
    eve, vera = await friend(busy, "eve"), await victim(busy)
    before, kept = await effects(busy), await busy.rows("inbox_activity")
    activity = sealed(says(busy, vera, kind, busy.community), vera)
    assert await brought(busy, eve, activity) == "401 foreign-key"
    asked_only(busy, eve)
    assert (await effects(busy), await busy.rows("inbox_activity")) == (before, kept)


@pytest.mark.parametrize("kind", ["Announce", "Delete"])
@pytest.mark.parametrize("row", INSIDE_OUT)
async def test_an_undo_turned_inside_out_undoes_and_does_nothing(
    busy: Stage, row: str, kind: str
) -> None:
    eve, vera = await friend(busy, "eve"), await victim(busy)
    shown = await posted(busy, vera)
    inner = {**says(busy, vera, kind, shown["id"]), "to": PUBLIC}
    undo = says(busy, vera, "Undo", {key: inner[key] for key in inner if key != "@context"})
    forged = turned_inside_out(undo)[row]
    assert (forged["type"], canonical(forged)) == (kind, canonical(undo))
    signature = sealed(undo, vera)["signature"]
    before = await effects(busy)
    came = await brought(busy, eve, {**forged, "signature": signature})
    assert came == {"Announce": "401 foreign-key", "Delete": "refused:not-gone"}[kind]
    asked_only(busy, vera, eve)
    assert await effects(busy) == before


@pytest.mark.parametrize("row", ANOTHERS)
async def test_whom_a_context_names_as_actor_is_nobody_to_us(busy: Stage, row: str) -> None:
    eve, vera = await friend(busy, "eve"), await victim(busy)
    shown = await posted(busy, vera)
    true = says(busy, vera, "Delete", shown["id"])
    forged = of_another(true, eve.id, new_id(busy, eve))[row]
    assert (forged["actor"], canonical(forged)) == (eve.id, canonical(true))
    before = await effects(busy)
    came = await brought(busy, eve, {**forged, "signature": sealed(true, vera)["signature"]})
    assert came.startswith(("refused", "401 foreign-id"))
    asked_only(busy, vera, eve)
    assert await effects(busy) == before


def new_id(us: Stage, who: Persona) -> str:
    """An id for an activity of hers."""
    return str(us.activity(who.id)["id"])


@pytest.mark.parametrize("row", REWORDED)
async def test_other_words_under_a_good_signature_are_not_heard(busy: Stage, row: str) -> None:
    eve, vera = await friend(busy, "eve"), await victim(busy)
    shown = note(vera.id, place(busy, vera), content="true")
    busy.evil.serve(shown["id"], shown)
    plain = {key: value for key, value in shown.items() if key != "@context"}
    true = says(busy, vera, "Create", plain)
    forged = reworded(true)[row]
    assert canonical(forged) == canonical(true)
    assert forged != true
    came = await brought(busy, eve, {**forged, "signature": sealed(true, vera)["signature"]})
    assert came == "done"
    asked_only(busy, vera, eve)
    thing = await held(busy, shown["id"])
    assert thing is not None
    assert thing.document == plain
