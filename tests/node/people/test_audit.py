"""Tests of node/people/audit.py: rows that follow on one another."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from node.context import Context
from node.people import audit
from node.storage.database import Database, Transaction
from tests.node.people.test_actions import NOW, act


async def write(database: Database, many: int = 5) -> None:
    async def one(context: Context) -> None:
        for number in range(many):
            await audit.note(context, "p1", "verb", f"t{number}")

    await act(database, one)


async def test_a_log_that_nobody_changed_is_whole(database: Database):
    assert await database.read(audit.broken) == []
    await write(database)

    assert await database.read(audit.broken) == []
    newest = await database.read(lambda tx: audit.newest(tx, 2))
    assert [note.target for note in newest] == ["t4", "t3"]


@pytest.mark.parametrize(
    "change",
    [
        "update audit set target = 'other' where sequence = 3",
        "update audit set actor = 'other' where sequence = 3",
        "update audit set at = '2020-01-01T00:00:00.000000Z' where sequence = 3",
        "delete from audit where sequence = 3",
        "delete from audit where sequence = 1",
        "delete from audit where sequence = 5",
        "delete from audit",
    ],
)
async def test_whatever_is_changed_or_taken_out_is_seen(change: str, database: Database):
    await write(database)

    async def harm(tx: Transaction) -> None:
        await tx.run(change)

    await database.write(harm)

    assert await database.read(audit.broken) != []


async def test_notes_at_the_same_time_follow_on_one_another(database: Database):
    async def one(number: int) -> None:
        await act(database, lambda context: audit.note(context, "p1", "verb", str(number)))

    await asyncio.gather(*(one(number) for number in range(12)))

    assert await database.read(audit.broken) == []
    assert len(await database.read(lambda tx: audit.newest(tx))) == 12


async def test_what_is_undone_leaves_no_row(database: Database):
    async def fails(context: Context) -> None:
        await audit.note(context, "p1", "verb", "t")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await act(database, fails)
    assert await database.read(lambda tx: audit.newest(tx)) == []
    assert await database.read(audit.broken) == []


async def test_after_a_year_the_log_begins_later_and_is_whole(database: Database):
    await write(database)
    later = NOW + timedelta(days=200)
    await act(database, lambda context: audit.note(context, "p1", "verb", "late"), later)

    await act(database, audit.forget, NOW + timedelta(days=367))

    (left,) = await database.read(lambda tx: audit.newest(tx))
    assert left.target == "late"
    assert await database.read(audit.broken) == []
