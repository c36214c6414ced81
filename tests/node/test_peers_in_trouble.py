"""Followers in trouble: what waits for them is seen, kept and brought, and nobody else suffers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from federation.outward.delivery import Courier
from node.app import working
from node.errors import NotFound
from node.services import Node
from node.storage.hosts import StoredNeighbours
from node.storage.outbox import StoredDeliveries
from tests.support.neighbours import Answer, Neighbour, hang, neighbour, reset, status
from tests.support.nodes import EVENT, do, running, until

Json = dict[str, Any]


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    """Our node."""
    async with running(tmp_path / "wien") as wien:
        yield wien


@pytest.fixture
async def there() -> AsyncIterator[Neighbour]:
    """A server that will be in trouble."""
    async with neighbour() as server:
        yield server


async def publish(node: Node) -> str:
    """The id of a new event."""
    return str((await do(node, "event.publish", document=EVENT))["id"])


async def attempted(node: Node, attempts: int = 1, number: int = 1) -> list[Json]:
    """What is in the queue, once so many deliveries had so many attempts that came to an end."""

    async def ended() -> list[Json]:
        rows: list[Json] = await do(node, "queue.list")
        tried = [row for row in rows if row["attempts"] >= attempts and row["reason"]]
        return rows if len(tried) >= number else []

    rows: list[Json] = await until(ended)
    return rows


async def empty(node: Node) -> None:
    """Returns once nothing waits and nothing is parked."""

    async def holds() -> Any:
        return await do(node, "queue.list") == []

    await until(holds)


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


async def test_an_inbox_that_is_gone_ends_the_follow(node: Node, there: Neighbour) -> None:
    """410 is believed once her actor is gone too: she leaves, and what waits is given up."""
    await there.follow(there.actor("linz"), node.urls.community)
    there.answer = status(500)
    await publish(node)
    await publish(node)
    first, _ = await attempted(node, number=2)

    there.answer = status(410)
    there.gone.add("/linz")
    await do(node, "queue.retry", id=first["id"])
    await empty(node)
    assert await do(node, "network.followers") == []
    seen = len(there.arrivals)
    await publish(node)
    await empty(node)
    assert len(there.arrivals) == seen


async def test_the_other_followers_of_a_host_stay_when_one_is_gone(
    node: Node, there: Neighbour
) -> None:
    """A 410 speaks for one actor only."""
    gone, stays = there.actor("linz"), there.actor("wels")
    for actor in (gone, stays):
        await there.follow(actor, node.urls.community)
    there.gone.add("/linz")
    ordinary, refusing = there.answer, status(410)

    async def answer(request: Any) -> Any:
        return await (refusing if request.path.startswith("/linz") else ordinary)(request)

    there.answer = answer
    await publish(node)
    await there.comes(stays, "Create")
    await empty(node)
    assert [one["id"] for one in await do(node, "network.followers")] == [stays]


async def test_what_is_too_large_for_a_peer_is_parked(node: Node, there: Neighbour) -> None:
    """It is shown as parked, and can be tried again or given up."""
    actor = there.actor("linz")
    await there.follow(actor, node.urls.community)
    there.answer = status(413)
    await publish(node)
    [parked] = await attempted(node)
    assert (parked["state"], parked["reason"]) == ("parked", "status-413")
    assert parked["next_attempt"] is None
    assert await do(node, "queue.list", parked=True) == [parked]
    assert (await do(node, "status"))["parked"] == 1

    there.answer = status(202)
    assert await do(node, "queue.retry", id=parked["id"]) == {"retried": 1}
    await empty(node)
    assert len(there.got(actor, "Create")) == 2


async def test_what_is_discarded_is_given_up(node: Node, there: Neighbour) -> None:
    """It leaves the queue and is not sent any more; discarding it twice is told."""
    actor = there.actor("linz")
    await there.follow(actor, node.urls.community)
    there.answer = status(413)
    await publish(node)
    [parked] = await attempted(node)
    discarded = await do(node, "queue.discard", id=parked["id"])
    assert discarded == {"id": parked["id"], "discarded": True}
    assert await do(node, "queue.list") == []
    with pytest.raises(NotFound):
        await do(node, "queue.discard", id=parked["id"])
    assert await do(node, "queue.retry", all=True) == {"retried": 0}
    assert len(there.got(actor, "Create")) == 1


async def test_an_inbox_that_is_never_found_is_parked_in_the_end(
    node: Node, there: Neighbour
) -> None:
    """404 is not believed at once, but the fourth time; the follower stays."""
    await there.follow(there.actor("linz"), node.urls.community)
    there.answer = status(404)
    await publish(node)
    for attempt in range(1, 4):
        [row] = await attempted(node, attempt)
        assert row["state"] == "waiting"
        await do(node, "queue.retry", all=True)
    [row] = await attempted(node, 4)
    assert (row["state"], row["reason"]) == ("parked", "status-404")
    assert len(await do(node, "network.followers")) == 1


async def test_a_follower_whose_inbox_moved_gets_it_there(node: Node, there: Neighbour) -> None:
    """404, and her actor names another inbox: she is not asked to follow anew."""
    actor = there.actor("linz")
    await there.follow(actor, node.urls.community)
    there.documents["/linz"]["inbox"] = f"{actor}/new"
    ordinary, missing = there.answer, status(404)

    async def answer(request: Any) -> Any:
        return await (ordinary if request.path == "/linz/new" else missing)(request)

    there.answer = answer
    await publish(node)
    await empty(node)
    assert there.arrivals[-1].path == "/linz/new"
    seen = len(there.arrivals)
    await publish(node)
    await empty(node)
    assert [each.path for each in there.arrivals[seen:]] == ["/linz/new"]


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
