"""Followers in trouble: what waits for them is seen, kept and brought, and nobody else suffers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from federation.outward.delivery import Courier
from node.app import working
from node.services import Node
from node.storage.hosts import StoredNeighbours
from node.storage.outbox import StoredDeliveries
from tests.node.trouble.waiting import attempted, empty, publish
from tests.support.neighbours import Answer, Neighbour, hang, neighbour, reset, status
from tests.support.nodes import EVENT, do, running, until


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (status(500), "status-500"),
        (status(404), "status-404"),
        (status(429), "status-429"),
        (status(401), "status-401"),
        (status(302, location="http://127.0.0.1:1/"), "status-302"),
        (reset, "unreachable"),
    ],
)
async def test_what_a_peer_did_not_take_waits_and_is_brought_on_demand(
    node: Node, there: Neighbour, answer: Answer, reason: str
) -> None:
    """The queue says what waits for whom and why, and `retry` brings the same bytes."""
    actor = there.actor("linz")
    await there.follow(actor, node.urls.community)
    there.answer = answer
    before = datetime.now(UTC)
    event = await publish(node)

    [waiting] = await attempted(node)
    assert waiting["host"] == there.host
    assert (waiting["kind"], waiting["object"], waiting["state"]) == ("Create", event, "waiting")
    assert (waiting["attempts"], waiting["reason"]) == (1, reason)
    wait = datetime.fromisoformat(waiting["next_attempt"]) - before
    assert timedelta(seconds=45) < wait < timedelta(seconds=90)
    assert await do(node, "queue.list", parked=True) == []

    there.answer = status(202)
    assert await do(node, "queue.retry", host=there.host) == {"retried": 1}
    await empty(node)
    assert len({arrival.body for arrival in there.arrivals if b'"Create"' in arrival.body}) == 1
    assert there.got(actor, "Create")[-1]["object"]["id"] == event


async def test_a_peer_that_does_not_answer_in_time_is_tried_later(
    tmp_path: Path, there: Neighbour
) -> None:
    """Its silence counts as not being there."""
    async with running(tmp_path / "wien", at_work=False) as node:
        actor = there.actor("linz")
        async with working(node):
            await there.follow(actor, node.urls.community)
        courier = Courier(
            StoredDeliveries(node.database),
            node.sender,
            node.clock,
            lambda: 0.5,
            "of this test",
            seconds=0.2,
        )
        there.answer = hang
        await publish(node)
        assert await courier.step() == 1
        [waiting] = await do(node, "queue.list")
        assert (waiting["attempts"], waiting["reason"]) == (1, "unreachable")

        there.answer = status(202)
        assert await do(node, "queue.retry", id=waiting["id"]) == {"retried": 1}
        assert await courier.step() == 1
        assert await do(node, "queue.list") == []
        assert len(there.got(actor, "Create")) == 2


async def test_a_peer_that_is_not_there_at_all_is_tried_later(node: Node) -> None:
    """Nobody listens at its address any more."""
    async with neighbour() as there:
        await there.follow(there.actor("linz"), node.urls.community)
    await publish(node)
    [waiting] = await attempted(node)
    assert (waiting["host"], waiting["reason"]) == (there.host, "unreachable")


async def test_retry_after_is_kept_to(node: Node, there: Neighbour) -> None:
    """Whoever says when to come again is not troubled before."""
    await there.follow(there.actor("linz"), node.urls.community)
    there.answer = status(429, retry_after="7200")
    before = datetime.now(UTC)
    await publish(node)
    [waiting] = await attempted(node)
    assert waiting["reason"] == "status-429"
    wait = datetime.fromisoformat(waiting["next_attempt"]) - before
    assert timedelta(hours=2) <= wait < timedelta(hours=2, minutes=1)


async def test_a_host_that_is_away_is_shown_and_probed_when_it_speaks(
    node: Node, there: Neighbour
) -> None:
    """Five failures open its breaker; then nothing is sent until it signs something to us."""
    actor = there.actor("linz")
    await there.follow(actor, node.urls.community)
    assert await do(node, "queue.hosts") == []
    there.answer = status(503)
    for _ in range(7):
        await publish(node)

    async def opened() -> Any:
        hosts = await do(node, "queue.hosts")
        return hosts and hosts[0]["breaker"] == "open" and hosts

    [host] = await until(opened)
    assert (host["host"], host["waiting"], host["failures"]) == (there.host, 7, 5)
    assert host["next_probe"] > host["since"]
    assert (await do(node, "status"))["hosts"] == [host]

    seen = len(there.arrivals)
    there.answer = status(202)
    neighbours = StoredNeighbours(node.database, node.courier_wake.set)
    await neighbours.heard_from(there.host, node.clock.now())
    await there.comes(actor, "Create", number=len(there.got(actor, "Create")) + 1)
    [host] = await do(node, "queue.hosts") or [{"breaker": "recovering"}]
    assert host["breaker"] in ("recovering", "closed")
    assert len(there.arrivals) - seen <= 2, "gently"


async def test_changes_of_an_event_reach_a_peer_in_order_after_its_absence(
    node: Node, there: Neighbour
) -> None:
    """An Update never overtakes the Create that waits before it."""
    actor = there.actor("linz")
    await there.follow(actor, node.urls.community)
    there.answer = status(500)
    event = await publish(node)
    await attempted(node)
    await do(node, "event.update", id=event, document=EVENT)
    seen = len(there.arrivals)
    there.answer = status(202)
    await do(node, "queue.retry", host=there.host)
    await empty(node)
    assert [each.document["type"] for each in there.arrivals[seen:]] == ["Create", "Update"]


@pytest.mark.parametrize("answer", [hang, status(500)], ids=["silent", "failing"])
async def test_a_healthy_follower_gets_its_copy_at_once(
    node: Node, there: Neighbour, answer: Answer
) -> None:
    """Ten sick inboxes beside her delay nothing."""
    async with neighbour() as healthy:
        well = healthy.actor("graz")
        await healthy.follow(well, node.urls.community)
        for number in range(10):
            await there.follow(there.actor(f"{number}/linz"), node.urls.community)
        there.answer = answer
        async with asyncio.timeout(3):
            event = await publish(node)
            [create] = await healthy.comes(well, "Create")
        assert create["object"]["id"] == event
        rows = await do(node, "queue.list")
        assert {row["host"] for row in rows} == {there.host}
