"""SQLite behind the door: one writing connection, commits together, reads inline.

The statements of a write run on the event loop (they only touch the page cache); the COMMIT,
which waits for the disk, runs in a thread. What arrives meanwhile waits and is committed
together, each function in its own savepoint. Nothing here is a task: no cancellation, not even
that of a closing loop, can stop a transaction half-way.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import sqlite3
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import Context, copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from node.storage.counters import Counters
from node.storage.database import Transaction
from node.storage.driving import drive
from node.storage.errors import (
    DatabaseClosed,
    Overloaded,
    StorageError,
    TransactionNested,
)
from node.storage.locks import FileLock
from node.storage.shredding import shred_sqlite
from node.storage.sqlite_connections import (
    SqliteTransaction,
    open_reader,
    open_writer,
    translated,
)
from node.storage.sqlite_reading import SqliteReader

T = TypeVar("T")
Work = Callable[[Transaction], Awaitable[Any]]

_log = logging.getLogger(__name__)

QUEUE = 512
"""How many writes may wait (rule W4)."""
GROUP = 64
"""How many of them share one COMMIT (rule W5)."""
TURN = 0.02
"""Seconds of statements before a group is closed, so that the loop gets its turn."""


@dataclass(slots=True, eq=False)
class _Job:
    work: Work
    answer: asyncio.Future[Any]
    context: Context
    result: Any = None


class SqliteDatabase:
    """A Database on one file, which only this process may open."""

    engine: Literal["sqlite", "postgresql"] = "sqlite"
    skip_locked = ""

    def __init__(self, path: Path, *, readers: int, lock: FileLock, read_limit: float) -> None:
        self.counters = Counters()
        self._lock = lock
        self._path = path
        self._writer = open_writer(path)
        self._readers = [SqliteReader(open_reader(path), limit=read_limit) for _ in range(readers)]
        self._next_reader = itertools.cycle(self._readers)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite-commit")
        self._loop = asyncio.get_running_loop()
        self._queue: deque[_Job] = deque()
        self._shredding: list[asyncio.Future[bool]] = []
        self._busy = False
        self._inside = False
        self._closing = False
        self._idle = asyncio.Event()
        self._idle.set()

    async def write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """See Database.write."""
        self._admit()
        if len(self._queue) >= QUEUE:
            self.counters.refused += 1
            raise Overloaded(f"{QUEUE} writes are waiting already")
        answer: asyncio.Future[T] = self._loop.create_future()
        self._queue.append(_Job(work, answer, copy_context()))
        self._start()
        return await answer

    async def read(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """See Database.read; runs at once, without giving the loop a turn."""
        self._admit()
        self._inside = True
        try:
            return next(self._next_reader).read(work)
        finally:
            self._inside = False

    async def state(self) -> str:
        """See Database.state; runs at once."""
        self._admit()
        return self._readers[0].state()

    async def shred(self) -> bool:
        """See Database.shred. Writes wait meanwhile, about 4 ms for each MiB."""
        self._admit()
        answer: asyncio.Future[bool] = self._loop.create_future()
        self._shredding.append(answer)
        self._start()
        return await answer

    async def close(self) -> None:
        """See Database.close."""
        if self._closing:
            await self._idle.wait()
            return
        self._closing = True
        await self._idle.wait()
        self._thread.shutdown()
        # The last connection to close checkpoints, and that must be the writer.
        for reader in self._readers:
            reader.close()
        self._writer.close()
        self._lock.release()

    def _admit(self) -> None:
        if self._inside:
            raise TransactionNested("a transaction function asked for another transaction")
        if self._closing:
            raise DatabaseClosed("the database is closed")

    def _start(self) -> None:
        if not self._busy:
            self._busy = True
            self._idle.clear()
            self._loop.call_soon(self._run_group)

    def _run_group(self) -> None:
        """One round: run waiting functions in one transaction, hand the COMMIT to the thread."""
        if self._shredding:
            self._shred()
            return
        if not self._queue:
            self._busy = False
            self._idle.set()
            return
        try:
            self._make_clean()
            self._writer.execute("begin immediate")
        except sqlite3.Error as error:
            self._fail([self._queue.popleft() for _ in range(min(GROUP, len(self._queue)))], error)
            self._loop.call_soon(self._run_group)
            return
        done = self._run_jobs()
        if done:
            self._thread.submit(self._commit).add_done_callback(
                lambda outcome: self._loop.call_soon_threadsafe(self._answer, done, outcome)
            )
        else:
            self._make_clean(alarm=False)
            self._loop.call_soon(self._run_group)

    def _shred(self) -> None:
        """In the thread of the COMMITs, between two of them: nobody else touches the writer."""
        asked, self._shredding = self._shredding, []
        self._thread.submit(shred_sqlite, self._writer, self._path).add_done_callback(
            lambda outcome: self._loop.call_soon_threadsafe(self._shredded, asked, outcome)
        )

    def _shredded(self, asked: list[asyncio.Future[bool]], outcome: Future[bool]) -> None:
        error = outcome.exception()
        for answer in asked:
            if answer.done():
                continue
            if error is None:
                answer.set_result(outcome.result())
            else:
                answer.set_exception(
                    translated(error) if isinstance(error, sqlite3.Error) else error
                )
        self._loop.call_soon(self._run_group)

    def _run_jobs(self) -> list[_Job]:
        done: list[_Job] = []
        until = self._loop.time() + TURN
        while self._queue and len(done) < GROUP and self._loop.time() < until:
            job = self._queue.popleft()
            if self._run_job(job):
                done.append(job)
            if not self._writer.in_transaction:
                # A full disk or an IO error may undo everything: the others are run again.
                self.counters.alarms += 1
                self._queue.extendleft(reversed(done))
                return []
        return done

    def _run_job(self, job: _Job) -> bool:
        """Whether the function ran well; if not, it alone is undone and answered."""
        transaction = SqliteTransaction(self._writer)
        self._inside = True
        try:
            self._writer.execute("savepoint job")
            job.result = job.context.run(_perform, job.work, transaction)
            self._writer.execute("release job")
        except BaseException as error:
            transaction.end()
            self._undo_job()
            _refuse(job, translated(error) if isinstance(error, sqlite3.Error) else error)
            return False
        finally:
            self._inside = False
        return True

    def _undo_job(self) -> None:
        if not self._writer.in_transaction:
            return
        try:
            self._writer.execute("rollback to job")
            self._writer.execute("release job")
        except sqlite3.Error:
            # Then the whole group goes back; _run_jobs sees it and runs the others again.
            self._writer.execute("rollback")

    def _commit(self) -> None:
        try:
            self._writer.execute("commit")
        except sqlite3.Error:
            self._make_clean(alarm=False)
            raise

    def _answer(self, done: list[_Job], outcome: Future[None]) -> None:
        error = outcome.exception()
        if error is not None:
            self._fail(done, error)
        else:
            self.counters.commits += 1
            self.counters.jobs += len(done)
            for job in done:
                if not job.answer.done():
                    job.answer.set_result(job.result)
        self._loop.call_soon(self._run_group)

    def _fail(self, jobs: list[_Job], error: BaseException) -> None:
        _log.error("a group of %d writes failed: %s", len(jobs), error)
        for job in jobs:
            own = translated(error) if isinstance(error, sqlite3.Error) else error
            own.__cause__ = error if own is not error else error.__cause__
            _refuse(job, own)

    def _make_clean(self, *, alarm: bool = True) -> None:
        """Leave no transaction open (rule W2)."""
        if self._writer.in_transaction:
            if alarm:
                self.counters.alarms += 1
                _log.error("a transaction was open that nobody owns; it was rolled back")
            self._writer.execute("rollback")


def _perform(work: Work, transaction: SqliteTransaction) -> Any:
    try:
        result = drive(work(transaction))
    finally:
        transaction.end()
    if transaction.lost is not None:
        raise transaction.lost
    return result


def _refuse(job: _Job, error: BaseException) -> None:
    if not job.answer.done():
        job.answer.set_exception(error)
    elif not isinstance(error, asyncio.CancelledError):
        reason = error.reason if isinstance(error, StorageError) else type(error).__name__
        _log.warning("a write failed after its caller had gone: %s", reason)


def open_sqlite(path: Path, *, readers: int = 2, read_limit: float = 5.0) -> SqliteDatabase:
    """The database in the file at `path`, made when absent; needs a running loop.

    `read_limit` is in seconds (rule W3).
    Raises: DatabaseInUse, DatabaseForeign, DatabaseUnusable.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(path.with_name(path.name + ".lock"))
    lock.acquire()
    try:
        return SqliteDatabase(path, readers=readers, lock=lock, read_limit=read_limit)
    except BaseException:
        lock.release()
        raise
