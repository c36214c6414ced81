"""Whose past is to be read, and what of others is to be looked at again, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from node.ids import moment, stamp
from node.network.model import Backfill, ReadingState
from node.storage.database import Row, Transaction

LEASE = timedelta(minutes=5)
_LONGEST = timedelta(days=30)
"""What began earlier is not looked at again, however long it goes on."""


async def ask(tx: Transaction, actor: str, now: datetime) -> None:
    """Let the past of this actor be read soon, from its beginning."""
    await tx.run(
        "insert into backfill (actor, state, asked, due_at) "
        "values (:actor, 'waiting', :now, :now) on conflict (actor) do update set "
        "state = 'waiting', asked = excluded.asked, due_at = excluded.due_at, attempts = 0",
        actor=actor,
        now=stamp(now),
    )


async def find(tx: Transaction, actor: str) -> Backfill | None:
    """The reading of this actor's past; None if it was never asked for."""
    row = await tx.row("select * from backfill where actor = :actor", actor=actor)
    return _backfill(row) if row else None


async def every(tx: Transaction) -> dict[str, Backfill]:
    """All readings by actor."""
    rows = await tx.rows("select * from backfill")
    return {row["actor"]: _backfill(row) for row in rows}


async def due(tx: Transaction, now: datetime) -> str | None:
    """Whose turn it is; None where nothing waits."""
    row = await tx.row(
        "select actor from backfill where state = 'waiting' and due_at <= :now "
        "and (lease_until is null or lease_until <= :now) order by due_at, actor limit 1",
        now=stamp(now),
    )
    return str(row["actor"]) if row else None


async def claim(tx: Transaction, actor: str, now: datetime) -> bool:
    """Take this reading in hand; False if another has it, or it does not wait any more."""
    changed = await tx.run(
        "update backfill set lease_until = :until, attempts = attempts + 1 where actor = :actor "
        "and state = 'waiting' and (lease_until is null or lease_until <= :now)",
        actor=actor,
        now=stamp(now),
        until=stamp(now + LEASE),
    )
    return changed > 0


async def end(
    tx: Transaction,
    actor: str,
    state: ReadingState,
    outcome: str,
    *,
    found: int,
    kept: int,
    now: datetime,
    again: datetime | None = None,
) -> None:
    """Note how a reading ended; with `again` it is tried once more then."""
    await tx.run(
        "update backfill set state = :state, outcome = :outcome, found = :found, kept = :kept, "
        "lease_until = null, ended = :now, due_at = :again where actor = :actor",
        actor=actor,
        state=state.value,
        outcome=outcome,
        found=found,
        kept=kept,
        now=stamp(now),
        again=stamp(again or now),
    )


async def drop(tx: Transaction, actor: str) -> None:
    """Read nothing of this actor."""
    await tx.run("delete from backfill where actor = :actor", actor=actor)


async def prune(tx: Transaction) -> None:
    """Drop the readings of those whom we follow no more, however that ended."""
    await tx.run("delete from backfill where actor not in (select actor from following)")


# --- looking again -------------------------------------------------------------------------------


async def unchecked(
    tx: Transaction, now: datetime, *, ahead: timedelta, pause: timedelta, limit: int
) -> list[str]:
    """The ids of events of others that begin within `ahead` or are on, and whose origin was not
    asked, nor told us anything, within `pause`; the next first."""
    # `|| ''` keeps SQLite from going through all events by their kind
    rows = await tx.rows(
        "select id from remote_object where start_at >= :begun and start_at <= :ahead "
        "and kind || '' = 'Event' and coalesce(end_at, start_at) >= :now "
        "and coalesce(checked_at, received) <= :before and visibility <> 'nobody' "
        "order by start_at, id limit :limit",
        now=stamp(now),
        begun=stamp(now - _LONGEST),
        ahead=stamp(now + ahead),
        before=stamp(now - pause),
        limit=limit,
    )
    return [str(row["id"]) for row in rows]


async def note_checked(tx: Transaction, ids: Sequence[str], now: datetime) -> None:
    """These were asked for at their origin."""
    await tx.run_many(
        "update remote_object set checked_at = :now where id = :id",
        [{"id": each, "now": stamp(now)} for each in ids],
    )


async def forget(tx: Transaction, object_id: str, author: str) -> None:
    """Drop a thing that its origin does not know (any more); it may come back."""
    await tx.run(
        "delete from remote_object where id = :id and author = :author",
        id=object_id,
        author=author,
    )


def _backfill(row: Row) -> Backfill:
    return Backfill(
        actor=row["actor"],
        state=ReadingState(row["state"]),
        asked=moment(row["asked"]),
        attempts=row["attempts"],
        found=row["found"],
        kept=row["kept"],
        outcome=row["outcome"],
        ended=moment(row["ended"]) if row["ended"] else None,
    )
