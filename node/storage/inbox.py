"""The inbox in the database: kept activities, in lanes of sender and object."""

from __future__ import annotations

from datetime import datetime, timedelta

from federation.errors import AlreadyHandled
from federation.ports import Backlog, Handled, Kept, Recalled, Receipt, Received
from node.ids import moment, stamp
from node.storage.database import Database, Row, Transaction
from node.storage.intake_turns import COLUMNS, FIRST_IN_LANES, FRIENDS, STRANGERS, Turns

WORTH_KEEPING = 16 * 1024
"""A body up to this size is kept for a while after it was heard; what was not heard is not. Else
one peer could fill the disk with what means nothing to us (security: G19)."""
HINT_PAUSE = timedelta(minutes=5)
_HINT = "hint "

_ADD = """
insert into inbox_activity (activity_id, digest, sender, host, kind, lane, lane_too, inbox, body,
    state, due_at, received_at, turn, hint)
select :activity_id, :digest, :sender, :host, :kind, :lane, :lane_too, :inbox, :body,
    'waiting', :due_at, :received_at, :turn, :hint
where not exists (select 1 from inbox_activity where activity_id = :activity_id and hint = 0)
on conflict (activity_id, digest) do nothing
"""
_DUE = (
    f"select {COLUMNS} from inbox_activity a "  # noqa: S608  fixed parts
    f"where a.state = 'waiting' and a.due_at <= :now and {FIRST_IN_LANES} "
    "order by a.sequence limit :limit"
)
_FRIENDS = """
select distinct host from remote_actor where id in
    (select actor from follower union select actor from following where state <> 'rejected')
"""


class StoredInbox:
    """`InboxLog` over the database; each call is one transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turns = Turns(database.skip_locked)

    async def add(self, received: Received) -> Receipt:
        """Keep it durably, unless an activity was kept under the same id."""
        return await self._database.write(lambda tx: _add(tx, received))

    async def due(self, now: datetime, limit: int) -> list[Kept]:
        """The first waiting ones of their lanes, as far as their time has come, oldest first."""

        async def work(tx: Transaction) -> list[Row]:
            return await tx.rows(_DUE, now=stamp(now), limit=limit)

        return [_kept(row, row["attempts"]) for row in await self._database.read(work)]

    async def claim(
        self, *, now: datetime, lease: str, until: datetime, limit: int, per_host: int
    ) -> list[Kept]:
        """Due ones under a lease, hosts in turn; see `InboxLog`."""

        async def work(tx: Transaction) -> list[Row]:
            rows = await self._turns.choose(tx, stamp(now), limit, per_host)
            values = {"lease": lease, "until": stamp(until)}
            await tx.run_many(
                "update inbox_activity set attempts = attempts + 1, lease = :lease, "
                "lease_until = :until where sequence = :sequence",
                [{"sequence": row["sequence"], **values} for row in rows],
            )
            return rows

        if limit <= 0 or not await self._anything(now):
            return []
        rows = await self._database.write(work)
        return [_kept(row, row["attempts"] + 1) for row in rows]

    async def _anything(self, now: datetime) -> bool:
        """Whether anything is due at all: asking that disturbs no writer."""
        sql = "select 1 as found from inbox_activity where state = 'waiting' and due_at <= :now "
        found = await self._database.read(lambda tx: tx.row(sql + "limit 1", now=stamp(now)))
        return found is not None

    async def release_all(self, *, except_lease: str) -> int:
        """Void the leases of processes that are gone; how many."""
        return await self._database.write(
            lambda tx: tx.run(
                "update inbox_activity set lease = null, lease_until = null "
                "where lease is not null and lease <> :lease",
                lease=except_lease,
            )
        )

    async def postpone(self, sequence: int, *, until: datetime, reason: str) -> None:
        """Try again later; its lane waits with it."""

        async def work(tx: Transaction) -> None:
            values = {"sequence": sequence, "until": stamp(until)}
            await tx.run(
                "update inbox_activity set due_at = :until, reason = :reason, lease = null, "
                "lease_until = null where sequence = :sequence and state = 'waiting'",
                reason=reason,
                **values,
            )
            # Those behind it are blocked anyway; so they are not looked at in vain.
            await tx.run(
                "update inbox_activity set due_at = :until where state = 'waiting' "
                "and due_at < :until and sequence > :sequence and lane = "
                "(select lane from inbox_activity where sequence = :sequence)",
                **values,
            )

        await self._database.write(work)

    async def park(self, sequence: int, *, reason: str) -> None:
        """Put aside for a person to look at; its lane goes on."""
        await self._database.write(
            lambda tx: tx.run(
                "update inbox_activity set state = 'parked', reason = :reason, lease = null, "
                "lease_until = null where sequence = :sequence and state = 'waiting'",
                sequence=sequence,
                reason=reason,
            )
        )

    async def recall(self, activity_id: str, sender: str) -> Recalled | None:
        """What this sender's activity was; None when it is not known (any more)."""
        row = await self._database.read(
            lambda tx: tx.row(
                "select kind, lane from inbox_activity where activity_id = :id "
                "and sender = :sender and hint = 0",
                id=activity_id,
                sender=sender,
            )
        )
        # What is ours has the sender twice in its lane.
        return Recalled(kind=row["kind"], object_id=row["lane"].rpartition(" ")[2]) if row else None

    async def backlog(self) -> Backlog:
        """How many wait, in all and from each host."""
        rows = await self._database.read(
            lambda tx: tx.rows(
                "select turn, count(*) as many from inbox_activity where state = 'waiting' "
                "group by turn"
            )
        )
        hosts: dict[str, int] = {}
        for row in rows:
            host = row["turn"][2:]
            hosts[host] = hosts.get(host, 0) + int(row["many"])
        return Backlog(total=sum(hosts.values()), by_host=hosts)

    async def friends(self) -> frozenset[str]:
        """The hosts of whom we follow and of who follows us."""
        rows = await self._database.read(lambda tx: tx.rows(_FRIENDS))
        return frozenset(row["host"] for row in rows)


async def _add(tx: Transaction, received: Received) -> Receipt:
    if received.hint:
        return await _add_hint(tx, received, Receipt.KEPT)
    if await _insert(tx, received):
        return Receipt.KEPT
    known = await tx.row(
        "select digest from inbox_activity where activity_id = :id", id=received.activity_id
    )
    if known is None or known["digest"] == received.digest:
        return Receipt.SEEN_BEFORE
    await _add_hint(tx, received, Receipt.OTHER_CONTENT)
    return Receipt.OTHER_CONTENT


async def _add_hint(tx: Transaction, received: Received, kept: Receipt) -> Receipt:
    """Kept under a name that no activity can have, so that it never stands for the real one.

    While one waits another would tell us nothing; and the origin is asked once in five minutes.
    """
    last = await tx.row(
        "select state, lease, due_at from inbox_activity where activity_id = :id "
        "order by sequence desc limit 1",
        id=_HINT + received.activity_id,
    )
    waits = last is not None and last["state"] == "waiting" and last["lease"] is None
    if waits or received.kind not in {"Create", "Update", "Delete"}:
        return Receipt.SEEN_BEFORE
    due = received.received_at
    if last is not None:
        due = max(due, moment(last["due_at"]) + HINT_PAUSE)
    kept_now = await _insert(tx, received, name=_HINT, due=due)
    return kept if kept_now else Receipt.SEEN_BEFORE


async def _insert(
    tx: Transaction, received: Received, *, name: str = "", due: datetime | None = None
) -> int:
    lane, lane_too = received.lanes
    received_at = stamp(received.received_at)
    return await tx.run(
        _ADD,
        activity_id=name + received.activity_id,
        digest=received.digest,
        sender=received.sender,
        host=received.host,
        kind=received.kind,
        lane=lane,
        lane_too=lane_too,
        inbox=received.inbox,
        body=received.body,
        received_at=received_at,
        due_at=stamp(due) if due else received_at,
        turn=(FRIENDS if received.friend else STRANGERS) + received.host,
        hint=int(bool(name)),
    )


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
            "update inbox_activity set state = :state, reason = :reason, done_at = :now, "
            "lease = null, lease_until = null, "
            "body = case when length(body) <= :most then body else :empty end, "
            "blanked = case when length(body) <= :most then 0 else 1 end "
            "where sequence = :sequence and state = 'waiting'",
            sequence=sequence,
            state=_state(outcome),
            most=WORTH_KEEPING if _state(outcome) == "done" else 0,
            empty=b"",
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


def _kept(row: Row, attempts: int) -> Kept:
    return Kept(
        sequence=int(row["sequence"]),
        activity_id=row["activity_id"].removeprefix(_HINT),
        sender=row["sender"],
        kind=row["kind"],
        inbox=row["inbox"],
        body=bytes(row["body"]),
        attempts=int(attempts),
        received_at=moment(row["received_at"]),
        host=row["host"],
        hint=bool(row["hint"]),
    )
