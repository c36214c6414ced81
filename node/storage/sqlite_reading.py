"""A reading connection to SQLite, with a deadline."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from node.storage.database import Transaction
from node.storage.driving import drive
from node.storage.sqlite_connections import SqliteTransaction, translated

T = TypeVar("T")

_STEPS = 10_000
"""How many instructions of SQLite's machine between two looks at the clock (below 1 ms)."""


class SqliteReader:
    """Runs transaction functions that read, each at one state of the database."""

    def __init__(self, connection: sqlite3.Connection, *, limit: float) -> None:
        self._connection = connection
        self._state = connection.cursor()
        self._limit = limit
        self._until = math.inf
        # A long reader would keep the writer from emptying the log (rule W3).
        connection.set_progress_handler(self._too_long, _STEPS)

    def read(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """What `work` returns. Raises: ReadTooLong, TransactionSuspended, what `work` raises."""
        transaction = SqliteTransaction(self._connection)
        self._until = time.monotonic() + self._limit
        self._connection.execute("begin")
        try:
            result = drive(work(transaction))
            if transaction.lost is not None:
                raise transaction.lost
            return result
        finally:
            transaction.end()
            self._until = math.inf
            if self._connection.in_transaction:
                self._connection.execute("rollback")

    def state(self) -> str:
        """What SQLite counts up whenever another connection commits. Spec: PRAGMA data_version"""
        try:
            return str(self._state.execute("pragma data_version").fetchone()[0])
        except sqlite3.Error as error:
            raise translated(error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _too_long(self) -> bool:
        return time.monotonic() > self._until
