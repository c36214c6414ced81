"""Who takes up what, in which order, and what a process leaves that was killed: on every log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from federation.memory import MemoryInbox
from federation.ports import InboxLog, Kept, Received
from node.storage.database import Database
from node.storage.inbox import StoredInbox
from node.storage.opening import open_database

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=1)
LEASE = timedelta(minutes=2)


@pytest.fixture
async def log(kept_in: str) -> AsyncIterator[InboxLog]:
    if kept_in == "memory":
        yield MemoryInbox()
        return
    database = await open_database(kept_in)
    yield StoredInbox(database)
    await database.close()


def received(number: int, **changes: object) -> Received:
    """A Create by anna of a.test about a thing of its own."""
    known = Received(
        activity_id=f"https://a.test/a/{number}",
        digest=f"{number:064x}",
        sender="https://a.test/anna",
        host="a.test",
        kind="Create",
        object_id=f"https://a.test/o/{number}",
        inbox="https://wien.test/inbox",
        body=b"{}",
        received_at=NOW + timedelta(microseconds=number),
    )
    return replace(known, **changes)  # type: ignore[arg-type]


def of_host(host: str, number: int, *, friend: bool = False) -> Received:
    return received(
        number,
        activity_id=f"https://{host}/a/{number}",
        sender=f"https://{host}/x",
        host=host,
        object_id=f"https://{host}/o/{number}",
        friend=friend,
    )


async def claim(
    log: InboxLog, now: datetime = SOON, lease: str = "one", limit: int = 32, per_host: int = 16
) -> list[Kept]:
    return await log.claim(now=now, lease=lease, until=now + LEASE, limit=limit, per_host=per_host)


def ids(claimed: list[Kept]) -> list[str]:
    return [kept.activity_id.rpartition("/")[2] for kept in claimed]


async def test_a_claim_records_the_attempt_and_nobody_else_gets_it(log: InboxLog) -> None:
    await log.add(received(1))
    (first,) = await claim(log)
    assert (first.attempts, first.host) == (1, "a.test")
    assert await claim(log, lease="two") == []


async def test_what_a_killed_process_had_in_hand_is_free_at_the_next_start(log: InboxLog) -> None:
    await log.add(received(1))
    await claim(log, lease="killed")
    assert await log.release_all(except_lease="next") == 1
    (again,) = await claim(log, lease="next")
    assert again.attempts == 2


async def test_where_others_work_too_a_lease_that_ran_out_is_free(log: InboxLog) -> None:
    await log.add(received(1))
    await claim(log, lease="killed")
    assert await claim(log, SOON + LEASE - timedelta(seconds=1), lease="two") == []
    assert len(await claim(log, SOON + LEASE, lease="two")) == 1


async def test_a_postponed_one_is_free_at_its_time(log: InboxLog) -> None:
    await log.add(received(1))
    (kept,) = await claim(log)
    later = NOW + timedelta(hours=1)
    await log.postpone(kept.sequence, until=later, reason="x")
    assert await claim(log, later - timedelta(seconds=1)) == []
    assert len(await claim(log, later)) == 1


async def test_e26_follow_and_undo_of_one_actor_are_never_in_hand_together(log: InboxLog) -> None:
    us, follow = "https://wien.test/c/wien", "https://a.test/a/1"
    await log.add(received(1, kind="Follow", object_id=us))
    await log.add(received(2, kind="Undo", object_id=follow, touches=us))
    await log.add(received(3, kind="Undo", object_id=follow))
    await log.add(received(4, kind="Follow", object_id=us, sender="https://a.test/bert"))
    assert sorted(ids(await claim(log))) == ["1", "4"], "and others who follow us do not wait"


async def test_e26_create_and_delete_of_one_thing_are_never_in_hand_together(log: InboxLog) -> None:
    await log.add(received(1))
    await log.add(received(2, kind="Delete", object_id="https://a.test/o/1"))
    assert ids(await claim(log)) == ["1"]


async def test_e26_nor_are_two_senders_about_one_thing(log: InboxLog) -> None:
    await log.add(received(1))
    await log.add(of_host("b.test", 2))
    await log.add(replace(of_host("b.test", 3), kind="Announce", object_id="https://a.test/o/1"))
    assert sorted(ids(await claim(log))) == ["1", "2"]


async def test_a_sender_whose_announce_waits_does_not_hold_up_the_author(log: InboxLog) -> None:
    thing = "https://a.test/o/9"
    await log.add(replace(of_host("b.test", 1), kind="Announce", object_id=thing))
    (kept,) = await claim(log)
    await log.postpone(kept.sequence, until=NOW + timedelta(hours=6), reason="peer-trouble")
    await log.add(received(2, object_id=thing))
    assert ids(await claim(log)) == ["2"]


async def test_r10_a_host_that_floods_does_not_delay_another(log: InboxLog) -> None:
    for number in range(60):
        await log.add(of_host("flood.test", number))
    await log.add(of_host("quiet.test", 99))
    claimed = await claim(log, limit=16, per_host=16)
    assert "99" in ids(claimed)
    assert len(claimed) > 8


async def test_one_host_has_only_so_many_in_hand(log: InboxLog) -> None:
    for number in range(9):
        await log.add(of_host("flood.test", number))
    assert len(await claim(log, per_host=4)) == 4
    assert await claim(log, lease="two", per_host=4) == []


async def test_friends_are_taken_up_first_and_strangers_all_the_same(log: InboxLog) -> None:
    for number in range(8):
        await log.add(of_host(f"s{number}.test", number))
    for number in range(8, 16):
        await log.add(of_host(f"f{number}.test", number, friend=True))
    first = await claim(log, limit=4)
    friends = [kept for kept in first if kept.host.startswith("f")]
    assert len(friends) >= 3
    rest = [*await claim(log, limit=12), *await claim(log, limit=12)]
    assert len({kept.host for kept in [*first, *rest]}) == 16


async def test_the_backlog_is_counted_by_host(log: InboxLog) -> None:
    for number in range(3):
        await log.add(of_host("a.test", number))
    await log.add(of_host("b.test", 9, friend=True))
    found = await log.backlog()
    assert (found.total, found.by_host) == (4, {"a.test": 3, "b.test": 1})


async def test_what_a_sender_undoes_by_id_is_looked_up_among_his_own(log: InboxLog) -> None:
    us = "https://wien.test/c/wien"
    await log.add(received(1, kind="Follow", object_id=us))
    found = await log.recall("https://a.test/a/1", "https://a.test/anna")
    assert found is not None
    assert (found.kind, found.object_id) == ("Follow", us)
    assert await log.recall("https://a.test/a/1", "https://a.test/eve") is None
    assert await log.recall("https://a.test/a/2", "https://a.test/anna") is None


async def test_two_processes_on_postgresql_never_take_the_same(database: Database) -> None:
    first, second = StoredInbox(database), StoredInbox(database)
    for number in range(60):
        await first.add(of_host(f"h{number % 10}.test", number))
    claims = await asyncio.gather(
        *(claim(log, lease=name, limit=8) for _ in range(5) for log, name in
          ((first, "one"), (second, "two")))
    )  # fmt: skip
    taken = [kept.sequence for claimed in claims for kept in claimed]
    assert len(taken) == len(set(taken))
    # strangers leave the other places to friends
    assert len(taken) == 24
