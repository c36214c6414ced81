"""What waits to be sent, and how sending goes: never a word of a mail, never an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from node.ids import moment, stamp
from node.mail.model import Kind, Waiting
from node.storage.database import Row, Transaction

MOST_WAITING = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class MailState:
    """How sending goes. `sent`: when the last one was taken; `trouble`: why one last was not."""

    waiting: int
    sent: datetime | None
    troubled: datetime | None
    trouble: str

    @property
    def is_well(self) -> bool:
        """Whether the last attempt went well."""
        return self.troubled is None or (self.sent is not None and self.sent >= self.troubled)


async def add(
    tx: Transaction, mail_id: str, kind: Kind, at: datetime, *, address: str | None = None,
    digest: str | None = None,
) -> None:  # fmt: skip
    """Let a mail wait to be sent; of the same kind to the same address one waits. With more than
    `MOST_WAITING` nothing is added."""
    await tx.run(
        "insert into mail_queue (id, kind, address, digest, created, next_attempt) "
        "select :id, :kind, :address, :digest, :now, :now "
        "where (select count(*) from mail_queue) < :most on conflict do nothing",
        id=mail_id,
        kind=kind.value,
        address=address,
        digest=digest,
        now=stamp(at),
        most=MOST_WAITING,
    )


async def due(tx: Transaction, now: datetime, limit: int) -> Sequence[Waiting]:
    """What is to be sent now, the longest due first."""
    rows = await tx.rows(
        "select * from mail_queue where next_attempt <= :now "
        "order by next_attempt, id limit :limit",
        now=stamp(now),
        limit=limit,
    )
    return [_waiting(row) for row in rows]


async def listing(tx: Transaction, limit: int = 200) -> Sequence[Waiting]:
    """What waits, the longest first."""
    rows = await tx.rows("select * from mail_queue order by id limit :limit", limit=limit)
    return [_waiting(row) for row in rows]


async def begin(tx: Transaction, mail: Waiting, until: datetime) -> bool:
    """Whether this attempt is ours: until that moment nobody else makes another."""
    changed = await tx.run(
        "update mail_queue set next_attempt = :until, unsure = unsure + 1 "
        "where id = :id and next_attempt = :before",
        until=stamp(until),
        id=mail.id,
        before=stamp(mail.next_attempt),
    )
    return changed == 1


async def again(tx: Transaction, mail_id: str, at: datetime) -> None:
    """It surely was not sent: once more at that moment."""
    await tx.run(
        "update mail_queue set next_attempt = :at, attempts = attempts + 1, unsure = 0 "
        "where id = :id",
        at=stamp(at),
        id=mail_id,
    )


async def put_off(tx: Transaction, mail_id: str, until: datetime) -> None:
    """Nobody knows what became of it: not before that moment again."""
    await tx.run(
        "update mail_queue set next_attempt = :until where id = :id", until=stamp(until), id=mail_id
    )


async def drop(tx: Transaction, mail_id: str) -> None:
    """It waits no more."""
    await tx.run("delete from mail_queue where id = :id", id=mail_id)


async def drop_all(tx: Transaction) -> None:
    """Nothing waits any more."""
    await tx.run("delete from mail_queue")


async def drop_old(tx: Transaction, before: datetime) -> None:
    """Give up what has waited since before that moment."""
    await tx.run("delete from mail_queue where created < :before", before=stamp(before))


async def note_sent(tx: Transaction, at: datetime) -> None:
    """The mail server took one."""
    await tx.run("update mail_state set sent = :at", at=stamp(at))


async def note_trouble(tx: Transaction, at: datetime, trouble: str) -> None:
    """One was not sent; why, in fixed words."""
    await tx.run(
        "update mail_state set troubled = :at, trouble = :trouble", at=stamp(at), trouble=trouble
    )


async def state(tx: Transaction) -> MailState:
    """How sending goes."""
    row = await tx.row(
        "select sent, troubled, trouble, (select count(*) from mail_queue) as many from mail_state"
    )
    assert row is not None
    return MailState(
        waiting=int(row["many"]),
        sent=moment(row["sent"]) if row["sent"] else None,
        troubled=moment(row["troubled"]) if row["troubled"] else None,
        trouble=row["trouble"] or "",
    )


def _waiting(row: Row) -> Waiting:
    return Waiting(
        id=row["id"],
        kind=Kind(row["kind"]),
        address=row["address"],
        digest=row["digest"],
        created=moment(row["created"]),
        next_attempt=moment(row["next_attempt"]),
        attempts=int(row["attempts"]),
        unsure=int(row["unsure"]),
    )
