"""Tests of the mark of what is committed, by which kept answers live and die; on both engines."""

from __future__ import annotations

import sqlite3

import asyncpg
import pytest

from node.storage.database import Database, Transaction


@pytest.fixture
async def store(empty_database: Database) -> Database:
    async def create(transaction: Transaction) -> None:
        await transaction.run("create table place (id text primary key, seats bigint)")
        await transaction.run("insert into place (id, seats) values ('a', 1)")

    await empty_database.write(create)
    return empty_database


async def change(transaction: Transaction) -> int:
    return await transaction.run("update place set seats = seats + 1")


async def look(transaction: Transaction) -> int:
    return len(await transaction.rows("select * from place"))


async def test_reading_changes_nothing(store: Database) -> None:
    before = await store.state()
    await store.read(look)
    assert await store.state() == before


async def test_every_commit_changes_it_for_ever(store: Database) -> None:
    seen = [await store.state()]
    for _ in range(5):
        await store.write(change)
        seen.append(await store.state())
    assert len(set(seen)) == 6


async def test_another_process_changes_it_too(store: Database, database_url: str) -> None:
    before = await store.state()
    scheme, _, rest = database_url.partition(":///")
    if scheme == "sqlite":
        elsewhere = sqlite3.connect(rest)
        elsewhere.execute("update place set seats = 9")
        assert await store.state() == before
        elsewhere.commit()
        elsewhere.close()
    else:
        connection = await asyncpg.connect(database_url)
        await connection.execute("update place set seats = 9")
        await connection.close()
    assert await store.state() != before


async def test_it_is_asked_between_two_reads_of_one_connection(store: Database) -> None:
    for _ in range(4):
        before = await store.state()
        await store.read(look)
        await store.write(change)
        assert await store.state() != before
