"""What came in is forgotten in its time, and not before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from node import forgetting
from node.context import Context
from node.ids import stamp
from node.storage.database import Database, Transaction
from node.storage.inbox import handled
from node.storage.outbox import StoredOutbox
from node.urls import Urls

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
ADD = (
    "insert into inbox_activity (activity_id, digest, sender, host, kind, lane, inbox, body, state, "
    "due_at, received_at, done_at) values (:id, 'd', 's', 'h', 'Like', 'l', 'i', :body, :state, "
    ":at, :at, :done_at)"
)


@pytest.mark.parametrize(
    ("state", "age", "left"),
    [
        ("done", timedelta(hours=47), "full"),
        ("done", timedelta(hours=49), "blank"),
        ("refused", timedelta(hours=49), "blank"),
        ("unheard", timedelta(days=89), "blank"),
        ("done", timedelta(days=91), "gone"),
        ("parked", timedelta(days=89), "full"),
        ("parked", timedelta(days=91), "gone"),
        ("waiting", timedelta(days=99), "full"),
    ],
)
async def test_bytes_go_after_two_days_and_ids_after_ninety(
    database: Database, state: str, age: timedelta, left: str
) -> None:
    at = stamp(NOW - age)
    done_at = at if state in {"done", "refused", "unheard"} else None

    async def add(tx: Transaction) -> None:
        await tx.run(ADD, id="x", body=b"{}", state=state, at=at, done_at=done_at)

    await database.write(add)
    for job in (forgetting.blank_bodies, forgetting.forget_activities):
        await database.write(lambda tx, job=job: job(_context(tx)))  # type: ignore[misc]
    rows = await database.read(lambda tx: tx.rows("select body from inbox_activity"))
    found = "gone" if not rows else ("full" if bytes(rows[0]["body"]) else "blank")
    assert found == left


@pytest.mark.parametrize(
    ("outcome", "size", "left"),
    [
        ("handled", 16 * 1024, 16 * 1024),
        ("handled", 16 * 1024 + 1, 0),
        ("unheard", 10, 0),
        ("refused:not-followed", 10, 0),
    ],
)
async def test_nobody_fills_the_disk_with_what_means_nothing_to_us(
    database: Database, outcome: str, size: int, left: int
) -> None:
    """A peer may send twenty activities a second, each of a megabyte."""

    async def work(tx: Transaction) -> Any:
        at = stamp(NOW)
        await tx.run(ADD, id="x", body=b"x" * size, state="waiting", at=at, done_at=None)
        [row] = await tx.rows("select sequence from inbox_activity")
        await handled(tx).done(row["sequence"], outcome=outcome, now=NOW)
        return await tx.row("select length(body) as size, blanked from inbox_activity")

    row = await database.write(work)
    assert (row["size"], bool(row["blanked"])) == (left, not left)


async def test_of_very_many_bodies_the_oldest_go_before_their_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "MOST_BODIES", 2)

    async def work(tx: Transaction) -> list[Any]:
        for minutes in range(5):
            at = stamp(NOW - timedelta(minutes=minutes))
            await tx.run(ADD, id=str(minutes), body=b"{}", state="done", at=at, done_at=at)
        await forgetting.blank_bodies(_context(tx))
        return await tx.rows("select activity_id from inbox_activity where blanked = 0")

    left = {row["activity_id"] for row in await database.write(work)}
    assert left == {"0", "1", "2"}


async def test_tombstones_stay_a_year_and_early_undos_two_days(database: Database) -> None:
    async def add(tx: Transaction) -> None:
        for name, age in (("old", timedelta(days=366)), ("new", timedelta(days=364))):
            at = stamp(NOW - age)
            await tx.run("insert into tombstone (id, at) values (:id, :at)", id=name, at=at)
        for name, age in (("old", timedelta(hours=49)), ("new", timedelta(hours=47))):
            await tx.run(
                "insert into pending_undo (actor, undone, at) values ('a', :id, :at)",
                id=name,
                at=stamp(NOW - age),
            )

    async def names(tx: Transaction) -> list[Any]:
        rows = await tx.rows("select id from tombstone union all select undone from pending_undo")
        return [row["id"] for row in rows]

    await database.write(add)
    await database.write(lambda tx: forgetting.forget_marks(_context(tx)))
    assert await database.read(names) == ["new", "new"]


def _context(tx: Transaction) -> Context:
    urls = Urls("https://wien.test", "wien")
    return Context(tx=tx, now=NOW, urls=urls, outbox=StoredOutbox(tx))
