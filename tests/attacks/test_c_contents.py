"""C16-C23: for whom a thing is, when it is from, and what its origin says of it from time to time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from activitypub.names import ACTIVITY_JSON, PUBLIC
from tests.support.cast import (
    attempt,
    content,
    effects,
    friend,
    hear,
    held,
    note,
    place,
    posted,
    said,
)
from tests.support.forging import US
from tests.support.hostile import Persona, answer
from tests.support.nodes import EVENT, do, until
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
SECRET = "Geheim-4711"
_VERA = [0]


def victim(us: Stage) -> Persona:
    """An honest actor on a server of her own, whom we do not follow."""
    _VERA[0] += 1
    return us.evil.persona("vera", f"private{_VERA[0]}.test", key="victims")


async def test_c16_a_follow_without_an_id_is_one_follow(busy: Stage) -> None:
    eve = busy.stranger()
    nameless = busy.activity(eve.id)
    del nameless["id"]
    for _ in range(2):
        assert (await said(busy, eve, nameless)).status == 202

    async def followers() -> list[str]:
        return [row for row in (await effects(busy))["follower"] if eve.id in row]

    assert len(await until(followers)) == 1


@pytest.mark.parametrize("kind", ["Create", "Undo", "Accept"], ids=lambda kind: f"C16-{kind}")
async def test_what_has_no_id_is_refused(busy: Stage, kind: str) -> None:
    eve = await friend(busy)
    before = await effects(busy)
    activity = busy.activity(eve.id, kind)
    del activity["id"]
    assert (await said(busy, eve, activity)).status == 400
    assert await effects(busy) == before


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451, 500], ids=lambda each: f"C18-{each}")
async def test_an_origin_that_does_not_answer_deletes_nothing(busy: Stage, status: int) -> None:
    anna = await friend(busy)
    mine = await posted(busy, anna)
    before = await held(busy, mine["id"])
    busy.evil.scripts[mine["id"]] = answer(status)
    assert await attempt(busy, anna, "Update", object=mine["id"]) == 202
    assert await held(busy, mine["id"]) == before


async def test_c19_of_two_words_from_one_moment_the_origins_counts(busy: Stage) -> None:
    anna = await friend(busy)
    mine = await posted(busy, anna, updated="2026-06-02T10:00:00Z")
    busy.evil.serve(mine["id"], {**mine, "content": "what the origin says"})
    busy.evil.asked.clear()
    await hear(busy, anna, "Update", object={**mine, "content": "what she says"})
    assert busy.evil.urls() == [mine["id"]]
    assert await content(busy, mine["id"]) == "what the origin says"


ODD: list[dict[str, Any]] = [
    {"content": ["a", {"b": []}]},
    {"content": {"@value": "a"}},
    {"content": 5e300},
    {"contentMap": {"de": {"x": 1}}, "name": [1, None]},
    {"type": ["Note", "Person"]},
    {"type": [], "to": 5},
    {"attributedTo": {"id": {"id": 1}}},
    {"published": {}, "updated": [1]},
    {"url": [{"href": 5}, None]},
]


@pytest.mark.parametrize("number", range(len(ODD)), ids=lambda number: f"C20-{number}")
async def test_an_odd_shape_breaks_nothing(busy: Stage, number: int) -> None:
    anna = await friend(busy)
    odd = {**note(anna.id, place(busy, anna)), **ODD[number]}
    busy.log.truncate(busy.log.seek(0))
    assert await attempt(busy, anna, "Create", object=odd) in (202, 400)
    assert "Traceback" not in busy.log.getvalue()
    await do(busy.node, "network.timeline")
    assert "<" in await page(busy, "/")


TIMES: list[Any] = [
    "9999-12-31T23:59:59Z",
    "2100-01-01T00:00:00+14:00",
    "1970-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "-0044-03-15T00:00:00Z",
    1e308,
    -1,
    "P1Y",
]


@pytest.mark.parametrize("moment", TIMES, ids=lambda moment: f"C21-{moment}")
async def test_a_time_that_cannot_be_is_the_time_of_arrival(busy: Stage, moment: Any) -> None:
    anna = await friend(busy)
    began = datetime.now(UTC)
    odd = note(anna.id, place(busy, anna), published=moment, updated=moment)
    assert await hear(busy, anna, "Create", object=odd) == "done"
    thing = await held(busy, odd["id"])
    assert thing is not None
    slack = timedelta(seconds=1)
    assert began - slack <= thing.published <= thing.updated <= datetime.now(UTC) + slack


async def test_c21_a_date_in_the_future_keeps_no_later_word_away(busy: Stage) -> None:
    anna = await friend(busy)
    mine = await posted(busy, anna, updated="9999-12-31T23:59:59Z")
    now = (datetime.now(UTC) + timedelta(seconds=2)).isoformat()
    assert await hear(busy, anna, "Update", object={**mine, "content": "new", "updated": now}) == (
        "done"
    )
    assert await content(busy, mine["id"]) == "new"


async def test_c22_nobody_widens_what_another_wrote_for_few(busy: Stage) -> None:
    eve, vera = await friend(busy), victim(busy)
    private = note(vera.id, place(busy, vera), to=[f"{vera.id}/followers"], content=SECRET)
    busy.evil.serve(private["id"], private)
    before = await effects(busy)
    widened = {**private, "to": [PUBLIC, eve.id, busy.community]}
    for kind in ("Create", "Update", "Announce"):
        for about in (widened, private["id"]):
            assert (await hear(busy, eve, kind, object=about)).startswith("refused")
    assert await effects(busy) == before


async def test_c22_what_we_say_to_one_is_served_to_nobody(busy: Stage) -> None:
    eve = busy.stranger()
    assert await hear(busy, eve, "Follow") == "done"

    async def accept() -> str:
        found = [
            each.body.decode().partition('"id":"')[2].partition('"')[0]
            for each in busy.evil.asked
            if each.url == f"{eve.id}/inbox" and b'"Accept"' in each.body
        ]
        return found[0] if found else ""

    address = await until(accept)
    assert address.startswith(f"https://{US}/a/")
    assert await page(busy, address.removeprefix(f"https://{US}"), ACTIVITY_JSON, 404)


AUDIENCES: dict[str, dict[str, Any]] = {
    "C23-us": {"to": [f"https://{US}/c/wien"]},
    "C23-our-followers": {"to": [f"https://{US}/c/wien/followers"]},
    "C23-nobody": {"to": [], "cc": []},
    "C23-missing": {"to": None},
    "C23-bto": {"to": [f"https://{US}/c/wien"], "bto": [PUBLIC], "audience": PUBLIC},
    "C23-nearly": {"to": [f"{PUBLIC}/", PUBLIC.upper(), "https://evil.test/#Public"]},
}


@pytest.mark.parametrize("kind", ["Create", "Update", "Announce"])
@pytest.mark.parametrize("audience", AUDIENCES)
async def test_what_is_for_few_is_shown_to_nobody(busy: Stage, audience: str, kind: str) -> None:
    anna = await friend(busy)
    event = (await do(busy.node, "event.publish", document=EVENT))["id"]
    private = note(
        anna.id, place(busy, anna), content=SECRET, inReplyTo=event, **AUDIENCES[audience]
    )
    busy.evil.serve(private["id"], private)
    before = await effects(busy)
    # That the activity is for everybody does not make public what it is about.
    outcome = await hear(busy, anna, kind, object=private)
    # What she writes to the community is a message to its team; to pass one on is nothing.
    assert outcome.startswith("refused") if kind == "Announce" else outcome == "done"
    assert await effects(busy) == before
    for path in ("/", "/network", "/events", event.removeprefix(f"https://{US}")):
        assert SECRET not in await page(busy, path)


async def test_c23_what_became_private_is_shown_no_more(busy: Stage) -> None:
    anna = await friend(busy)
    mine = await posted(busy, anna, content=SECRET)
    assert SECRET in str(await do(busy.node, "network.timeline"))
    private = {**mine, "to": [f"{anna.id}/followers"], "updated": "2026-10-01T10:00:00Z"}
    await hear(busy, anna, "Update", object=private)
    assert SECRET not in str(await do(busy.node, "network.timeline"))


async def page(us: Stage, path: str, accept: str = "text/html", status: int = 200) -> str:
    """What a visitor is shown."""
    headers = {"Host": US, "Accept": accept}
    url = f"http://127.0.0.1:{us.port}{path}"
    us.wire.servers["127.0.0.1", us.port] = us.port
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answered:
        assert answered.status == status, path
        return await answered.text()
