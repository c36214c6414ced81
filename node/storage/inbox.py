"""The inbox in the database: kept activities, in lanes of sender and object."""

from __future__ import annotations

from datetime import datetime

from federation.errors import AlreadyHandled
from federation.ports import Handled, Kept, Receipt, Received
from node.ids import moment, stamp
from node.storage.database import Database, Row, Transaction

_ADD = """
insert into inbox_activity (activity_id, digest, sender, host, kind, lane, inbox, body, state,
    due_at, received_at)
values (:activity_id, :digest, :sender, :host, :kind, :lane, :inbox, :body, 'waiting',
    :received_at, :received_at)
on conflict (activity_id, digest) do nothing
"""
_DUE = """
select sequence, activity_id, sender, kind, inbox, body, attempts, received_at
from inbox_activity a
where state = 'waiting' and due_at <= :now
  and not exists (select 1 from inbox_activity older where older.state = 'waiting'
      and older.lane = a.lane and older.sequence < a.sequence)
order by sequence limit :limit
"""


class StoredInbox:
    """`InboxLog` over the database; each call is one transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, received: Received) -> Receipt:
        """Keep it durably, unless the same document was kept under the same id."""

        async def work(tx: Transaction) -> int:
            return await tx.run(
                _ADD,
                activity_id=received.activity_id,
                digest=received.digest,
                sender=received.sender,
                host=received.host,
                kind=received.kind,
                # An address holds no space, so the two parts cannot be mistaken.
                lane=f"{received.sender} {received.object_id or received.activity_id}",
                inbox=received.inbox,
                body=received.body,
                received_at=stamp(received.received_at),
            )

        return Receipt.KEPT if await self._database.write(work) else Receipt.SEEN_BEFORE

    async def due(self, now: datetime, limit: int) -> list[Kept]:
        """The first waiting one of each lane, as far as its time has come, oldest first."""

        async def work(tx: Transaction) -> list[Row]:
            return await tx.rows(_DUE, now=stamp(now), limit=limit)

        return [_kept(row) for row in await self._database.read(work)]

    async def postpone(self, sequence: int, *, attempts: int, until: datetime, reason: str) -> None:
        """Try again later; its lane waits with it."""

        async def work(tx: Transaction) -> None:
            await tx.run(
                "update inbox_activity set attempts = :attempts, due_at = :until, "
                "reason = :reason where sequence = :sequence and state = 'waiting'",
                sequence=sequence,
                attempts=attempts,
                until=stamp(until),
                reason=reason,
            )

        await self._database.write(work)

    async def park(self, sequence: int, *, reason: str) -> None:
        """Put aside for a person to look at; its lane goes on."""

        async def work(tx: Transaction) -> None:
            await tx.run(
                "update inbox_activity set state = 'parked', reason = :reason "
                "where sequence = :sequence and state = 'waiting'",
                sequence=sequence,
                reason=reason,
            )

        await self._database.write(work)


class _StoredHandled:
    """`Handled` within one open transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def done(self, sequence: int, *, outcome: str, now: datetime) -> None:
        """Mark what was handled, in the same commit as its effects.

        Raises: AlreadyHandled, and the effects are undone with the transaction: of two processes
        that took up the same activity only one has an effect.
        """
        changed = await self._tx.run(
            "update inbox_activity set state = :state, reason = :reason, done_at = :now "
            "where sequence = :sequence and state = 'waiting'",
            sequence=sequence,
            state=_state(outcome),
            reason=outcome.partition(":")[2] or None,
            now=stamp(now),
        )
        if not changed:
            raise AlreadyHandled("The activity waits no more.")


def handled(tx: Transaction) -> Handled:
    """What marks activities as handled within this transaction."""
    return _StoredHandled(tx)


def _state(outcome: str) -> str:
    if outcome.startswith("refused"):
        return "refused"
    return "unheard" if outcome == "unheard" else "done"


def _kept(row: Row) -> Kept:
    return Kept(
        sequence=int(row["sequence"]),
        activity_id=row["activity_id"],
        sender=row["sender"],
        kind=row["kind"],
        inbox=row["inbox"],
        body=bytes(row["body"]),
        attempts=int(row["attempts"]),
        received_at=moment(row["received_at"]),
    )
