"""Who did what, and when: rows that follow on one another, so that none can be changed unseen.

Kept for a year. A row names an account by its id and a thing by its id, never a person by name.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from node.context import Context
from node.ids import moment, stamp
from node.jobs import jobs
from node.storage.database import Row, Transaction

COMMAND_LINE = "command line"
"""Who acts when somebody at the machine does."""
NODE = "node"
"""Who acts when nobody does: what is due by itself."""
KEPT = timedelta(days=366)
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One row. `actor` is an account's id, `COMMAND_LINE` or `NODE`."""

    sequence: int
    at: datetime
    actor: str
    verb: str
    target: str
    previous: str
    digest: str


async def note(context: Context, actor: str, verb: str, target: str) -> None:
    """Write down that somebody did something to something, in the transaction that does it."""
    tx = context.tx
    # First, so that two at the same time go one after the other.
    await tx.run("update audit_head set sequence = sequence + 1")
    head = await tx.row("select sequence, digest from audit_head")
    assert head is not None
    sequence, previous, at = head["sequence"], head["digest"], stamp(context.now)
    digest = _digest(sequence, at, actor, verb, target, previous)
    await tx.run(
        "insert into audit (sequence, at, actor, verb, target, previous, digest) "
        "values (:sequence, :at, :actor, :verb, :target, :previous, :digest)",
        sequence=sequence, at=at, actor=actor, verb=verb, target=target,
        previous=previous, digest=digest,
    )  # fmt: skip
    await tx.run("update audit_head set digest = :digest", digest=digest)


async def newest(tx: Transaction, limit: int = 100, about: str | None = None) -> list[Note]:
    """The newest rows, newest first; `about`: only those by or about one id."""
    rows = await tx.rows(
        "select * from audit where coalesce(:about, target) in (target, actor) "
        "order by sequence desc limit :limit",
        about=about,
        limit=limit,
    )
    return [_note(row) for row in rows]


async def broken(tx: Transaction) -> list[int]:
    """The sequence numbers where the chain does not hold; empty when it is whole."""
    head = await tx.row("select * from audit_head")
    if head is None:
        return [0]
    wrong, before, at = [], str(head["begins"]), None
    while rows := await _after(tx, at):
        for each in rows:
            said = (each.sequence, stamp(each.at), each.actor, each.verb, each.target)
            if each.previous != before or each.digest != _digest(*said, before):
                wrong.append(each.sequence)
            before, at = each.digest, each.sequence
    if before != head["digest"]:
        wrong.append(head["sequence"])
    return wrong


async def _after(tx: Transaction, sequence: int | None) -> list[Note]:
    rows = await tx.rows(
        "select * from audit where sequence > :after order by sequence limit :limit",
        after=-1 if sequence is None else sequence,
        limit=_AT_ONCE,
    )
    return [_note(row) for row in rows]


@jobs.every(timedelta(hours=6))
async def forget(context: Context) -> None:
    """Drop what is older than a year; the chain then begins with what is left."""
    before = stamp(context.now - KEPT)
    last = await context.tx.row(
        "select sequence, digest from audit where at < :before order by sequence desc limit 1",
        before=before,
    )
    if last is not None:
        await context.tx.run("delete from audit where sequence <= :last", last=last["sequence"])
        await context.tx.run("update audit_head set begins = :digest", digest=last["digest"])


def _digest(sequence: int, at: str, actor: str, verb: str, target: str, previous: str) -> str:
    said = json.dumps([sequence, at, actor, verb, target, previous], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _note(row: Row) -> Note:
    return Note(
        sequence=row["sequence"],
        at=moment(row["at"]),
        actor=row["actor"],
        verb=row["verb"],
        target=row["target"],
        previous=row["previous"],
        digest=row["digest"],
    )
