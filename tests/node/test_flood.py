"""Two hundred dead, twenty dripping and one flooding peer: the healthy ones notice nothing."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import orjson
import pytest

from activitypub.names import ACTIVITY_JSON
from keys.http_signatures import sign
from keys.message import Request
from node.community import store
from node.community.model import Follower
from node.context import Context
from node.services import Node
from tests.node.test_sick_neighbours import DEAD, DRIPPING, _at, _crowd
from tests.support.neighbours import Neighbour, key_of, neighbour
from tests.support.nodes import EVENT, do, running

HEALTHY, EVENTS = 5, 12
BETWEEN = 0.5
GENEROUS = 4.0
"""Seconds. The promise is one, on a machine of one's own: here this very process floods as well."""
MOST_MEMORY = 64 * 1024 * 1024
_FLOODED_FROM = "127.0.0.3"


def _memory() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def _followed_by_the_sick(node: Node, port: int, closed: int) -> None:
    async def work(context: Context) -> None:
        for each in [*_at(closed, "dead", 0, DEAD), *_at(port, "drip", 1000, DRIPPING)]:
            follower = Follower(
                community=node.urls.community,
                actor=f"http://{each.host}/anna",
                inbox=each.inbox,
                shared_inbox=None,
                follow_id=f"http://{each.host}/follow",
                since=context.now,
            )
            await store.add_follower(context.tx, follower)

    await node.act(work)


def _signed(there: Neighbour, actor: str, inbox: str, number: int) -> Request:
    """A Like of something nobody has; every second one with a signature that is not true."""
    body = orjson.dumps(there.activity("Like", actor, f"{there.origin}/n/{number}"))
    request = sign(
        Request(method="POST", url=inbox, headers=(("Content-Type", ACTIVITY_JSON),), body=body),
        key_id=f"{actor}#main-key",
        key=key_of("flood"),
        now=datetime.now(UTC),
    )
    return request.with_body(body[:-1] + b" }") if number % 2 else request


@asynccontextmanager
async def _flood(requests: Sequence[Request], told: Counter[int]) -> AsyncIterator[None]:
    """Within the block these are posted again and again over 64 connections, as fast as it goes."""
    connector = aiohttp.TCPConnector(limit=64, local_addr=(_FLOODED_FROM, 0))
    left = itertools.cycle(requests)

    async def post(session: aiohttp.ClientSession) -> None:
        while True:
            each = next(left)
            async with session.post(each.url, data=each.body, headers=each.headers) as answer:
                told[answer.status] += 1

    async with aiohttp.ClientSession(connector=connector) as session:
        posting = [asyncio.create_task(post(session)) for _ in range(64)]
        try:
            yield
        finally:
            for each in posting:
                each.cancel()
            ended = await asyncio.gather(*posting, return_exceptions=True)
            assert all(isinstance(each, asyncio.CancelledError) for each in ended), ended


async def _published(node: Node, actors: dict[str, Neighbour]) -> list[float]:
    """Seconds from each publication until each healthy one had it."""
    loop, took = asyncio.get_running_loop(), []

    async def comes(actor: str, number: int, begin: float) -> None:
        await actors[actor].comes(actor, "Create", number)
        took.append(loop.time() - begin)

    async with asyncio.TaskGroup() as group:
        for number in range(1, EVENTS + 1):
            begin = loop.time()
            await do(node, "event.publish", document=EVENT)
            for actor in actors:
                group.create_task(comes(actor, number, begin))
            await asyncio.sleep(BETWEEN)
    return sorted(took)


async def _answered(inbox: str, actors: dict[str, Neighbour]) -> list[tuple[int, float]]:
    """(status, seconds) of what the healthy ones tell us meanwhile."""
    loop, found = asyncio.get_running_loop(), []
    for actor, there in itertools.islice(itertools.cycle(actors.items()), 4 * HEALTHY):
        begin = loop.time()
        status = await there.send(inbox, there.activity("Create", actor, there.event(actor)))
        found.append((status, loop.time() - begin))
        await asyncio.sleep(0.2)
    return found


def _late(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(0.95 * len(seconds))]


@pytest.mark.alone
async def test_healthy_peers_are_served_beside_dead_dripping_and_flooding_ones(
    tmp_path: Path,
) -> None:
    told: Counter[int] = Counter()
    async with AsyncExitStack() as stack:
        node = await stack.enter_async_context(running(tmp_path / "wien"))
        _, port, closed = await stack.enter_async_context(_crowd())
        flooder = await stack.enter_async_context(neighbour())
        actors: dict[str, Neighbour] = {}
        for number in range(HEALTHY):
            there = await stack.enter_async_context(neighbour())
            actor = there.actor(f"healthy{number}")
            await there.follow(actor, node.urls.community)
            actors[actor] = there
        await _followed_by_the_sick(node, port, closed)
        inbox, actor = node.urls.inbox(node.urls.community), flooder.actor("flood")
        flood = [_signed(flooder, actor, inbox, number) for number in range(800)]
        before = _memory()
        async with _flood(flood, told):
            took, answers = await asyncio.gather(_published(node, actors), _answered(inbox, actors))
        assert {status for status, _ in answers} == {202}, "who is healthy is not turned away"
        assert _late(took) <= GENEROUS
        assert _late([seconds for _, seconds in answers]) <= GENEROUS
        assert told.total() > 1000, "it was no flood"
        assert told[429], "who floods is told to wait"
        assert told.keys() <= {202, 401, 429, 503}
        assert _memory() - before < MOST_MEMORY
