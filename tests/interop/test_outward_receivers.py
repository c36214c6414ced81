"""Who gets which of our events: nobody twice, and every change with what it changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.services import Node
from tests.support.neighbours import Neighbour, neighbour
from tests.support.nodes import EVENT, do, running, until


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien") as node:
        yield node


@pytest.fixture
async def others() -> AsyncIterator[Neighbour]:
    async with neighbour() as server:
        yield server


async def counted(node: Node) -> None:
    """Once nothing waits to be sent."""

    async def empty() -> bool:
        row = await node.look(
            lambda tx: tx.row("select count(*) as number from delivery where state = 'due'")
        )
        return row is not None and row["number"] == 0

    await until(empty)


def kinds(server: Neighbour, actor: str) -> list[str]:
    path = f"{actor.removeprefix(server.origin)}/inbox"
    found = [each.document for each in server.arrivals if each.path == path]
    return [each["type"] for each in found if each["type"] != "Accept"]


async def test_nobody_who_follows_the_community_and_the_relay_gets_an_event_twice(
    wien: Node, others: Neighbour
):
    both, people, calendar = (others.actor(name) for name in ("both", "people", "calendar"))
    await others.follow(both, wien.urls.community)
    await others.follow(people, wien.urls.community)
    await others.follow(both, wien.urls.relay)
    await others.follow(calendar, wien.urls.relay)

    await do(wien, "event.publish", document=EVENT)
    await counted(wien)

    assert kinds(others, both) == ["Create"]
    assert kinds(others, people) == ["Create"]
    assert kinds(others, calendar) == ["Announce"]


async def test_mobilizon_lists_only_what_its_relay_was_told_of_though_a_group_of_it_follows_too(
    wien: Node, others: Neighbour
):
    group, relay = others.actor("group"), others.actor("relay")
    for path in ("/group", "/relay"):
        others.documents[path]["endpoints"] = {"sharedInbox": f"{others.origin}/inbox"}
    others.documents["/relay"]["type"] = "Application"
    await others.follow(group, wien.urls.community)
    await others.follow(relay, wien.urls.relay)

    await do(wien, "event.publish", document=EVENT)
    await counted(wien)

    shared = [each.document["type"] for each in others.arrivals if each.path == "/inbox"]
    assert sorted(shared) == ["Announce", "Create"]


async def test_a_change_and_a_deletion_reach_whoever_follows_the_relay(
    wien: Node, others: Neighbour
):
    calendar, people = others.actor("calendar"), others.actor("people")
    await others.follow(calendar, wien.urls.relay)
    await others.follow(people, wien.urls.community)
    made = await do(wien, "event.publish", document=EVENT)
    await counted(wien)

    changed = {**EVENT, "name": {"de": "Anders"}}
    await do(wien, "event.update", id=made["id"], document=changed)
    await counted(wien)
    await do(wien, "event.delete", id=made["id"])
    await counted(wien)

    assert kinds(others, calendar) == ["Announce", "Update", "Delete"]
    assert kinds(others, people) == ["Create", "Update", "Delete"]


async def test_another_time_is_told_in_one_reply_that_is_corrected_and_deleted_with_its_event(
    wien: Node, others: Neighbour
):
    people = others.actor("people")
    await others.follow(people, wien.urls.community)
    made = await do(wien, "event.publish", document=EVENT)
    await counted(wien)
    for hour in (19, 20):
        changed = {**EVENT, "start": f"2031-12-05T{hour}:00"}
        await do(wien, "event.update", id=made["id"], document=changed)
        await counted(wien)
    await do(wien, "event.delete", id=made["id"])
    await counted(wien)

    about = [
        (each.document["type"], each.document["object"]["type"])
        for each in others.arrivals
        if each.document["type"] != "Accept"
    ]
    assert about == [
        ("Create", "Event"),
        ("Update", "Event"),
        ("Create", "Note"),
        ("Update", "Event"),
        ("Update", "Note"),
        ("Delete", "Tombstone"),
        ("Delete", "Tombstone"),
    ]
    notes = [one["object"] for one in others.got(people, "Create")[1:]]
    (updated,) = [one for one in others.got(people, "Update") if one["object"]["type"] == "Note"]
    assert updated["object"]["id"] == notes[0]["id"]
    assert updated["object"]["updated"] >= updated["object"]["published"]
    assert "20:00" in updated["object"]["content"]


async def test_of_an_event_that_is_over_no_change_is_told_in_a_reply(wien: Node, others: Neighbour):
    people = others.actor("people")
    await others.follow(people, wien.urls.community)
    past = {**EVENT, "start": "2020-12-05T18:00", "end": "2020-12-05T21:00"}
    made = await do(wien, "event.publish", document=past)
    await counted(wien)
    await do(wien, "event.update", id=made["id"], document={**past, "end": "2020-12-05T22:00"})
    await counted(wien)

    assert [one["object"]["type"] for one in others.got(people, "Create")] == ["Event"]
