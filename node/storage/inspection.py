"""Looking at a whole database from outside the node: it may take long, and it changes nothing."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal, TypeVar

from node.storage.database import Transaction
from node.storage.errors import DatabaseUnusable
from node.storage.sqlite_reading import SqliteReader

T = TypeVar("T")
Engine = Literal["sqlite", "postgresql"]


async def inspect(url: str, work: Callable[[Transaction, Engine], Awaitable[T]]) -> T:
    """What `work` finds in one unchanging state of the database at `url`.

    A running node is not disturbed: SQLite's file is opened for reading only, and by a connection
    that never checkpoints. `work` awaits nothing but the transaction.
    Raises: DatabaseUnusable, StatementRefused.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return _inspect_sqlite(Path(rest[1:]), work)
    # asyncpg is an extra, and costs memory
    from node.storage.postgres import open_postgres  # noqa: PLC0415

    database = await open_postgres(url, readers=1)
    try:
        return await database.read(lambda tx: work(tx, "postgresql"))
    finally:
        await database.close()


def _inspect_sqlite(path: Path, work: Callable[[Transaction, Engine], Awaitable[T]]) -> T:
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise DatabaseUnusable(f"{path.name} cannot be opened: {error}") from error
    connection.row_factory = sqlite3.Row
    try:
        return SqliteReader(connection, limit=math.inf).read(lambda tx: work(tx, "sqlite"))
    finally:
        connection.close()


async def damage(tx: Transaction, engine: Engine) -> list[str]:
    """What the engine itself finds wrong with the file or its references; empty when all is well.

    On PostgreSQL the server keeps both whole, and there is nothing to ask.
    """
    if engine == "postgresql":
        return []
    checked = await tx.rows("select integrity_check as says from pragma_integrity_check(20)")
    file = [str(row["says"]) for row in checked]
    references = [f"{row['table']} refers to what is not there" for row in await _dangling(tx)]
    return [each for each in file if each != "ok"] + references


async def _dangling(tx: Transaction) -> list[dict[str, object]]:
    return await tx.rows('select "table" from pragma_foreign_key_check limit 20')
