"""The one door to the database: whole transactions as functions, the same on both engines.

    async def add(transaction: Transaction) -> int:
        return await transaction.run("insert into place (id) values (:id)", id="a")

    await database.write(add)

A transaction function awaits nothing but its transaction's statements, may be run a second
time from its beginning (when it collided with another), and is never cancelled half-way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal, Protocol, TypeVar

T = TypeVar("T")
Row = dict[str, Any]
"""One row: column name to str, int, float, bytes or None."""


class Transaction(Protocol):
    """What a transaction function may do; SQL with `:name` parameters.

    All raise ConstraintViolated, StorageFull or StatementRefused; after that the transaction
    is lost, and so is its function, even if it catches the error.
    """

    async def run(self, sql: str, /, **values: Any) -> int:
        """How many rows the statement inserted, changed or deleted."""

    async def row(self, sql: str, /, **values: Any) -> Row | None:
        """The first row, or None when there is none."""

    async def rows(self, sql: str, /, **values: Any) -> list[Row]:
        """All rows."""

    async def run_many(self, sql: str, rows: Sequence[Mapping[str, Any]], /) -> None:
        """Run one statement for each of many sets of values."""


class Database(Protocol):
    """A database that is open."""

    @property
    def engine(self) -> Literal["sqlite", "postgresql"]:
        """Which engine it is; only `storage/` should need to ask."""

    @property
    def skip_locked(self) -> str:
        """What to append to the SELECT that claims rows for several workers."""

    async def write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """What `work` returns, once its transaction is durable.

        Cancelling the caller abandons the answer, not the transaction.
        Raises: what `work` raised (all of it undone), Overloaded, Contended, StorageFull,
        TransactionSuspended, DatabaseClosed. Spec: reliability rules W1, W4, W5.
        """

    async def read(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """What `work` returns, having seen one unchanging state of the database.

        Raises: ReadTooLong after 5 s; StatementRefused when it writes.
        """

    async def state(self) -> str:
        """A mark of what is committed: when it is the same again, nothing was in between.

        Whoever committed it, this process or another. It costs less than any read.
        """

    async def shred(self) -> bool:
        """Whether what was deleted is overwritten now; False: somebody reads, so ask again.

        Raises: StorageFull, DatabaseClosed.
        """

    async def close(self) -> None:
        """Refuse new work, wait for the work that was accepted, let go of the database."""
