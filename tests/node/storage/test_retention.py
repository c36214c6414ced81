"""What leaves is forgotten in its time, and not before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from node.ids import stamp
from node.storage import retention
from node.storage.database import Database, Row, Transaction

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
ACTIVITY = (
    "insert into outgoing (id, actor, kind, object_id, body, created, recipients) "
    "values (:id, 'wien', :kind, 'e', :body, :created, 1)"
)
DELIVERY = (
    "insert into delivery (activity_id, inbox, host, lane, state, next_at, content) "
    "values (:id, 'in', 'a.test', 'a.test e', :state, 'x', :content)"
)


async def _say(
    database: Database, kind: str, state: str, *, age: timedelta = timedelta(days=1)
) -> None:
    async def work(tx: Transaction) -> None:
        await tx.run(ACTIVITY, id=kind, kind=kind, body=b"words", created=stamp(NOW - age))
        await tx.run(DELIVERY, id=kind, state=state, content=f"{kind}#new")
        await tx.run(
            "insert into outgoing_content (id, activity_id, body) values (:id, :activity, :body)",
            id=f"{kind}#new",
            activity=kind,
            body=b"newer words",
        )

    await database.write(work)


async def _forget(database: Database) -> None:
    async def work(tx: Transaction) -> None:
        await retention.blank_erased(tx, NOW)
        await retention.forget_contents(tx)
        await retention.forget_answers(tx, NOW)

    await database.write(work)


async def _rows(database: Database, query: str) -> list[Row]:
    return await database.read(lambda tx: tx.rows(query))


@pytest.mark.parametrize(
    ("state", "left", "afterwards"),
    [
        ("done", b"", "done"),
        ("cancelled", b"", "cancelled"),
        ("due", b"words", "due"),
        ("parked", b"", "cancelled"),
    ],
)
async def test_deleted_words_are_kept_only_for_who_still_waits_for_them(
    database: Database, state: str, left: bytes, afterwards: str
) -> None:
    """A parked one would come back after its Delete when somebody tries it again."""
    await _say(database, "Create", state)
    await _say(database, "Delete", "due")
    await _forget(database)
    found = {
        row["id"]: bytes(row["body"]) for row in await _rows(database, "select * from outgoing")
    }
    assert found == {"Create": left, "Delete": b"words"}
    contents = await _rows(database, "select id from outgoing_content order by id")
    assert ["Create#new" in row["id"] for row in contents].count(True) == bool(left)
    [row] = await _rows(database, "select state from delivery where activity_id = 'Create'")
    assert row["state"] == afterwards


async def test_what_was_not_deleted_keeps_its_words(database: Database) -> None:
    await _say(database, "Create", "done", age=timedelta(days=4000))
    await _forget(database)
    [row] = await _rows(database, "select body from outgoing")
    assert bytes(row["body"]) == b"words"


@pytest.mark.parametrize(
    ("kind", "state", "age", "stays"),
    [
        ("Accept", "done", timedelta(days=91), False),
        ("Undo", "cancelled", timedelta(days=91), False),
        ("Ignore", "done", timedelta(days=91), False),
        ("Accept", "done", timedelta(days=89), True),
        ("Undo", "due", timedelta(days=91), True),
        ("Reject", "parked", timedelta(days=91), True),
        ("Create", "done", timedelta(days=91), True),
        ("Delete", "done", timedelta(days=91), True),
    ],
)
async def test_answers_between_two_are_forgotten_after_ninety_days(
    database: Database, kind: str, state: str, age: timedelta, stays: bool
) -> None:
    """What was for everybody stays: to whom it went, its Delete must go."""
    await _say(database, kind, state, age=age)
    await _forget(database)
    found = await _rows(
        database, "select id from outgoing union all select activity_id from delivery"
    )
    assert len(found) == 2 * stays


@pytest.mark.parametrize(
    ("table", "values"),
    [
        (None, ""),
        ("follower", "'c', 'them', 'in', null, 'f', 'x', null, 'h'"),
        ("remote_object (id, author, author_name, kind, url, document, published, updated, received)",
         "'o', 'them', 'T', 'Note', 'u', '{}', 'x', 'x', 'x'"),
        ("following (actor, handle, name, inbox, follow_id, state, since)",
         "'them', 'h', 'n', 'in', 'f', 'asked', 'x'"),
        ("actor_rule (actor, standing, created, updated)", "'them', 'suspended', 'x', 'x'"),
    ],
)  # fmt: skip
async def test_only_silent_strangers_are_forgotten(
    database: Database, table: str | None, values: str
) -> None:
    async def work(tx: Transaction) -> int:
        for name, age in (("them", timedelta(days=121)), ("new", timedelta(days=119))):
            await tx.run(
                "insert into remote_actor (id, type, username, host, name, inbox, fetched_at, "
                "document) values (:id, 'Person', 'x', 'h', 'X', 'in', :at, :document)",
                id=name,
                at=stamp(NOW - age),
                document=b"{}",
            )
        if table:
            await tx.run(f"insert into {table} values ({values})")
        return await retention.forget_strangers(tx, NOW)

    assert await database.write(work) == (0 if table else 1)
    left = {row["id"] for row in await _rows(database, "select id from remote_actor")}
    assert left == ({"them", "new"} if table else {"new"})


async def test_who_has_exchanged_all_keys_is_not_forgotten(database: Database) -> None:
    async def work(tx: Transaction) -> int:
        await tx.run(
            "insert into remote_actor (id, type, username, host, name, inbox, fetched_at, "
            "document, unproven_since) values ('a', 'Person', 'x', 'h', 'X', 'in', '2020', :it, "
            "'2020')",
            it=b"{}",
        )
        return await retention.forget_strangers(tx, NOW)

    assert await database.write(work) == 0
