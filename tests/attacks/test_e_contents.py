"""E11-E24: what is shared, made, collected, blocked and joined, and by whom."""

from __future__ import annotations

from typing import Any

import pytest

from node.conversations.reactions import counts
from tests.support.cast import (
    attempt,
    effects,
    follower,
    friend,
    hear,
    note,
    place,
    posted,
    two,
)
from tests.support.nodes import EVENT, do, until
from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
LATER = "2026-10-01T10:00:00Z"


NEAR = pytest.mark.parametrize("near", [True, False], ids=["neighbour", "elsewhere"])


async def test_e11_a_share_makes_nothing_public(busy: Stage) -> None:
    anna, eve = await two(busy, near=False)
    private = note(anna.id, place(busy, anna), to=[f"{anna.id}/followers"])
    busy.evil.serve(private["id"], private)
    before = await effects(busy)
    public = {**private, "to": ["https://www.w3.org/ns/activitystreams#Public"]}
    unserved = {**public, "id": place(busy, anna)}
    for about in (private["id"], public, unserved, {**public, "attributedTo": eve.id}):
        assert (await hear(busy, eve, "Announce", object=about)).startswith("refused")
    assert await effects(busy) == before


async def test_e11_a_share_of_what_is_ours_is_counted_and_changes_nothing(busy: Stage) -> None:
    eve = await friend(busy, "eve")
    event = (await do(busy.node, "event.publish", document=EVENT))["id"]
    before = await effects(busy)
    forged = note(eve.id, event, type="Event", name="forged")
    for about in (event, forged):
        assert await hear(busy, eve, "Announce", object=about) == "done"
    for about in (busy.community, busy.node.urls.activity("0" * 26)):
        assert (await hear(busy, eve, "Announce", object=about)).startswith("refused")
    assert await effects(busy) == before
    counted = await busy.node.look(lambda tx: counts(tx, event))
    assert (counted.likes, counted.shares) == (0, 1)


async def test_e12_only_content_is_shared_and_only_once_over(busy: Stage) -> None:
    eve = await friend(busy, "eve")
    mine = note(eve.id, place(busy, eve))
    busy.evil.serve(mine["id"], mine)
    before = await effects(busy)
    public = mine["to"]
    for kind, about in (("Announce", mine["id"]), ("Follow", busy.community)):
        address = place(busy, eve)
        inner = {
            "@context": mine["@context"], "id": address, "type": kind, "actor": eve.id,
            "to": public, "object": about,
        }  # fmt: skip
        busy.evil.serve(address, inner)
        busy.evil.asked.clear()
        outcome = await hear(busy, eve, "Announce", object=address)
        assert outcome.startswith("refused"), kind
        assert busy.evil.urls() == [address]
    itself = busy.activity(eve.id, "Announce")
    busy.evil.serve(itself["id"], {**itself, "object": itself["id"]})
    await hear(busy, eve, "Announce", id=itself["id"], object=itself["id"])
    for wrong in ({"type": "Collection"}, {"type": "Tombstone"}, {"type": "Person"}):
        odd = {**mine, "id": place(busy, eve), **wrong}
        busy.evil.serve(odd["id"], odd)
        assert (await hear(busy, eve, "Announce", object=odd["id"])) != "done"
    assert await effects(busy) == before


async def test_e13_only_content_is_created(busy: Stage) -> None:
    eve = await friend(busy, "eve")
    before = await effects(busy)
    deep: Any = note(eve.id, place(busy, eve))
    for _ in range(50):
        deep = {"id": place(busy, eve), "type": "Create", "actor": eve.id, "object": deep}
    twice = {**busy.activity(eve.id, "Create"), "object": note(eve.id, place(busy, eve))}
    things: list[Any] = [deep, twice, eve.document]
    things += [
        {**note(eve.id, place(busy, eve)), "type": kind, "actor": eve.id}
        for kind in ("Collection", "OrderedCollection", "Tombstone", "Group", "Follow", "Link")
    ]
    for thing in things:
        assert await attempt(busy, eve, "Create", object=thing) in (202, 400)
    assert await effects(busy) == before


async def test_e14_what_an_actor_says_of_its_followers_moves_nobody(busy: Stage) -> None:
    theirs = {
        "id": "https://elsewhere.test/followers",
        "type": "Collection",
        "totalItems": 10**9,
        "items": [busy.community, busy.node.urls.relay],
    }
    before = (await effects(busy))["follower"]
    collections: tuple[Any, ...] = (theirs, theirs["id"], f"{busy.community}/followers")
    for number, collection in enumerate(collections):
        eve = busy.stranger(f"eve{number}", followers=collection, following=collection)
        busy.evil.asked.clear()
        await hear(busy, eve, "Create", object=note(eve.id, place(busy, eve)))
        assert busy.evil.urls() == [eve.id]
    assert (await effects(busy))["follower"] == before


@pytest.mark.parametrize("kind", ["Add", "Remove"], ids=["E16-Add", "E16-Remove"])
async def test_nobody_moves_things_between_collections(busy: Stage, kind: str) -> None:
    anna, eve = await two(busy, near=True)
    mine = await posted(busy, anna)
    before = await effects(busy)
    for target in (
        f"{anna.id}/featured",
        f"{busy.community}/followers",
        f"{busy.community}/members",
        f"{busy.community}/featured",
    ):
        for about in (mine["id"], eve.id, eve.document):
            await hear(busy, eve, kind, object=about, target=target)
    assert await effects(busy) == before


@NEAR
async def test_e21_a_block_concerns_nobody_but_who_says_it(busy: Stage, near: bool) -> None:
    anna, eve = await two(busy, near=near)
    await follower(busy, anna)
    before = await effects(busy)
    for about in (anna.id, anna.document, f"{busy.community}/followers"):
        assert (await hear(busy, eve, "Block", object=about)).startswith("refused")
    assert await effects(busy) == before
    assert await hear(busy, eve, "Block", object=busy.community) == "done"
    after = await effects(busy)
    assert after["follower"] == before["follower"]
    assert any(anna.id in row for row in after["following"])


async def test_e24_nobody_joins_for_another(busy: Stage) -> None:
    anna, eve = await two(busy, near=True)
    event = (await do(busy.node, "event.publish", document=EVENT))["id"]
    before = await effects(busy)
    busy.evil.asked.clear()
    theirs = busy.activity(anna.id, "Join", object=event)
    await hear(busy, eve, "Accept", object=theirs)
    await hear(busy, eve, "Join", object=place(busy, anna))
    await hear(busy, eve, "Join", object=anna.id)
    assert await effects(busy) == before
    await hear(busy, eve, "Join", object=event, attributedTo=anna.id, target=anna.id)
    guests = await busy.node.look(lambda tx: tx.rows("select party from participation"))
    assert [guest["party"] for guest in guests] == [eve.id]

    async def answered() -> list[str]:
        return [each.url for each in busy.evil.asked if b'"Accept"' in each.body]

    assert await until(answered) == [f"{eve.id}/inbox"]
