"""Peers that are away for days: few probes, nothing lost, everything in order on their return."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from federation.errors import Unreachable
from federation.outward.delivery import Courier
from federation.outward.outbox import erase
from federation.ports import OutboxLog, Response
from keys.message import Request
from node.storage import queue
from node.storage.database import Database
from node.storage.hosts import StoredNeighbours, forget_hosts
from node.storage.outbox import park_expired
from tests.support.outbox_logs import NOW, StoredLogs, activity, post, to

Json = dict[str, Any]
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
THERE = to("away.test/in")


@pytest.fixture
def stored(database: Database) -> StoredLogs:
    """Both ends of an empty outbox in a database."""
    return StoredLogs(database)


class World:
    """A clock that is moved by hand, a peer that is away until `back`, and our courier."""

    def __init__(self, logs: StoredLogs, back: datetime) -> None:
        self.logs = logs
        self.moment = NOW
        self.back = back
        self.vain: list[datetime] = []
        self.arrivals: list[tuple[datetime, Json]] = []
        self.restart("first")

    def now(self) -> datetime:
        return self.moment

    def restart(self, boot: str) -> None:
        """As after a stop: nothing is left but what is in the database."""
        self.logs = StoredLogs(self.logs.database)
        self.courier = Courier(self.logs.deliveries, self, self, lambda: 0.5, boot)

    async def send(self, request: Request, **_: Any) -> Response:
        """The peer's answer."""
        if self.moment < self.back:
            self.vain.append(self.moment)
            raise Unreachable("away")
        self.arrivals.append((self.moment, orjson.loads(request.body)))
        return Response(status=202, url=request.url, headers={}, body=b"")

    async def until(self, end: datetime) -> None:
        """Let time pass, and whatever falls due in it happen."""
        for _ in range(20_000):
            await self.logs.database.write(lambda tx: park_expired(tx, self.moment))
            due = await self.logs.deliveries.next_due()
            if due is None or due > end:
                self.moment = max(self.moment, end)
                return
            self.moment = max(self.moment, due)
            if not await self.courier.step():
                self.moment += SECOND / 10
        raise AssertionError("It never came to an end.")

    async def post(self, name: str, kind: str = "Create", about: str = "1") -> None:
        await post(
            self.logs, name, THERE, kind=kind, object_id=f"https://wien.test/e/{about}",
            now=self.moment,
        )  # fmt: skip

    async def erase(self, name: str, about: str) -> None:
        object_id = f"https://wien.test/e/{about}"

        async def work(log: OutboxLog) -> None:
            document = activity(name, "Delete", object_id)
            await erase(log, document, object_id=object_id, destinations=THERE, now=self.moment)

        await self.logs.within(work)

    def kinds(self) -> dict[str, list[str]]:
        """What arrived of each object, in order."""
        found: dict[str, list[str]] = defaultdict(list)
        for _, document in self.arrivals:
            found[document["object"].rpartition("/")[2]].append(document["type"])
        return dict(found)

    async def states(self) -> dict[str, int]:
        rows = await self.logs.database.read(
            lambda tx: tx.rows("select state, count(*) as number from delivery group by state")
        )
        return {row["state"]: row["number"] for row in rows}


async def _outage(world: World) -> None:
    """What a community says while its peer is away; the first day, then now and then."""
    for number in range(1, 7):
        await world.post(f"c{number}", about=str(number))
    await world.until(NOW + DAY)
    await world.post("u1", "Update", "1")
    await world.erase("d2", "2")
    await world.post("c9", about="9")
    await world.until(NOW + 2 * DAY)
    await world.erase("d9", "9")
    await world.until(NOW + 6 * DAY)
    await world.post("c10", about="10")


@pytest.mark.parametrize(("days", "probes"), [(7, 35), (14, 63)])
async def test_after_days_everything_arrives_in_order(
    stored: StoredLogs, days: int, probes: int
) -> None:
    world = World(stored, NOW + days * DAY)
    await _outage(world)
    await world.until(NOW + days * DAY)
    assert abs(len(world.vain) - 5 - probes) <= 3
    await world.until(world.back + 25 * HOUR)
    assert world.kinds() == {
        "1": ["Create", "Update"],
        "2": ["Create", "Delete"],
        **{str(number): ["Create"] for number in (3, 4, 5, 6, 10)},
    }
    assert await world.states() == {"done": 9, "cancelled": 1}


async def test_after_ninety_days_what_takes_back_arrives_and_the_rest_is_listed(
    stored: StoredLogs,
) -> None:
    world = World(stored, NOW + 90 * DAY)
    await _outage(world)
    await world.until(world.back + 25 * HOUR)
    assert world.kinds() == {"2": ["Delete"]}
    parked = await stored.database.read(lambda tx: queue.listing(tx, parked=True))
    assert len(parked) == 8
    assert {row["reason"] for row in parked} == {"held-too-long"}
    assert abs(len(world.vain) - 5 - 63 - 76) <= 3


async def test_after_a_hundred_days_nothing_is_dropped_in_silence(stored: StoredLogs) -> None:
    await stored.database.write(
        lambda tx: tx.run(
            "insert into follower (community, actor, inbox, follow_id, since) "
            "values ('wien', 'anna', 'https://away.test/in', 'f', 'now')"
        )
    )

    async def stale() -> Any:
        row = await stored.database.read(lambda tx: tx.row("select stale_since from follower"))
        return row and row["stale_since"]

    world = World(stored, NOW + 100 * DAY)
    await _outage(world)
    await world.until(NOW + 100 * DAY)
    assert await world.states() == {"parked": 9, "cancelled": 1}
    assert await stale() is not None, "who follows from there misses something"
    await world.post("c11", about="11")
    await world.until(world.back + 25 * HOUR)
    assert world.kinds() == {"11": ["Create"]}
    assert await stale() is None
    await stored.database.write(lambda tx: queue.retry(tx, world.moment, host="away.test"))
    await world.until(world.moment + HOUR)
    assert world.kinds()["1"] == ["Create", "Update"]


async def test_the_breaker_survives_a_restart(stored: StoredLogs) -> None:
    world = World(stored, NOW + 30 * DAY)
    await _outage(world)
    before = len(world.vain)
    for number in range(20):
        world.restart(f"boot-{number}")
        await world.courier.start()
        await world.until(world.moment + MINUTE)
    assert len(world.vain) - before <= 1


async def test_what_is_learned_by_a_probe_costs_the_others_no_attempt(stored: StoredLogs) -> None:
    world = World(stored, NOW + 10 * DAY)
    await _outage(world)
    rows = await stored.database.read(lambda tx: tx.rows("select attempts from delivery"))
    assert sorted(row["attempts"] for row in rows)[-2] <= 6
    assert sum(row["attempts"] for row in rows) == len(world.vain)


async def test_a_host_that_speaks_is_probed_at_once(stored: StoredLogs) -> None:
    world = World(stored, NOW + 30 * DAY)
    await _outage(world)
    world.back = world.moment
    woken: list[bool] = []
    neighbours = StoredNeighbours(stored.database, lambda: woken.append(True))
    await neighbours.heard_from("away.test", world.moment)
    await world.until(world.moment + SECOND)
    assert (1 <= len(world.arrivals) <= 3, woken) == (True, [True]), "the probe, then gently"
    await neighbours.heard_from("away.test", world.moment)
    await neighbours.heard_from("well.test", world.moment)
    assert woken == [True]


async def test_the_return_is_no_flood_and_erasures_go_first(stored: StoredLogs) -> None:
    world = World(stored, NOW + 2 * DAY)
    for number in range(400):
        await world.post(f"c{number}", about=str(number))
    await world.until(NOW + DAY)
    attempted = {row["object"] for row in await _attempted(stored)}
    one = min(attempted).rpartition("/")[2]
    await world.erase("gone", one)
    await world.until(world.back + 7 * HOUR)
    times = [at for at, _ in world.arrivals]
    began = times[0]
    assert len(times) == 401
    assert sum(at < began + MINUTE for at in times) <= 62
    assert times[-1] < began + HOUR
    first = [document["id"] for _, document in world.arrivals[:8]]
    assert "https://wien.test/a/gone" in first


async def _attempted(stored: StoredLogs) -> list[Json]:
    rows = await stored.database.read(lambda tx: queue.listing(tx, parked=False))
    return [row for row in rows if row["attempts"]]


@pytest.mark.parametrize("jump", [2 * HOUR, DAY, -2 * HOUR, -DAY])
async def test_a_clock_that_jumps_loses_nothing_and_hurries_nobody(
    stored: StoredLogs, jump: timedelta
) -> None:
    world = World(stored, NOW + 365 * DAY)
    for number in range(1, 7):
        await world.post(f"c{number}", about=str(number))
    await world.until(NOW + 3 * HOUR)
    await world.post("late", about="late")
    before, world.moment = len(world.vain), world.moment + jump
    world.restart("after the jump")
    await world.courier.start()
    await world.until(world.moment + SECOND)
    assert len(world.vain) - before <= 1, "one probe at most"
    world.back = world.moment
    await world.until(world.moment + 30 * HOUR)
    assert len(world.arrivals) == 7


@pytest.mark.parametrize("attempted", ["", "Create", "Create Update", "Create Update Delete"])
@pytest.mark.parametrize("said", ["Create Delete", "Create Update Delete"])
async def test_erasure_races(stored: StoredLogs, said: str, attempted: str) -> None:
    """T6: what was never tried is never sent, and where a try began the Delete arrives last."""
    world = World(stored, NOW + HOUR)
    kinds = said.split()
    for kind in kinds:
        if kind == "Delete":
            await world.erase("delete", "1")
        else:
            await world.post(kind.lower(), kind, "1")
        if kind in attempted:
            await world.courier.step()
            world.moment += SECOND
    await world.until(world.back + 25 * HOUR)
    arrived = world.kinds().get("1", [])
    if not attempted:
        assert arrived == []
    else:
        assert arrived[-1] == "Delete"
        assert arrived == [kind for kind in kinds if kind in arrived], "in order, each once"
    assert await stored.deliveries.next_due() is None


async def test_what_is_known_of_quiet_hosts_is_forgotten(stored: StoredLogs) -> None:
    world = World(stored, NOW)
    await world.post("1")
    await world.until(NOW + MINUTE)

    async def hosts() -> int:
        row = await stored.database.read(lambda tx: tx.row("select count(*) as n from host"))
        return int(row["n"]) if row else 0

    await stored.database.write(lambda tx: forget_hosts(tx, NOW + 29 * DAY))
    assert await hosts() == 1
    await stored.database.write(lambda tx: forget_hosts(tx, NOW + 31 * DAY))
    assert await hosts() == 0
