"""What was deleted is in no byte of the files afterwards, whatever else happens meanwhile."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from pathlib import Path

import pytest

from node.storage.database import Database, Transaction
from node.storage.sqlite import SqliteDatabase, open_sqlite

NEEDLE = b"zorvanquil"


async def filled(database: Database, seed: int) -> None:
    """Rows of all sizes, come and gone in disorder, and then without the needle."""
    dice = random.Random(seed)
    kind = "blob" if database.engine == "sqlite" else "bytea"

    async def work(tx: Transaction) -> None:
        await tx.run(f"create table thing (id text primary key, body {kind} not null)")
        for number in range(1500):
            body = dice.randbytes(dice.choice([5, 50, 300, 2000, 9000]))
            await tx.run(
                "insert into thing (id, body) values (:id, :body)",
                id=f"{dice.getrandbits(64):016x}{'-n' if number % 10 == 0 else ''}",
                body=body + NEEDLE if number % 10 == 0 else body,
            )
        await tx.run("delete from thing where id like '%a%'")

    await database.write(work)


async def cleaned(tx: Transaction) -> None:
    await tx.run("delete from thing where id like '%-n'")


def left(folder: Path) -> int:
    return sum(path.read_bytes().count(NEEDLE) for path in folder.glob("josoor.db*"))


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_not_even_pages_that_were_arranged_anew_keep_it(tmp_path: Path, seed: int) -> None:
    database = open_sqlite(tmp_path / "josoor.db")
    await filled(database, seed)
    assert left(tmp_path) > 0
    await database.write(cleaned)
    assert await database.shred()
    assert left(tmp_path) == 0
    assert (tmp_path / "josoor.db-wal").stat().st_size == 0
    await database.close()


async def test_while_somebody_reads_it_says_so_and_later_it_succeeds(tmp_path: Path) -> None:
    database = open_sqlite(tmp_path / "josoor.db")
    await filled(database, 1)
    await database.write(cleaned)
    reader = sqlite3.connect(tmp_path / "josoor.db")
    reader.execute("begin")
    reader.execute("select count(*) from thing").fetchone()
    assert not await database.shred()
    reader.close()
    assert await database.shred()
    assert left(tmp_path) == 0
    await database.close()


async def test_writes_and_reads_of_that_moment_wait_and_are_kept(tmp_path: Path) -> None:
    database = open_sqlite(tmp_path / "josoor.db")
    await filled(database, 1)
    answers = await asyncio.gather(
        *[database.write(_adding(number)) for number in range(10)],
        database.shred(),
        *[database.write(_adding(number)) for number in range(10, 20)],
    )
    assert answers[10] is True
    assert await database.read(_many) == 20
    assert _setting(database, "temp_store") == 2
    assert _setting(database, "busy_timeout") == 5000
    await database.close()


def _adding(number: int):
    async def work(tx: Transaction) -> None:
        await tx.run(
            "insert into thing (id, body) values (:id, :body)", id=f"new {number}", body=b""
        )

    return work


async def _many(tx: Transaction) -> int:
    row = await tx.row("select count(*) as many from thing where id like 'new %'")
    assert row is not None
    return int(row["many"])


def _setting(database: SqliteDatabase, name: str) -> int:
    return int(database._writer.execute(f"pragma {name}").fetchone()[0])


async def test_both_engines_keep_what_was_not_deleted(empty_database: Database) -> None:
    await filled(empty_database, 1)
    await empty_database.write(_adding(1))
    assert await empty_database.shred()
    assert await empty_database.read(_many) == 1
