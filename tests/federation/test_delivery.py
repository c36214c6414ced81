"""The courier against real servers on loopback: nothing lost, nothing out of order."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from federation.errors import FederationError, Gone, Unreachable
from federation.network.sending import MemorySchemes, Sender
from federation.outward.delivery import Courier
from federation.outward.moving import Seeker
from federation.outward.outbox import put
from federation.policy import Policy, RuleBook, Rules, Standing
from federation.ports import Clock, Destination, OutboxLog, RemoteActor, SigningKey
from keys.http_signatures import check, parse, verify
from keys.keypair import make_rsa
from keys.message import Request
from tests.support.needles import server_name
from tests.support.outbox_logs import (
    ACTOR,
    NOW,
    Logs,
    MemoryLogs,
    StoredLogs,
    activity,
    claim,
    post,
)
from tests.support.peers import Arrival, Peer, drip, hang, open_transport, peer, reset, statuses

MINUTE = timedelta(minutes=1)


class HandClock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment


class WallClock:
    """The clock on the wall."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class OneKey:
    """A keyring that holds the key of one actor."""

    def __init__(self, key: RSAPrivateKey) -> None:
        self.key = key

    async def signing_key(self, actor: str, key_id: str | None = None) -> SigningKey:
        if actor != ACTOR:
            raise KeyError(actor)
        return SigningKey(id=f"{ACTOR}#main-key", key=self.key)


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return make_rsa()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


Employ = Callable[..., Courier]


@pytest.fixture
async def employ(logs: Logs, clock: HandClock, key: RSAPrivateKey) -> AsyncIterator[Employ]:
    """Makes couriers that work on `logs`."""
    async with open_transport() as transport:

        def courier(
            boot: str = "boot",
            *,
            seconds: float = 5,
            alone: bool = True,
            time: Clock = clock,
            policy: Policy | None = None,
            seeker: Seeker | None = None,
        ) -> Courier:
            log, sender = logs.deliveries, Sender(transport, OneKey(key), MemorySchemes(), time)
            return Courier(
                log,
                sender,
                time,
                lambda: 0.5,
                boot,
                policy=policy,
                seeker=seeker,
                alone=alone,
                seconds=seconds,
            )

        yield courier


def _at(server: Peer, path: str = "/in") -> list[Destination]:
    return [Destination(inbox=server.url(path), host=server.host)]


async def _finish(courier: Courier, logs: Logs, clock: HandClock) -> None:
    """Attempts until nothing waits, moving the clock to whatever is next."""
    for _ in range(1000):
        due = await logs.deliveries.next_due()
        if due is None:
            return
        clock.moment = max(clock.moment, due)
        await courier.step()
    raise AssertionError("It never came to an end.")


async def test_after_a_500_the_same_id_and_bytes_are_sent_again(
    employ: Employ, logs: Logs, clock: HandClock
) -> None:
    async with peer(statuses(500, 202)) as server:
        await post(logs, "1", _at(server))
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
        await post(logs, "1", _at(server))
        courier = employ()
        await courier.step()
        clock.moment += timedelta(days=30)
        assert await courier.step() == 0
        assert len(server.arrivals) == 1


async def test_the_request_carries_a_signature_that_proves_the_actor(
    employ: Employ, logs: Logs, key: RSAPrivateKey
) -> None:
    async with peer(statuses(202)) as server:
        await post(logs, "1", _at(server, "/in?a=b"))
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
        await post(logs, "1", _at(server))
        await employ().step()
        assert await logs.deliveries.next_due() == NOW + MINUTE


async def test_a_server_that_is_not_there_is_tried_again(employ: Employ, logs: Logs) -> None:
    async with peer(statuses(202)) as server:
        nowhere = _at(server)
    await post(logs, "1", nowhere)
    await employ().step()
    assert await logs.deliveries.next_due() == NOW + MINUTE


@pytest.mark.parametrize("slow", [hang, drip])
async def test_a_slow_server_is_given_up_in_time_and_tried_again(
    employ: Employ, logs: Logs, slow: Callable[[web.Request, int], Awaitable[web.StreamResponse]]
) -> None:
    async with peer(slow) as server:
        await post(logs, "1", _at(server))
        began = time.monotonic()
        await employ(seconds=0.3).step()
        assert time.monotonic() - began < 2
        assert await logs.deliveries.next_due() == NOW + MINUTE


class Elsewhere:
    """Actors of other servers as they are served now: an actor, or an error."""

    def __init__(self, **found: RemoteActor | FederationError) -> None:
        self.found = found
        self.asked: list[str] = []

    async def actor(self, actor_id: str, *, fresh: bool = False) -> RemoteActor:
        assert fresh
        self.asked.append(actor_id)
        found = self.found[actor_id]
        if isinstance(found, FederationError):
            raise found
        return found


def _actor(name: str, inbox: str) -> RemoteActor:
    return RemoteActor(
        id=name,
        type="Person",
        username=name,
        host="a.test",
        name=name,
        inbox=inbox,
        shared_inbox=None,
        followers=None,
        outbox=None,
        url=None,
        keys=(),
        fetched_at=NOW,
        document=b"{}",
    )


async def _follow(logs: Logs, actor: str, inbox: str) -> None:
    if isinstance(logs, MemoryLogs):
        logs.room.followers[actor] = inbox
        return
    assert isinstance(logs, StoredLogs)
    await logs.database.write(
        lambda tx: tx.run(
            "insert into follower (community, actor, inbox, follow_id, since) "
            "values ('wien', :actor, :inbox, 'f', 'now')",
            actor=actor,
            inbox=inbox,
        )
    )


@pytest.mark.parametrize("status", [404, 410])
async def test_who_is_gone_follows_no_more_and_gets_nothing(
    employ: Employ, logs: Logs, clock: HandClock, status: int
) -> None:
    async with peer(statuses(status)) as server:
        await _follow(logs, "anna", server.url("/in"))
        await post(logs, "1", _at(server))
        await post(logs, "2", _at(server), object_id="https://wien.test/e/2")
        there = Elsewhere(anna=Gone("410"))
        assert await employ(seeker=Seeker(logs.deliveries, there, clock)).step() == 1
        assert await logs.deliveries.behind(server.url("/in")) == []
        assert await claim(logs, now=NOW + timedelta(days=30)) == []
        assert (len(server.arrivals), there.asked) == (1, ["anna"])


@pytest.mark.parametrize("status", [301, 308, 404, 410])
async def test_an_inbox_that_moved_gets_what_waits_at_its_new_address(
    employ: Employ, logs: Logs, clock: HandClock, status: int
) -> None:
    async with peer(statuses(status)) as old, peer(statuses(202)) as new:
        await _follow(logs, "anna", old.url("/in"))
        await post(logs, "1", _at(old))
        await post(logs, "2", _at(old), object_id="https://wien.test/e/2")
        there = Elsewhere(anna=_actor("anna", new.url("/new")))
        courier = employ(seeker=Seeker(logs.deliveries, there, clock))
        await _finish(courier, logs, clock)
        assert (len(old.arrivals), len(new.arrivals)) == (1, 2)
        assert {arrived.path for arrived in new.arrivals} == {"/new"}


@pytest.mark.parametrize("status", [404, 410])
async def test_an_inbox_that_its_actor_still_names_gets_three_more_attempts(
    employ: Employ, logs: Logs, clock: HandClock, status: int
) -> None:
    async with peer(statuses(status)) as server:
        await _follow(logs, "anna", server.url("/in"))
        await post(logs, "1", _at(server))
        there = Elsewhere(anna=_actor("anna", server.url("/in")))
        await _finish(employ(seeker=Seeker(logs.deliveries, there, clock)), logs, clock)
        assert (len(server.arrivals), there.asked) == (4, ["anna"])
        assert await logs.deliveries.behind(server.url("/in")) == ["anna"]


async def test_an_actor_that_cannot_be_asked_keeps_its_place(
    employ: Employ, logs: Logs, clock: HandClock
) -> None:
    async with peer(statuses(410, 202)) as server:
        await _follow(logs, "anna", server.url("/in"))
        await post(logs, "1", _at(server))
        there = Elsewhere(anna=Unreachable("away"))
        await _finish(employ(seeker=Seeker(logs.deliveries, there, clock)), logs, clock)
        assert len(server.arrivals) == 2
        assert await logs.deliveries.behind(server.url("/in")) == ["anna"]


async def test_what_is_for_a_host_that_is_blocked_by_now_is_cancelled(
    employ: Employ, logs: Logs
) -> None:
    """Even without a host of that name being asked."""

    async with peer(statuses(202)) as server:
        await post(logs, "1", _at(server))
        rules = Rules(hosts={"127.0.0.1": Standing.SUSPENDED})
        assert await employ(policy=RuleBook(rules)).step() == 1
        assert server.arrivals == []
        assert await claim(logs, now=NOW + timedelta(days=30)) == []


async def test_an_actor_without_key_parks_and_the_others_go(employ: Employ, logs: Logs) -> None:
    async with peer(statuses(202)) as server:
        stranger = {**activity("1"), "actor": "https://wien.test/gone"}

        async def work(log: OutboxLog) -> None:
            await put(log, stranger, object_id="x", destinations=_at(server), now=NOW)

        await logs.within(work)
        await post(logs, "2", _at(server))
        courier = employ()
        assert (await courier.step(), await courier.step()) == (1, 1)
        assert await logs.deliveries.next_due() is None
        assert len(server.arrivals) == 1


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
            await post(logs, f"{number:02}", [*_at(one), *_at(two)], object_id=object_id)
        await _finish(employ(), logs, clock)
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
        await post(logs, "1", _at(server))
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
        await post(logs, "1", _at(server))
        await claim(logs, lease="colleague")
        assert await employ("mine", alone=False).start() == 0


async def test_an_address_that_we_may_not_connect_to_is_parked_at_once(
    employ: Employ, logs: Logs
) -> None:
    private = server_name("10.0.0.1")
    await post(logs, "1", [Destination(inbox=f"http://{private}:80/in", host=private)])
    assert await employ().step() == 1
    assert await logs.deliveries.next_due() is None


async def test_two_couriers_never_send_the_same_delivery(employ: Employ, logs: Logs) -> None:
    async with peer(statuses(202)) as server:
        for number in range(40):
            await post(logs, str(number), _at(server), object_id=f"https://wien.test/e/{number}")
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
            await post(logs, f"s{number}", _at(slow), object_id=object_id)
        for number in range(20):
            object_id = f"https://wien.test/e/{number}"
            await post(logs, f"q{number}", _at(quick), object_id=object_id)
        began = time.monotonic()
        async with _running(employ(seconds=3)):
            await _until(lambda: len(quick.arrivals) == 20)
            assert time.monotonic() - began < 2
            assert len(slow.arrivals) <= 2


async def test_a_sleeping_courier_is_woken_by_a_new_delivery(employ: Employ, logs: Logs) -> None:
    async with peer(statuses(202)) as server, _running(employ(time=WallClock())) as wake:
        await asyncio.sleep(0.1)
        await post(logs, "1", _at(server), now=datetime.now(UTC))
        wake.set()
        await _until(lambda: len(server.arrivals) == 1, seconds=2)


async def test_stopping_waits_for_what_is_under_way(employ: Employ, logs: Logs) -> None:
    async def late(_: web.Request, __: int) -> web.StreamResponse:
        await asyncio.sleep(0.3)
        return web.Response(status=202)

    async with peer(late) as server:
        await post(logs, "1", _at(server))
        async with _running(employ()):
            await _until(lambda: len(server.arrivals) == 1)
        assert await logs.deliveries.next_due() is None
