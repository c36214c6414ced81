"""PostgreSQL behind the door: a pool, one task a write, serialisable like SQLite's one writer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Generator
from typing import Any, Literal, TypeVar

import asyncpg

from node.storage.counters import Counters
from node.storage.database import Transaction
from node.storage.driving import suspended
from node.storage.errors import (
    Contended,
    DatabaseClosed,
    DatabaseUnusable,
    Overloaded,
    ReadTooLong,
    StorageError,
    TransactionNested,
)
from node.storage.postgres_shredding import shred_postgres
from node.storage.postgres_statements import (
    FAILURES,
    PostgresTransaction,
    Statement,
    number,
    translated,
)

T = TypeVar("T")
Work = Callable[[Transaction], Awaitable[T]]

_log = logging.getLogger(__name__)

QUEUE = 512
"""How many writes may be under way or waiting for a connection (rule W4)."""
WRITERS = 8
"""Connections for writing; more only makes them collide (6 700 commits/s with 8, as with 16)."""
RETRIES = 3
_PAUSE = 0.01
_WRITE = "begin isolation level serializable"
_READ = "begin isolation level repeatable read, read only"


class PostgresDatabase:
    """A Database that several processes on several hosts may share."""

    engine: Literal["sqlite", "postgresql"] = "postgresql"
    skip_locked = " for update skip locked"

    def __init__(self, pool: Any, *, read_limit: float) -> None:
        self.counters = Counters()
        self._pool = pool
        self._read_limit = read_limit
        self._under_way: set[asyncio.Task[Any]] = set()
        self._again = asyncio.Lock()
        self._inside = False
        self._closing = False

    async def write(self, work: Work[T]) -> T:
        """See Database.write."""
        self._admit()
        if len(self._under_way) >= QUEUE:
            self.counters.refused += 1
            raise Overloaded(f"{QUEUE} writes are waiting already")
        task = asyncio.create_task(self._write(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(_tell)
            raise

    async def read(self, work: Work[T]) -> T:
        """See Database.read."""
        self._admit()
        limit = asyncio.timeout(self._read_limit)
        try:
            async with limit:
                return await self._attempt(_READ, work)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise ReadTooLong(f"a read took more than {self._read_limit} s") from error

    async def state(self) -> str:
        """See Database.state: which transactions a read would see, and which not yet."""
        self._admit()
        return str(await _served(self._pool.fetchval("select pg_current_snapshot()::text")))

    async def shred(self) -> bool:
        """See Database.shred. Every table is written anew, and its old file removed.

        Segments of the log (WAL) hold what was deleted until the server uses them again, and those
        that were copied away for as long as whoever did that keeps them.
        """
        self._admit()
        connection = await _served(self._pool.acquire())
        try:
            return await shred_postgres(connection)
        except FAILURES as error:
            raise translated(error) from error
        finally:
            await self._pool.release(connection)

    async def close(self) -> None:
        """See Database.close."""
        self._closing = True
        while self._under_way:
            await asyncio.wait(self._under_way)
        await self._pool.close()

    def _admit(self) -> None:
        if self._inside:
            raise TransactionNested("a transaction function asked for another transaction")
        if self._closing:
            raise DatabaseClosed("the database is closed")

    async def _write(self, work: Work[T]) -> T:
        try:
            result = await self._attempt(_WRITE, work)
        except Contended:
            result = await self._write_again(work)
        self.counters.jobs += 1
        self.counters.commits += 1
        return result

    async def _write_again(self, work: Work[T]) -> T:
        """One collided function of this process at a time, so that they stop colliding."""
        async with self._again:
            for attempt in range(1, RETRIES):
                self.counters.retries += 1
                try:
                    return await self._attempt(_WRITE, work)
                except Contended:
                    await asyncio.sleep(_PAUSE * 2**attempt)
            self.counters.retries += 1
            return await self._attempt(_WRITE, work)

    async def _attempt(self, begin: str, work: Work[T]) -> T:
        connection = await _served(self._pool.acquire())
        try:
            return await self._transact(connection, begin, work)
        finally:
            await self._pool.release(connection)

    async def _transact(self, connection: Any, begin: str, work: Work[T]) -> T:
        transaction = PostgresTransaction(connection)
        try:
            await _served(connection.execute(begin))
            result = await self._conduct(work, transaction)
            await _commit(connection)
        except BaseException as error:
            await _roll_back(connection)
            if isinstance(transaction.lost, Contended) and error is not transaction.lost:
                # Whatever the function made of it, the collision was the cause: run it again.
                raise transaction.lost from error
            raise
        return result

    async def _conduct(self, work: Work[T], transaction: PostgresTransaction) -> T:
        """What `work` returns; its statements are awaited here, nothing else may be."""
        steps = self._begin(work, transaction)
        step: Callable[[], Any] = steps.__next__
        try:
            while True:
                asked = self._step(step)
                if not isinstance(asked, Statement) or asked.owner is not transaction:
                    transaction.end()
                    raise suspended(steps, asked)
                step = await self._answered(steps, asked)
        except StopIteration as stop:
            if transaction.lost is not None:
                raise transaction.lost from None
            result: T = stop.value
            return result
        finally:
            transaction.end()

    def _begin(self, work: Work[T], transaction: PostgresTransaction) -> Generator[Any, Any, T]:
        self._inside = True
        try:
            return work(transaction).__await__()
        finally:
            self._inside = False

    def _step(self, step: Callable[[], Any]) -> Any:
        self._inside = True
        try:
            return step()
        finally:
            self._inside = False

    async def _answered(
        self, steps: Generator[Any, Any, Any], asked: Statement
    ) -> Callable[[], Any]:
        """How the function goes on: with the statement's result, or its error."""
        try:
            answer = await _served(asked.call())
        except StorageError as error:
            lost = asked.owner.lost = error
            return lambda: steps.throw(lost)
        return lambda: steps.send(answer)


async def _served(answer: Awaitable[Any]) -> Any:
    """What the server answers, its errors as ours."""
    try:
        return await answer
    except FAILURES as error:
        raise translated(error) from error


async def _commit(connection: Any) -> None:
    # PostgreSQL answers COMMIT with ROLLBACK, and no error, when a statement had failed.
    status = await _served(connection.execute("commit"))
    if status != "COMMIT":
        raise StorageError(f"the transaction was not committed: {status}")


async def _roll_back(connection: Any) -> None:
    try:
        if not connection.is_closed() and connection.is_in_transaction():
            await connection.execute("rollback")
    except FAILURES as error:
        # The server is gone, and with it the transaction; the pool will make a new connection.
        _log.warning("no rollback on a lost connection: %s", type(error).__name__)


def _tell(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        reason = error.reason if isinstance(error, StorageError) else type(error).__name__
        _log.warning("a write failed after its caller had gone: %s", reason)


class _Connection(asyncpg.Connection):  # type: ignore[misc, unused-ignore]
    def get_reset_query(self) -> str:
        """Nothing: transaction functions cannot leave a setting behind; saves a round trip."""
        return ""


async def _prepare(connection: Any) -> None:
    await connection.set_type_codec(
        "numeric", schema="pg_catalog", encoder=str, decoder=number, format="text"
    )


async def open_postgres(url: str, *, readers: int = 2, read_limit: float = 5.0) -> PostgresDatabase:
    """The database at `url`; `read_limit` is in seconds.

    Raises: DatabaseUnusable.
    """
    try:
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=WRITERS + readers,
            connection_class=_Connection,
            init=_prepare,
            server_settings={"application_name": "josoor", "timezone": "UTC"},
        )
    except (*FAILURES, ValueError) as error:
        # asyncpg's own words may quote the URL with its password.
        raise DatabaseUnusable(f"cannot open PostgreSQL: {type(error).__name__}") from None
    return PostgresDatabase(pool, read_limit=read_limit)
