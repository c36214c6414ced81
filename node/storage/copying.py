"""Every row of a database out of it and into another one, whatever the engines of the two.

A table is a file of JSON lines: first the names of its columns, then one list for each row; bytes
are `{"b": base64}`. What comes out is one unchanging state of the database.
"""

from __future__ import annotations

import asyncio
import base64
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import orjson

from node.storage.database import Database, Transaction
from node.storage.errors import DatabaseUnusable
from node.storage.migrate import Migration
from node.storage.sqlite_connections import open_reader

NOT_COPIED = frozenset({"migration", "sqlite_sequence"})
"""What the schema itself writes."""
_AT_ONCE = 500
_GAP = 1_000_000
"""Numbers left free, so that none is given twice to what came after the copy."""


async def copy_out(url: str, folder: Path) -> dict[str, int]:
    """How many rows each table has, written to `folder/TABLE.jsonl`. Raises: DatabaseUnusable."""
    if url.startswith("sqlite:"):
        return await asyncio.to_thread(_copy_sqlite, Path(url.removeprefix("sqlite:///")), folder)
    return await _copy_postgres(url, folder)


def _copy_sqlite(path: Path, folder: Path) -> dict[str, int]:
    connection = open_reader(path)
    try:
        connection.row_factory = None
        connection.execute("begin")
        names = [
            name
            for (name,) in connection.execute("select name from sqlite_master where type = 'table'")
            if name not in NOT_COPIED and not name.startswith("sqlite_")
        ]
        return {name: _write_table(connection, name, folder) for name in sorted(names)}
    finally:
        connection.close()


def _write_table(connection: sqlite3.Connection, name: str, folder: Path) -> int:
    rows = connection.execute(f'select * from "{name}" order by rowid')  # noqa: S608  our own name
    columns = [each[0] for each in rows.description]
    return _write(folder / f"{name}.jsonl", columns, rows)


async def _copy_postgres(url: str, folder: Path) -> dict[str, int]:
    import asyncpg  # noqa: PLC0415  an extra

    try:
        connection = await asyncpg.connect(url)
    except (asyncpg.PostgresError, OSError, ValueError) as error:
        raise DatabaseUnusable(f"cannot open PostgreSQL: {type(error).__name__}") from None
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            names = await connection.fetch(
                "select table_name from information_schema.tables "
                "where table_schema = current_schema() and table_type = 'BASE TABLE'"
            )
            tables = sorted(row[0] for row in names if row[0] not in NOT_COPIED)
            return {name: await _copy_table(connection, name, folder) for name in tables}
    finally:
        await connection.close()


async def _copy_table(connection: Any, name: str, folder: Path) -> int:
    statement = await connection.prepare(f'select * from "{name}"')  # noqa: S608  our own name
    columns = [each.name for each in statement.get_attributes()]
    many = 0
    with (folder / f"{name}.jsonl").open("wb") as file:
        file.write(orjson.dumps(columns) + b"\n")
        async for record in statement.cursor(prefetch=_AT_ONCE):
            file.write(_line(tuple(record)))
            many += 1
    return many


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    many = 0
    with path.open("wb") as file:
        file.write(orjson.dumps(columns) + b"\n")
        for row in rows:
            file.write(_line(row))
            many += 1
    return many


def _line(row: Sequence[Any]) -> bytes:
    plain = [
        {"b": base64.b64encode(each).decode()} if isinstance(each, bytes) else each for each in row
    ]
    return orjson.dumps(plain) + b"\n"


async def copy_in(database: Database, folder: Path, migrations: Sequence[Migration]) -> None:
    """Fill every table from its file, all in one transaction.

    The database has the schema of these migrations, under which the rows were written, and nothing
    in it. Raises: DatabaseUnusable for a file of no table.
    """
    schema = _schema(migrations)
    tables, numbered = _parents_first(schema), _numbered(schema)
    schema.close()
    files = _tables_in(folder)
    if unknown := files - set(tables):
        raise DatabaseUnusable(f"there is no table {min(unknown)} in this schema")

    async def work(tx: Transaction) -> None:
        for name in reversed(tables):
            # what migrations themselves put there
            await tx.run(f"delete from {name}")  # noqa: S608  our own name
        for name in tables:
            if name in files:
                await _fill(database, tx, folder, name)
        for name in numbered:
            await _leave_a_gap(database, tx, name)

    return await database.write(work)


def _tables_in(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.jsonl")}


async def _fill(database: Database, tx: Transaction, folder: Path, name: str) -> None:
    with (folder / f"{name}.jsonl").open("rb") as file:
        columns: list[str] = orjson.loads(file.readline())
        names, marks = ", ".join(columns), ", ".join(f":{column}" for column in columns)
        given = " overriding system value" if database.engine == "postgresql" else ""
        sql = f"insert into {name} ({names}){given} values ({marks})"  # noqa: S608  our own names
        for some in _some(file):
            await tx.run_many(sql, [dict(zip(columns, row, strict=True)) for row in some])


def _some(lines: Iterable[bytes]) -> Iterator[list[list[Any]]]:
    some: list[list[Any]] = []
    for line in lines:
        some.append([_value(each) for each in orjson.loads(line)])
        if len(some) >= _AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _value(found: Any) -> Any:
    return base64.b64decode(found["b"], validate=True) if isinstance(found, dict) else found


async def _leave_a_gap(database: Database, tx: Transaction, name: str) -> None:
    if database.engine == "postgresql":
        await tx.row(
            "select setval(pg_get_serial_sequence(cast(:name as text), 'sequence'), "  # noqa: S608
            f"(select coalesce(max(sequence), 0) + {_GAP} from {name}))",
            name=name,
        )
        return
    await tx.run("delete from sqlite_sequence where name = :name", name=name)
    await tx.run(
        "insert into sqlite_sequence (name, seq) "  # noqa: S608  our own name
        f"select :name, coalesce(max(sequence), 0) + {_GAP} from {name}",
        name=name,
    )


def _schema(migrations: Sequence[Migration]) -> sqlite3.Connection:
    """An empty database in memory with this schema, to ask how its tables hang together."""
    connection = sqlite3.connect(":memory:")
    for migration in migrations:
        for statement in migration.statements:
            connection.execute(statement)
    return connection


def _parents_first(schema: sqlite3.Connection) -> list[str]:
    """The tables, each after those that it refers to."""
    found = schema.execute("select name from sqlite_master where type = 'table'")
    tables = [name for (name,) in found if name not in NOT_COPIED]
    parents = {
        name: {row[2] for row in schema.execute(f'pragma foreign_key_list("{name}")')} - {name}
        for name in tables
    }
    return list(TopologicalSorter(parents).static_order())


def _numbered(schema: sqlite3.Connection) -> list[str]:
    """The tables whose rows the database itself numbers."""
    found = schema.execute(
        "select name from sqlite_master where type = 'table' and sql like '%autoincrement%'"
    )
    return [name for (name,) in found]
