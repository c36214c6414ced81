"""Tests of one thing seen through several doors: it is shown once, and nobody hides another's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from node.network import store
from node.services import Node
from node.storage.database import Database
from tests.node.network.test_actions import THING, act, take_in
from tests.support.neighbours import Neighbour, outcome
from tests.support.nodes import do
from tests.support.served import Served, served

AGAIN = replace(THING, id="https://berlin.test/?p=1", uuid=None)


async def shown(database: Database) -> list[str]:
    return [thing.id for thing in await database.read(store.timeline)]


async def followed(database: Database) -> None:
    from tests.node.network.test_actions import follow  # noqa: PLC0415

    await follow(database)


async def test_two_ids_with_one_page_are_shown_once(database: Database):
    await followed(database)
    note = replace(AGAIN, kind="Note", start=None, end=None)
    for thing in (note, THING):
        await take_in(database, thing)
    assert await shown(database) == [THING.id]


async def test_two_ids_with_one_uuid_are_shown_once_and_the_newer_word_counts(database: Database):
    await followed(database)
    first = replace(THING, uuid="6f0c", url="https://berlin.test/a")
    newer = replace(AGAIN, uuid="6f0c", url="https://berlin.test/b")
    newer = replace(newer, updated=first.updated + timedelta(seconds=1))
    for thing in (newer, first):
        await take_in(database, thing)
    assert await shown(database) == [newer.id]


async def test_what_was_hidden_is_shown_when_the_other_is_deleted(database: Database):
    await followed(database)
    for thing in (THING, replace(AGAIN, kind="Note", start=None, end=None)):
        await take_in(database, thing)
    await act(database, lambda c: store.bury(c.tx, THING.id, THING.author, c.now))
    assert await shown(database) == [AGAIN.id]


async def test_a_thing_that_gets_a_page_of_its_own_is_shown_again(database: Database):
    await followed(database)
    for thing in (THING, AGAIN):
        await take_in(database, thing)
    assert len(await shown(database)) == 1
    moved = replace(AGAIN, url="https://berlin.test/e/2", updated=AGAIN.updated + timedelta(1))
    await take_in(database, moved)
    assert set(await shown(database)) == {THING.id, AGAIN.id}


@pytest.mark.parametrize(
    "change",
    [
        {"id": "https://evil.test/e/1"},
        {"author": "https://berlin.test/c/other"},
        {"start": THING.start and THING.start + timedelta(days=7)},
        {"url": "https://berlin.test/other"},
        {"document": {**THING.document, "inReplyTo": THING.id}, "kind": "Note", "start": None},
    ],
)
async def test_alike_things_of_others_and_other_dates_stay_apart(
    change: dict[str, Any], database: Database
):
    await followed(database)
    other = replace(AGAIN, uuid="6f0c", **change)
    for thing in (replace(THING, uuid="6f0c" if "author" in change else None), other):
        await take_in(database, thing)
    assert len(await database.read(lambda tx: tx.rows("select id from remote_object"))) == 2
    assert len(await shown(database)) == 2


async def test_things_that_name_only_the_front_page_stay_apart(database: Database):
    await followed(database)
    for thing in (THING, AGAIN):
        await take_in(database, replace(thing, url="https://berlin.test/"))
    assert len(await shown(database)) == 2


async def names(node: Node) -> list[str]:
    return [each["id"] for each in await do(node, "network.timeline")]


async def deliver(node: Node, there: Neighbour, activity: dict[str, Any]) -> str:
    await there.insists(node.urls.inbox(node.urls.community), activity)
    return await outcome(node, activity["id"])


async def test_an_event_created_by_a_person_and_announced_by_group_and_relay_is_shown_once(
    node: Node,
):
    async with served("mobilizon") as there:
        group, anna, relay = there.actor_id, there.actor("@anna"), there.actor("relay")
        await do(node, "network.follow", actor=group)
        await do(node, "network.follow", actor=relay)
        event = event_of(there)
        for activity in (
            there.activity("Announce", relay, event["id"]),
            there.activity("Create", anna, event, attributedTo=group),
            there.activity("Announce", group, event),
        ):
            assert await deliver(node, there, activity) == "done"
        found = await do(node, "network.timeline")
        assert [(each["id"], each["author"]) for each in found] == [(event["id"], group)]


def event_of(there: Served) -> dict[str, Any]:
    import orjson  # noqa: PLC0415

    path = next(path for path in there.pages if path.startswith("/events/"))
    found: dict[str, Any] = orjson.loads(there.pages[path][0])
    return found


async def test_a_post_that_a_lemmy_community_announces_as_an_activity_is_shown(node: Node):
    async with served("lemmy") as there:
        await do(node, "network.follow", actor=f"@{there.handle}")
        create = f"{there.origin}/activities/create/0b1c"
        announce = there.activity("Announce", there.actor_id, create)
        assert await deliver(node, there, announce) == "done"
        assert await names(node) == [f"{there.origin}/post/77"]


async def test_a_film_that_a_peertube_channel_announces_is_shown(node: Node):
    async with served("peertube") as there:
        await do(node, "network.follow", actor=f"@{there.handle}")
        video = next(path for path in there.pages if path.startswith("/videos/watch/"))
        announce = there.activity("Announce", there.actor_id, there.origin + video)
        assert await deliver(node, there, announce) == "done"
        assert await names(node) == [there.origin + video]
