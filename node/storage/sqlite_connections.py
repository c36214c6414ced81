"""Connections to one SQLite file, as reliability asks, and a transaction on one of them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from node.storage.database import Row
from node.storage.errors import (
    ConstraintViolated,
    Contended,
    DatabaseForeign,
    DatabaseUnusable,
    ReadTooLong,
    StatementRefused,
    StorageError,
    StorageFull,
    TransactionEnded,
)
from node.storage.statements import allowed

T = TypeVar("T")

APPLICATION = 0x4A534F52
"""`application_id` of our files: "JSOR"."""

_LONGEST_VALUE = 16 * 1024 * 1024

_PRAGMAS: tuple[tuple[str, str, int | str], ...] = (
    # Spec: reliability rules 4.7. (pragma, what we say, what it must answer afterwards)
    ("journal_mode", "wal", "wal"),
    ("synchronous", "full", 2),  # NORMAL may forget the last commits at a power cut
    ("foreign_keys", "on", 1),
    ("secure_delete", "on", 1),
    ("trusted_schema", "off", 0),
    ("cell_size_check", "on", 1),
    ("temp_store", "memory", 2),
    ("busy_timeout", "5000", 5000),
    ("journal_size_limit", str(64 * 1024 * 1024), 64 * 1024 * 1024),
)


def open_writer(path: Path) -> sqlite3.Connection:
    """The one connection that writes, and the only one that checkpoints.

    The file is made when absent, readable by its owner alone.
    Raises: DatabaseForeign, DatabaseUnusable.
    """
    _prepare(path)
    connection = _connect(path)
    try:
        _claim(connection, path)
        _settle(connection, (*_PRAGMAS, ("wal_autocheckpoint", "1000", 1000)))
    except sqlite3.Error as error:
        connection.close()
        raise DatabaseUnusable(f"cannot open {path}: {error}") from error
    except StorageError:
        connection.close()
        raise
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that can only read and never checkpoints."""
    connection = _connect(path)
    try:
        _settle(connection, (*_PRAGMAS, ("wal_autocheckpoint", "0", 0), ("query_only", "on", 1)))
    except (sqlite3.Error, StorageError):
        connection.close()
        raise
    return connection


def _prepare(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # SQLite gives its -wal and -shm files the mode of the database.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.fchmod(descriptor, 0o600)
        os.close(descriptor)
    except OSError as error:
        raise DatabaseUnusable(f"cannot open {path}: {error.strerror}") from error


def _connect(path: Path) -> sqlite3.Connection:
    # No thread check: the loop runs the statements, a thread runs COMMIT, never both at once.
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    return connection


def _claim(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("pragma application_id").fetchone()[0]
    empty = connection.execute("select count(*) from sqlite_schema").fetchone()[0] == 0
    if found == 0 and empty:
        connection.execute(f"pragma application_id = {APPLICATION}")
    elif found != APPLICATION:
        raise DatabaseForeign(f"{path} is a database of another program")


def _settle(connection: sqlite3.Connection, pragmas: Sequence[tuple[str, str, int | str]]) -> None:
    for name, said, expected in pragmas:
        connection.execute(f"pragma {name} = {said}").fetchall()
        answer = connection.execute(f"pragma {name}").fetchone()[0]
        if answer != expected:
            raise DatabaseUnusable(f"SQLite refused {name}={said}: it is {answer}")


_BY_CODE: Mapping[int, type[StorageError]] = {
    sqlite3.SQLITE_CONSTRAINT: ConstraintViolated,
    sqlite3.SQLITE_FULL: StorageFull,
    sqlite3.SQLITE_INTERRUPT: ReadTooLong,
    sqlite3.SQLITE_BUSY: Contended,
    sqlite3.SQLITE_LOCKED: Contended,
    sqlite3.SQLITE_IOERR: DatabaseUnusable,
    sqlite3.SQLITE_CORRUPT: DatabaseUnusable,
    sqlite3.SQLITE_NOTADB: DatabaseUnusable,
    sqlite3.SQLITE_CANTOPEN: DatabaseUnusable,
}


def translated(error: Exception) -> StorageError:
    """Our error for one of SQLite's; StatementRefused when it is about the statement."""
    code = getattr(error, "sqlite_errorcode", None)
    kind = StatementRefused if code is None else _BY_CODE.get(code & 0xFF, StatementRefused)
    return kind(str(error))


class SqliteTransaction:
    """The statements of one transaction function, run at once on the calling thread."""

    __slots__ = ("_connection", "_ended", "lost")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._ended = False
        self.lost: StorageError | None = None
        """The first error of a statement. PostgreSQL gives a transaction up after an error,
        so here, too, nothing of it may be kept."""

    def end(self) -> None:
        """From now on refuse: the connection is working for somebody else."""
        self._ended = True

    async def run(self, sql: str, /, **values: Any) -> int:
        """How many rows changed."""
        before = self._connection.total_changes
        changed = self._do(sql, values, _rowcount)
        # The module does not count for "with … update".
        return changed if changed >= 0 else self._connection.total_changes - before

    async def row(self, sql: str, /, **values: Any) -> Row | None:
        """The first row or None."""
        return self._do(sql, values, _first)

    async def rows(self, sql: str, /, **values: Any) -> list[Row]:
        """All rows."""
        return self._do(sql, values, _all)

    async def run_many(self, sql: str, rows: Sequence[Mapping[str, Any]], /) -> None:
        """One statement for many sets of values."""
        self._check()
        try:
            self._connection.executemany(allowed(sql), rows).close()
        except _FAILURES as error:
            raise self._lose(error) from error

    def _do(self, sql: str, values: Mapping[str, Any], take: Callable[[sqlite3.Cursor], T]) -> T:
        self._check()
        try:
            cursor = self._connection.execute(allowed(sql), values)
            try:
                return take(cursor)
            finally:
                cursor.close()
        except _FAILURES as error:
            raise self._lose(error) from error

    def _check(self) -> None:
        if self._ended:
            raise TransactionEnded("this transaction is over; ask the database for a new one")
        if self.lost is not None:
            raise StatementRefused("an earlier statement failed: this transaction is lost")

    def _lose(self, error: Exception) -> StorageError:
        self.lost = error if isinstance(error, StorageError) else translated(error)
        return self.lost


# sqlite3.Warning: two statements at once; ValueError: lone surrogates; OverflowError: 65 bits.
_FAILURES = (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, StatementRefused)


def _rowcount(cursor: sqlite3.Cursor) -> int:
    if cursor.description is not None:
        cursor.fetchall()
    return cursor.rowcount


def _first(cursor: sqlite3.Cursor) -> Row | None:
    values = cursor.fetchone()
    if values is None:
        return None
    return {column[0]: value for column, value in zip(cursor.description, values, strict=True)}


def _all(cursor: sqlite3.Cursor) -> list[Row]:
    if cursor.description is None:
        return []
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor]
