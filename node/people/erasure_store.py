"""Erasures in the database: asked for, done, wiped off the disk, told to others."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from node.ids import moment, stamp
from node.storage.database import Row, Transaction

_AT_ONCE = 20
LEFT = (
    "select id as what from participation where party like 'member:%' "
    "and substr(party, 8) not in (select id from person) union all "
    "select media from media_giver where person not in (select id from person) union all "
    "select id from erasure where name is not null and erased_at is not null"
)
"""What must not be: something of a person who is no more. `node.invariants` asks."""


class Kind(Enum):
    """Who is erased: an account, an actor of another server, or a guest behind her link."""

    PERSON = "person"
    ACTOR = "actor"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One erasure. `name` is an account's id, an actor's id or a party, None once it is erased.

    `confirmed` and `missed` (hosts) are known once it is closed.
    """

    id: str
    kind: Kind
    name: str | None
    subject: str | None
    asked: datetime
    due: datetime
    erased: datetime | None
    wiped: datetime | None
    closed: datetime | None
    confirmed: int
    missed: Sequence[str]


async def ask(
    tx: Transaction, erasure_id: str, kind: Kind, name: str, *, now: str, due: str
) -> str:
    """The number of the erasure that waits; asked twice it is one, due at the earlier moment."""
    await tx.run(
        "insert into erasure (id, kind, name, asked, due_at) "
        "values (:id, :kind, :name, :now, :due) "
        "on conflict (kind, name) where name is not null do update set due_at = "
        "case when excluded.due_at < erasure.due_at then excluded.due_at else erasure.due_at end",
        id=erasure_id,
        kind=kind.value,
        name=name,
        now=now,
        due=due,
    )
    found = await waiting(tx, kind, name)
    assert found is not None
    return found.id


async def waiting(tx: Transaction, kind: Kind, name: str) -> Erasure | None:
    """What is to be erased under this id; None if nothing."""
    row = await tx.row(
        "select * from erasure where kind = :kind and name = :name", kind=kind.value, name=name
    )
    return _erasure(row) if row else None


async def leaving(tx: Transaction) -> Mapping[str, datetime]:
    """When each account that is to be erased will be, by its id."""
    rows = await tx.rows(
        "select name, due_at from erasure where kind = 'person' and name is not null"
    )
    return {row["name"]: moment(row["due_at"]) for row in rows}


async def take_back(tx: Transaction, kind: Kind, name: str) -> bool:
    """Whether there was something to take back."""
    changed = await tx.run(
        "delete from erasure where kind = :kind and name = :name", kind=kind.value, name=name
    )
    return changed > 0


async def due(tx: Transaction, now: datetime) -> list[Erasure]:
    """What is to be erased now, the oldest first."""
    rows = await tx.rows(
        "select * from erasure where erased_at is null and due_at <= :now "
        "order by due_at, id limit :limit",
        now=stamp(now),
        limit=_AT_ONCE,
    )
    return [_erasure(row) for row in rows]


async def find(tx: Transaction, erasure_id: str) -> Erasure | None:
    """One erasure; None if there is none."""
    row = await tx.row("select * from erasure where id = :id", id=erasure_id)
    return _erasure(row) if row else None


async def newest(tx: Transaction, limit: int) -> list[Erasure]:
    """The newest erasures, newest first."""
    rows = await tx.rows("select * from erasure order by id desc limit :limit", limit=limit)
    return [_erasure(row) for row in rows]


async def set_erased(
    tx: Transaction, erasure_id: str, subject: str | None, letters: Sequence[str], now: datetime
) -> None:
    """It is done: the id is kept no longer; `letters` are the activities that tell others."""
    await tx.run(
        "update erasure set name = null, subject = :subject, erased_at = :now where id = :id",
        id=erasure_id,
        subject=subject,
        now=stamp(now),
    )
    await tx.run_many(
        "insert into erasure_letter (erasure, activity_id) values (:erasure, :activity)",
        [{"erasure": erasure_id, "activity": letter} for letter in letters],
    )


async def to_wipe(tx: Transaction) -> bool:
    """Whether something was erased that the disk may still hold."""
    row = await tx.row(
        "select 1 as found from erasure where erased_at is not null and wiped_at is null limit 1"
    )
    return row is not None


async def set_wiped(tx: Transaction, now: datetime, before: datetime) -> None:
    """What was erased before that moment is off the disk."""
    await tx.run(
        "update erasure set wiped_at = :now where wiped_at is null and erased_at <= :before",
        now=stamp(now),
        before=stamp(before),
    )


async def unwiped_longest(tx: Transaction) -> datetime | None:
    """Since when something that was erased waits to be wiped off the disk."""
    row = await tx.row(
        "select min(erased_at) as at from erasure where wiped_at is null and erased_at is not null"
    )
    return moment(row["at"]) if row and row["at"] else None


async def applied(tx: Transaction) -> tuple[int, str]:
    """(lines, digest of the last) of the ledger that this database has followed."""
    row = await tx.row("select lines, head from ledger_applied")
    assert row is not None
    return int(row["lines"]), str(row["head"])


async def set_applied(tx: Transaction, lines: int, head: str) -> None:
    """The ledger was followed so far."""
    await tx.run("update ledger_applied set lines = :lines, head = :head", lines=lines, head=head)


async def forget(tx: Transaction, before: datetime) -> None:
    """Forget receipts of what was over before that moment."""
    old = "select id from erasure where closed_at < :before and wiped_at is not null"
    await tx.run(
        f"delete from erasure_letter where erasure in ({old})",  # noqa: S608  a fixed text
        before=stamp(before),
    )
    await tx.run(f"delete from erasure where id in ({old})", before=stamp(before))  # noqa: S608


def _erasure(row: Row) -> Erasure:
    return Erasure(
        id=row["id"],
        kind=Kind(row["kind"]),
        name=row["name"],
        subject=row["subject"],
        asked=moment(row["asked"]),
        due=moment(row["due_at"]),
        erased=moment(row["erased_at"]) if row["erased_at"] else None,
        wiped=moment(row["wiped_at"]) if row["wiped_at"] else None,
        closed=moment(row["closed_at"]) if row["closed_at"] else None,
        confirmed=int(row["confirmed"]),
        missed=json.loads(row["missed"]),
    )
