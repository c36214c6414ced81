"""The rows of what only two may decide: what waits, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from node.ids import moment, stamp
from node.storage.database import Row, Transaction

KEPT = timedelta(days=366)
TOLD_FOR = timedelta(days=30)
"""What came of a wish is shown for so long to who wished, unless she puts it away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Something that waits for a second person. `target` and `reason` are for her to judge by.

    `due`: when it is carried out if nobody objects, None where only a second person does it.
    """

    id: str
    verb: str
    target: str
    reason: str
    asked_by: str
    asked: datetime
    ends: datetime
    state: str
    due: datetime | None = None
    decided_by: str | None = None


async def add(tx: Transaction, approval: Approval) -> None:
    """Keep something that waits."""
    await tx.run(
        "insert into approval (id, verb, target, reason, asked_by, asked, ends, due, state) "
        "values (:id, :verb, :target, :reason, :by, :asked, :ends, :due, 'waiting')",
        id=approval.id,
        verb=approval.verb,
        target=approval.target,
        reason=approval.reason,
        by=approval.asked_by,
        asked=stamp(approval.asked),
        ends=stamp(approval.ends),
        due=stamp(approval.due) if approval.due else None,
    )


async def waiting(tx: Transaction, now: datetime) -> list[Approval]:
    """What waits for a second person, oldest first."""
    rows = await tx.rows(
        "select * from approval where state = 'waiting' and ends > :now order by id", now=stamp(now)
    )
    return [_approval(row) for row in rows]


async def targets(tx: Transaction, verb: str) -> set[str]:
    """Of what somebody wished this within the last year, whatever came of it."""
    rows = await tx.rows("select target from approval where verb = :verb", verb=verb)
    return {row["target"] for row in rows}


async def find(tx: Transaction, approval_id: str) -> Approval | None:
    """What waits or waited; None for what is not kept."""
    row = await tx.row("select * from approval where id = :id", id=approval_id)
    return _approval(row) if row else None


async def too_late(tx: Transaction, now: datetime) -> list[Approval]:
    """What nobody decided in time."""
    rows = await tx.rows(
        "select * from approval where state = 'waiting' and ends <= :now order by id",
        now=stamp(now),
    )
    return [_approval(row) for row in rows]


async def decide(tx: Transaction, approval_id: str, state: str, by: str, now: datetime) -> bool:
    """Whether it waited until now; from now on it is decided."""
    changed = await tx.run(
        "update approval set state = :state, decided_by = :by, decided = :now "
        "where id = :id and state = 'waiting'",
        state=state,
        by=by,
        now=stamp(now),
        id=approval_id,
    )
    return changed == 1


async def put_off(tx: Transaction, due: datetime, ends: datetime) -> None:
    """Let whatever would be carried out by itself wait until these moments."""
    await tx.run(
        "update approval set due = :due, ends = :ends where state = 'waiting' and due is not null",
        due=stamp(due),
        ends=stamp(ends),
    )


async def outcomes(tx: Transaction, person: str, now: datetime) -> Sequence[Approval]:
    """What came of somebody's wishes without her, newest first, until she puts it away."""
    rows = await tx.rows(
        "select * from approval where asked_by = :person and state <> 'waiting' "
        "and decided_by <> :person and seen is null and decided > :since order by id desc",
        person=person,
        since=stamp(now - TOLD_FOR),
    )
    return [_approval(row) for row in rows]


async def put_away(tx: Transaction, person: str, now: datetime) -> None:
    """Show somebody no more what came of her wishes until now."""
    await tx.run(
        "update approval set seen = :now where asked_by = :person and state <> 'waiting' "
        "and seen is null",
        person=person,
        now=stamp(now),
    )


async def forget(tx: Transaction, now: datetime) -> None:
    """Drop what was decided a year ago."""
    await tx.run(
        "delete from approval where state <> 'waiting' and ends < :before", before=stamp(now - KEPT)
    )


def _approval(row: Row) -> Approval:
    return Approval(
        id=row["id"],
        verb=row["verb"],
        target=row["target"],
        reason=row["reason"],
        asked_by=row["asked_by"],
        asked=moment(row["asked"]),
        ends=moment(row["ends"]),
        state=row["state"],
        due=moment(row["due"]) if row["due"] else None,
        decided_by=row["decided_by"],
    )
