"""Couriers at work: order within a lane, leases, waking and stopping."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import orjson
from aiohttp import web

from federation.outward.delivery import Courier
from tests.support.couriers import Employ, HandClock, WallClock, finish, inbox_of
from tests.support.outbox_logs import Logs, claim, post
from tests.support.peers import drip, peer, reset, statuses


async def test_within_a_lane_the_order_is_kept_under_random_errors(
    employ: Employ, logs: Logs, clock: HandClock
) -> None:
    chance = random.Random(7)

    async def moody(request: web.Request, _: int) -> web.StreamResponse:
        await asyncio.sleep(chance.random() * 0.01)
        status = chance.choice([202, 202, 500, 503, 429, 0])
        return web.Response(status=status) if status else await reset(request, 0)

    async with peer(moody) as one, peer(moody) as two:
        for number in range(30):
            object_id = f"https://wien.test/e/{number % 3}"
            await post(logs, f"{number:02}", [*inbox_of(one), *inbox_of(two)], object_id=object_id)
        await finish(employ(), logs, clock)
        for server in (one, two):
            lanes: dict[str, list[str]] = defaultdict(list)
            for arrived in server.arrivals:
                document = orjson.loads(arrived.body)
                if document["id"] not in lanes[document["object"]]:
                    lanes[document["object"]].append(document["id"])
            assert all(lane == sorted(lane) and len(lane) == 10 for lane in lanes.values())
            assert len(lanes) == 3


async def test_what_a_killed_process_had_claimed_goes_out_at_once_after_start(
    employ: Employ, logs: Logs
) -> None:
    async with peer(statuses(202)) as server:
        await post(logs, "1", inbox_of(server))
        await claim(logs, lease="killed")
        courier = employ("new")
        assert await courier.step() == 0
        assert await courier.start() == 1
        assert await courier.step() == 1
        assert len(server.arrivals) == 1


async def test_one_of_several_couriers_leaves_the_leases_of_the_others_alone(
    employ: Employ, logs: Logs
) -> None:
    async with peer(statuses(202)) as server:
        await post(logs, "1", inbox_of(server))
        await claim(logs, lease="colleague")
        assert await employ("mine", alone=False).start() == 0


async def test_two_couriers_never_send_the_same_delivery(employ: Employ, logs: Logs) -> None:
    async with peer(statuses(202)) as server:
        for number in range(40):
            await post(
                logs, str(number), inbox_of(server), object_id=f"https://wien.test/e/{number}"
            )
        couriers = [employ(boot, alone=False) for boot in ("x", "y")]
        while await logs.deliveries.next_due() is not None:
            await asyncio.gather(*(each.step() for each in couriers))
        assert len(server.arrivals) == 40
        assert len({arrived.body for arrived in server.arrivals}) == 40


@asynccontextmanager
async def _running(courier: Courier) -> AsyncIterator[asyncio.Event]:
    """The courier at work; what is yielded wakes it."""
    wake, stop = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(courier.run(wake, stop))
    try:
        yield wake
    finally:
        stop.set()
        await task


async def _until(truth: Callable[[], bool], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not truth():  # noqa: ASYNC110  a plain list has no event
            await asyncio.sleep(0.01)


async def test_a_dripping_host_does_not_delay_the_others(employ: Employ, logs: Logs) -> None:
    async with peer(drip) as slow, peer(statuses(202)) as quick:
        for number in range(40):
            object_id = f"https://wien.test/e/{number}"
            await post(logs, f"s{number}", inbox_of(slow), object_id=object_id)
        for number in range(20):
            object_id = f"https://wien.test/e/{number}"
            await post(logs, f"q{number}", inbox_of(quick), object_id=object_id)
        began = time.monotonic()
        async with _running(employ(seconds=3)):
            await _until(lambda: len(quick.arrivals) == 20)
            assert time.monotonic() - began < 2
            assert len(slow.arrivals) <= 2


async def test_a_sleeping_courier_is_woken_by_a_new_delivery(employ: Employ, logs: Logs) -> None:
    async with peer(statuses(202)) as server, _running(employ(time=WallClock())) as wake:
        await asyncio.sleep(0.1)
        await post(logs, "1", inbox_of(server), now=datetime.now(UTC))
        wake.set()
        await _until(lambda: bool(server.arrivals), seconds=2)
        assert len(server.arrivals) == 1


async def test_stopping_waits_for_what_is_under_way(employ: Employ, logs: Logs) -> None:
    async def late(_: web.Request, __: int) -> web.StreamResponse:
        await asyncio.sleep(0.3)
        return web.Response(status=202)

    async with peer(late) as server:
        await post(logs, "1", inbox_of(server))
        async with _running(employ()):
            await _until(lambda: len(server.arrivals) == 1)
        assert await logs.deliveries.next_due() is None
