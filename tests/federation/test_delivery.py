"""The courier against real servers on loopback: what is sent, tried again, parked and cancelled."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import orjson
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from federation.outward.outbox import put
from federation.policy import RuleBook, Rules, Standing
from federation.ports import Destination, OutboxLog
from keys.http_signatures import check, parse, verify
from keys.message import Request
from tests.support.couriers import Employ, HandClock, inbox_of
from tests.support.needles import server_name
from tests.support.outbox_logs import ACTOR, NOW, Logs, activity, claim, post
from tests.support.peers import Arrival, Peer, drip, hang, peer, reset, statuses

MINUTE = timedelta(minutes=1)


async def test_after_a_500_the_same_id_and_bytes_are_sent_again(
    employ: Employ, logs: Logs, clock: HandClock
) -> None:
    async with peer(statuses(500, 202)) as server:
        await post(logs, "1", inbox_of(server))
        courier = employ()
        assert await courier.step() == 1
        assert await courier.step() == 0, "a minute must pass"
        clock.moment += MINUTE
        assert await courier.step() == 1
        assert await claim(logs, now=clock.moment) == []
        assert [each.body for each in server.arrivals] == [orjson.dumps(activity("1"))] * 2


async def test_what_a_peer_accepted_is_not_sent_again(
    employ: Employ, logs: Logs, clock: HandClock
) -> None:
    async with peer(statuses(202)) as server:
        await post(logs, "1", inbox_of(server))
        courier = employ()
        await courier.step()
        clock.moment += timedelta(days=30)
        assert await courier.step() == 0
        assert len(server.arrivals) == 1


async def test_the_request_carries_a_signature_that_proves_the_actor(
    employ: Employ, logs: Logs, key: RSAPrivateKey
) -> None:
    async with peer(statuses(202)) as server:
        await post(logs, "1", inbox_of(server, "/in?a=b"))
        await employ().step()
        arrived = server.arrivals[0]
        request = _as_request(server, arrived)
        signature = parse(request)
        check(request, signature, now=NOW, authorities=[server.host])
        verify(request, signature, key.public_key())
        assert signature.key_id == f"{ACTOR}#main-key"
        assert request.header("content-type") == "application/activity+json"


def _as_request(server: Peer, arrived: Arrival) -> Request:
    return Request(
        method="POST", url=server.url(arrived.path), headers=arrived.headers, body=arrived.body
    )


async def test_a_reset_connection_is_tried_again(
    employ: Employ, logs: Logs, clock: HandClock
) -> None:
    async with peer(reset) as server:
        await post(logs, "1", inbox_of(server))
        await employ().step()
        assert await logs.deliveries.next_due() == NOW + MINUTE


async def test_a_server_that_is_not_there_is_tried_again(employ: Employ, logs: Logs) -> None:
    async with peer(statuses(202)) as server:
        nowhere = inbox_of(server)
    await post(logs, "1", nowhere)
    await employ().step()
    assert await logs.deliveries.next_due() == NOW + MINUTE


@pytest.mark.parametrize("slow", [hang, drip])
async def test_a_slow_server_is_given_up_in_time_and_tried_again(
    employ: Employ, logs: Logs, slow: Callable[[web.Request, int], Awaitable[web.StreamResponse]]
) -> None:
    async with peer(slow) as server:
        await post(logs, "1", inbox_of(server))
        began = time.monotonic()
        await employ(seconds=0.3).step()
        assert time.monotonic() - began < 2
        assert await logs.deliveries.next_due() == NOW + MINUTE


async def test_what_is_for_a_host_that_is_blocked_by_now_is_cancelled(
    employ: Employ, logs: Logs
) -> None:
    """Even without a host of that name being asked."""

    async with peer(statuses(202)) as server:
        await post(logs, "1", inbox_of(server))
        rules = Rules(hosts={"127.0.0.1": Standing.SUSPENDED})
        assert await employ(policy=RuleBook(rules)).step() == 1
        assert server.arrivals == []
        assert await claim(logs, now=NOW + timedelta(days=30)) == []


async def test_an_actor_without_key_parks_and_the_others_go(employ: Employ, logs: Logs) -> None:
    async with peer(statuses(202)) as server:
        stranger = {**activity("1"), "actor": "https://wien.test/gone"}

        async def work(log: OutboxLog) -> None:
            await put(log, stranger, object_id="x", destinations=inbox_of(server), now=NOW)

        await logs.within(work)
        await post(logs, "2", inbox_of(server))
        courier = employ()
        assert (await courier.step(), await courier.step()) == (1, 1)
        assert await logs.deliveries.next_due() is None
        assert len(server.arrivals) == 1


async def test_an_address_that_we_may_not_connect_to_is_parked_at_once(
    employ: Employ, logs: Logs
) -> None:
    private = server_name("10.0.0.1")
    await post(logs, "1", [Destination(inbox=f"http://{private}:80/in", host=private)])
    assert await employ().step() == 1
    assert await logs.deliveries.next_due() is None
