"""The statements of one transaction function on PostgreSQL, handed to whoever conducts it.

A method does not wait for the server itself: it yields a `Statement` to `conduct`, which does.
Thus a function that awaits anything else is seen at once, exactly as on SQLite.
"""

from __future__ import annotations

import types
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import asyncpg

from node.storage.database import Row
from node.storage.errors import (
    ConnectionLost,
    ConstraintViolated,
    Contended,
    ReadTooLong,
    StatementRefused,
    StorageError,
    StorageFull,
    TransactionEnded,
)
from node.storage.statements import allowed, numbered

FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""What asyncpg raises."""

_BY_STATE: Mapping[str, type[StorageError]] = {
    "40001": Contended,  # could not serialise
    "40P01": Contended,  # deadlock
    "55P03": Contended,  # lock not available
    "53100": StorageFull,
    "57014": ReadTooLong,  # query cancelled
    "57P01": ConnectionLost,  # shut down by its administrator
    "57P02": ConnectionLost,
    "57P03": ConnectionLost,
}


def translated(error: Exception) -> StorageError:
    """Our error for one of asyncpg's; without DETAIL, which quotes the row."""
    text = str(error.args[0]) if error.args else type(error).__name__
    return _kind(error)(text)


def _kind(error: Exception) -> type[StorageError]:
    if isinstance(error, asyncpg.InvalidCachedStatementError):
        return Contended  # the schema was migrated meanwhile: once more, with a fresh plan
    state = str(getattr(error, "sqlstate", None) or "")
    if state.startswith("23"):
        return ConstraintViolated
    if state.startswith("08"):
        return ConnectionLost
    if not state and not isinstance(error, ValueError):
        return ConnectionLost  # the socket, or a connection that is closed
    return _BY_STATE.get(state, StatementRefused)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that a transaction function waits for."""

    owner: PostgresTransaction
    call: Callable[[], Awaitable[Any]]


@types.coroutine
def _ask(statement: Statement) -> Generator[Statement, Any, Any]:
    return (yield statement)


class PostgresTransaction:
    """See Transaction."""

    __slots__ = ("_connection", "_ended", "lost")

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._ended = False
        self.lost: StorageError | None = None
        """The first error of a statement: PostgreSQL gives the transaction up after it."""

    def end(self) -> None:
        """From now on refuse: the connection goes back to the pool."""
        self._ended = True

    async def run(self, sql: str, /, **values: Any) -> int:
        """How many rows changed."""
        text, arguments = self._bound(sql, values)
        status: str = await _ask(
            Statement(self, lambda: self._connection.execute(text, *arguments))
        )
        last = status.rpartition(" ")[2]
        return int(last) if last.isdigit() else 0

    async def row(self, sql: str, /, **values: Any) -> Row | None:
        """The first row or None."""
        text, arguments = self._bound(sql, values)
        record = await _ask(Statement(self, lambda: self._connection.fetchrow(text, *arguments)))
        return None if record is None else dict(record)

    async def rows(self, sql: str, /, **values: Any) -> list[Row]:
        """All rows."""
        text, arguments = self._bound(sql, values)
        records = await _ask(Statement(self, lambda: self._connection.fetch(text, *arguments)))
        return [dict(record) for record in records]

    async def run_many(self, sql: str, rows: Sequence[Mapping[str, Any]], /) -> None:
        """One statement for many sets of values."""
        text, _ = numbered(sql)
        many = [self._bound(sql, values)[1] for values in rows]
        if many:
            await _ask(Statement(self, lambda: self._connection.executemany(text, many)))

    def _bound(self, sql: str, values: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
        if self._ended:
            raise TransactionEnded("this transaction is over; ask the database for a new one")
        if self.lost is not None:
            raise StatementRefused("an earlier statement failed: this transaction is lost")
        try:
            text, names = numbered(allowed(sql))
            return text, tuple(_plain(values[name]) for name in names)
        except KeyError as error:
            self.lost = StatementRefused(f"no value for :{error.args[0]}")
            raise self.lost from None
        except StatementRefused as error:
            self.lost = error
            raise


def _plain(value: Any) -> Any:
    """Booleans are kept as the integers 0 and 1, as on SQLite."""
    return int(value) if isinstance(value, bool) else value


def number(text: str) -> int | float:
    """What `sum` and `avg` answer, as on SQLite: an int when it is whole, else a float."""
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else float(value)
