"""A request that its client may repeat is carried out once: its mark is kept with its effects.

The mark is written in the same transaction as whatever the request does, the answer after that. A
process that dies between the two has still done everything once, and only its answer is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from node.context import Context
from node.errors import Conflict
from node.ids import stamp
from node.jobs import jobs
from node.storage.database import Row, Transaction

LIFE = timedelta(hours=24)
LARGEST_ANSWER = 64 * 1024
_AT_ONCE = 2000


@dataclass(slots=True)
class Mark:
    """One request that may come again: the digests of its key and of its body."""

    key: str
    request: str
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What became of the request when it came first; `status` None when its answer was lost."""

    request: str
    status: int | None
    headers: Mapping[str, str]
    body: bytes


_mark: ContextVar[Mark | None] = ContextVar("mark", default=None)


@contextmanager
def marked(mark: Mark) -> Iterator[None]:
    """Within the block the first transaction that is kept keeps the mark as well."""
    token = _mark.set(mark)
    try:
        yield
    finally:
        _mark.reset(token)


def present() -> Mark | None:
    """The mark of the request at hand that no transaction has kept yet; None if there is none."""
    mark = _mark.get()
    return None if mark is None or mark.kept else mark


async def keep(tx: Transaction, mark: Mark, now: datetime) -> None:
    """Keep the mark with this transaction. Raises: Conflict, if the same request came first."""
    if await find(tx, mark.key) is not None:
        raise Conflict("A request with this Idempotency-Key is being carried out.")
    await tx.run(
        "insert into repeat_key (digest, request, at) values (:digest, :request, :at)",
        digest=mark.key,
        request=mark.request,
        at=stamp(now),
    )


async def find(tx: Transaction, key: str) -> Earlier | None:
    """What is known of a key; None if it is new."""
    row = await tx.row("select * from repeat_key where digest = :digest", digest=key)
    return _earlier(row) if row else None


async def answer(
    tx: Transaction, key: str, *, status: int, headers: Mapping[str, str], body: bytes
) -> None:
    """Keep the answer, for when the request comes again."""
    await tx.run(
        "update repeat_key set status = :status, headers = :headers, body = :body "
        "where digest = :digest",
        digest=key,
        status=status,
        headers=json.dumps(dict(headers)),
        body=body,
    )


def _earlier(row: Row) -> Earlier:
    return Earlier(
        request=row["request"],
        status=row["status"],
        headers=json.loads(row["headers"] or "{}"),
        body=bytes(row["body"] or b""),
    )


@jobs.every(timedelta(minutes=5))
async def forget(context: Context) -> None:
    """Forget keys after a day."""
    await context.tx.run(
        "delete from repeat_key where digest in (select digest from repeat_key "
        "where at < :before limit :limit)",
        before=stamp(context.now - LIFE),
        limit=_AT_ONCE,
    )
