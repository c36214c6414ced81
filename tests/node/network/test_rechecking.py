"""Tests of looking again at planned events: a lost Update heals, what is gone goes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from activitypub.names import PUBLIC
from activitypub.registry import read
from node.network import actions, past_store, store
from node.network.model import RemoteThing
from node.network.rechecking import MOST, OF_ONE_HOST, Rechecker
from node.network.understanding import remote_thing
from node.services import Node
from tests.support.nodes import running
from tests.support.served import Served, served

Json = dict[str, Any]


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path, at_work=False) as resting:
        yield resting


@pytest.fixture
async def there() -> AsyncIterator[Served]:
    async with served("gancio") as server:
        yield server


def event(there: Served, now: datetime, *, days: float = 3, number: int = 1, **more: Any) -> Json:
    start = now + timedelta(days=days)
    return {
        "id": f"{there.origin}/federation/m/{number}",
        "type": "Event",
        "name": "Sprachcafé",
        "attributedTo": there.actor_id,
        "to": [PUBLIC],
        "startTime": start.isoformat(),
        "published": "2026-01-01T10:00:00Z",
        **more,
    }


async def held(node: Node, there: Served, document: Json) -> str:
    """The event, held since two days, and served as it is held."""
    then = node.clock.now() - timedelta(days=2)
    thing = replace(remote_thing(read(document), there.actor_id, then), received=then)
    actor = await node.discovery.find(there.actor_id)
    await node.act(lambda context: actions.follow(context, actor))
    await node.act(lambda context: actions.take_in(context, thing))
    there.put(document["id"].removeprefix(there.origin), document)
    return str(document["id"])


async def looked(node: Node) -> int:
    return await Rechecker(node.look, node.act, node.fetcher, node.clock).round()


async def found(node: Node, event_id: str) -> RemoteThing | None:
    return await node.look(lambda tx: store.find(tx, event_id))


async def test_a_change_that_never_arrived_is_seen_on_the_next_day(node: Node, there: Served):
    document = event(there, node.clock.now())
    event_id = await held(node, there, document)
    there.put(event_id.removeprefix(there.origin), {**document, "name": "Jetzt im Park"})
    assert await looked(node) == 1
    thing = await found(node, event_id)
    assert thing is not None
    assert thing.document["name"] == "Jetzt im Park"


async def test_one_event_is_asked_for_once_a_day(node: Node, there: Served):
    event_id = await held(node, there, event(there, node.clock.now()))
    assert (await looked(node), await looked(node)) == (1, 0)
    assert there.hits[event_id.removeprefix(there.origin)] == 1
    yesterday = node.clock.now() - timedelta(days=1, minutes=1)
    await node.act(lambda context: past_store.note_checked(context.tx, [event_id], yesterday))
    assert await looked(node) == 1


@pytest.mark.parametrize("days", [-1, 15])
async def test_what_is_over_or_far_away_is_left_alone(days: float, node: Node, there: Served):
    await held(node, there, event(there, node.clock.now(), days=days))
    assert await looked(node) == 0


@pytest.mark.parametrize(("status", "back"), [(410, False), (404, True)])
async def test_what_its_origin_has_no_more_goes_and_only_after_404_may_come_back(
    status: int, back: bool, node: Node, there: Served
):
    document = event(there, node.clock.now())
    event_id = await held(node, there, document)
    there.statuses[event_id.removeprefix(there.origin)] = status
    await looked(node)
    assert await found(node, event_id) is None
    there.statuses.clear()
    await held(node, there, document)
    assert (await found(node, event_id) is not None) is back


async def test_a_tombstone_and_an_event_that_is_public_no_more_go(node: Node, there: Served):
    now = node.clock.now()
    first = await held(node, there, event(there, now))
    second = await held(node, there, event(there, now, number=2))
    there.put(first.removeprefix(there.origin), {"id": first, "type": "Tombstone"})
    followers = f"{there.actor_id}/followers"
    there.put(second.removeprefix(there.origin), event(there, now, number=2, to=[followers]))
    await looked(node)
    assert [await found(node, each) for each in (first, second)] == [None, None]


@pytest.mark.parametrize(
    "change", [{"attributedTo": "https://victim.example/anna"}, {"type": "Note"}]
)
async def test_an_event_that_becomes_something_else_stays_as_it_was(
    change: Json, node: Node, there: Served
):
    document = event(there, node.clock.now())
    event_id = await held(node, there, document)
    changed = {**document, **change, "name": "Fremd"}
    there.put(event_id.removeprefix(there.origin), changed)
    await looked(node)
    thing = await found(node, event_id)
    assert thing is not None
    assert (thing.author, thing.document["name"]) == (there.actor_id, "Sprachcafé")


async def test_a_server_in_trouble_costs_nothing_but_this_look(node: Node, there: Served):
    event_id = await held(node, there, event(there, node.clock.now()))
    there.statuses[event_id.removeprefix(there.origin)] = 503
    assert await looked(node) == 1
    assert await found(node, event_id) is not None


async def test_of_one_host_only_some_are_asked_for_in_a_round(node: Node, there: Served):
    now = node.clock.now()
    for number in range(OF_ONE_HOST + 3):
        await held(node, there, event(there, now, number=number + 1))
    assert await looked(node) == OF_ONE_HOST
    assert await looked(node) == 3
    assert MOST > OF_ONE_HOST
