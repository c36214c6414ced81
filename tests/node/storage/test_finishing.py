"""The ends of deliveries: many in one transaction, each fenced by its own lease."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from federation.outward.outbox import put
from federation.ports import Delivery, Destination, Grade, Report, Sign
from node.ids import moment
from node.storage.database import Database, Row, Transaction
from node.storage.errors import StorageFull
from node.storage.outbox import StoredDeliveries, StoredOutbox

US = "https://wien.test/c/wien"
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=60)
ROOM = dict.fromkeys(Grade, 64)
WELL = Report(sign=Sign.ALIVE, seconds=0.1)


async def _claimed(log: StoredDeliveries, database: Database, hosts: int) -> list[Delivery]:
    """One delivery to each of so many hosts, leased by `a`."""
    about = f"{US}/e/1"
    activity = {"id": f"{US}/a/1", "type": "Create", "actor": US, "object": {"id": about}}
    to = [
        Destination(inbox=f"https://h{number}.test/inbox", host=f"h{number}.test")
        for number in range(hosts)
    ]

    async def work(tx: Transaction) -> None:
        await put(StoredOutbox(tx), activity, object_id=about, destinations=to, now=NOW)

    await database.write(work)
    return await log.claim(now=NOW, lease="a", until=LATER, room=ROOM)


async def _rows(database: Database, sql: str) -> list[Row]:
    return await database.read(lambda tx: tx.rows(sql))


async def test_deliveries_that_end_together_are_all_done_and_their_hosts_known_to_be_well(
    database: Database,
) -> None:
    log = StoredDeliveries(database)
    claimed = await _claimed(log, database, 40)
    assert len(claimed) == 40
    ends = [log.delivered(each.sequence, lease="a", now=NOW, report=WELL) for each in claimed]
    assert await asyncio.gather(*ends) == [True] * 40
    rows = await _rows(database, "select distinct state, lease, done_at from delivery")
    assert [(row["state"], row["lease"], moment(row["done_at"])) for row in rows] == [
        ("done", None, NOW)
    ]
    hosts = await _rows(database, "select last_ok, round_trip, grade, next_at from host")
    assert len(hosts) == 40
    assert {(row["round_trip"], row["grade"], row["next_at"]) for row in hosts} == {(100, 0, None)}


async def test_among_those_that_end_together_a_lost_lease_is_told_to_its_holder_alone(
    database: Database,
) -> None:
    log = StoredDeliveries(database)
    claimed = await _claimed(log, database, 20)
    leases = ["b" if number % 5 == 0 else "a" for number in range(20)]
    ends = [
        log.delivered(each.sequence, lease=lease, now=NOW, report=WELL)
        for each, lease in zip(claimed, leases, strict=True)
    ]
    assert await asyncio.gather(*ends) == [lease == "a" for lease in leases]
    left = await _rows(database, "select sequence from delivery where state = 'due'")
    assert {row["sequence"] for row in left} == {each.sequence for each in claimed[::5]}


async def test_a_caller_that_is_gone_takes_nobody_elses_end_with_it(database: Database) -> None:
    log = StoredDeliveries(database)
    claimed = await _claimed(log, database, 3)
    ends = [
        asyncio.create_task(log.delivered(each.sequence, lease="a", now=NOW, report=WELL))
        for each in claimed
    ]
    await asyncio.sleep(0)
    ends[0].cancel()
    outcomes = await asyncio.gather(*ends, return_exceptions=True)
    assert outcomes[1:] == [True, True]
    assert isinstance(outcomes[0], asyncio.CancelledError)
    left = await _rows(database, "select 1 from delivery where state = 'due'")
    assert left == []


async def test_what_could_not_be_written_is_told_to_all_who_shared_it_and_the_next_goes_on(
    database: Database,
) -> None:
    class Full:
        """The database, whose disk is full the first time."""

        skip_locked = database.skip_locked
        times = 0

        async def write(self, work: Callable[[Transaction], Awaitable[Any]]) -> Any:
            self.times += 1
            if self.times == 1:
                raise StorageFull("no space left")
            return await database.write(work)

    claimed = await _claimed(StoredDeliveries(database), database, 3)
    log = StoredDeliveries(Full())  # type: ignore[arg-type]  # no more of it is asked for
    ends = [log.delivered(each.sequence, lease="a", now=NOW) for each in claimed]
    outcomes = await asyncio.gather(*ends, return_exceptions=True)
    assert [type(each) for each in outcomes] == [StorageFull] * 3
    assert await log.delivered(claimed[0].sequence, lease="a", now=NOW) is True


async def test_several_ends_at_one_host_count_one_after_the_other(database: Database) -> None:
    log = StoredDeliveries(database)
    about = f"{US}/e/1"

    async def work(tx: Transaction) -> None:
        for number in range(3):
            activity = {"id": f"{US}/a/{number}", "type": "Like", "actor": US, "object": about}
            to = [Destination(inbox="https://h.test/inbox", host="h.test")]
            await put(
                StoredOutbox(tx), activity, object_id=f"{about}{number}", destinations=to, now=NOW
            )
        await tx.run("update host set grade = 0, last_ok = next_at, round_trip = 100")

    await database.write(work)
    claimed = await log.claim(now=NOW, lease="a", until=LATER, room=ROOM)
    assert len(claimed) == 3
    ends = [
        log.delivered(
            each.sequence, lease="a", now=NOW, report=Report(sign=Sign.ALIVE, seconds=seconds)
        )
        for each, seconds in zip(claimed, (1.1, 0.1, 0.1), strict=True)
    ]
    assert await asyncio.gather(*ends) == [True] * 3
    # 100 + 0.3 · 1000 = 400, then 310, then 247: each counts for three tenths.
    rows = await _rows(database, "select round_trip, next_at from host")
    assert [(row["round_trip"], row["next_at"]) for row in rows] == [(247, None)]
