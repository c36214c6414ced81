"""The outbox in the database: activities, their deliveries, and the claiming of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from federation.ports import Delivery, Destination, Outgoing
from node.ids import moment, stamp
from node.storage.claiming import FIRST_IN_LANE, Claiming, leased
from node.storage.database import Database, Row, Transaction


class StoredOutbox:
    """`OutboxLog` within one open transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, activity: Outgoing, destinations: Sequence[Destination]) -> None:
        """Keep the activity and one due delivery per destination."""
        created = stamp(activity.created)
        await self._tx.run(
            "insert into outgoing (id, actor, kind, object_id, body, created) "
            "values (:id, :actor, :kind, :object_id, :body, :created)",
            id=activity.id,
            actor=activity.actor,
            kind=activity.kind,
            object_id=activity.object_id,
            body=activity.body,
            created=created,
        )
        await self._tx.run_many(
            "insert into delivery (activity_id, inbox, host, lane, state, next_at) "
            "values (:activity_id, :inbox, :host, :lane, 'due', :next_at)",
            [
                {
                    "activity_id": activity.id,
                    "inbox": each.inbox,
                    "host": each.host,
                    "lane": f"{each.host} {activity.object_id}",
                    "next_at": created,
                }
                for each in destinations
            ],
        )

    async def attempted(self, object_id: str) -> list[Destination]:
        """Every destination to which an attempt for this object was ever begun."""
        rows = await self._tx.rows(
            "select distinct d.inbox, d.host from outgoing o "
            "join delivery d on d.activity_id = o.id "
            "where o.object_id = :object_id and d.attempts > 0 order by d.inbox",
            object_id=object_id,
        )
        return [Destination(inbox=row["inbox"], host=row["host"]) for row in rows]

    async def cancel_unattempted(self, object_id: str) -> int:
        """Cancel due deliveries for this object that were never attempted; how many."""
        return await self._tx.run(
            "update delivery set state = 'cancelled', reason = 'erased' "
            "where state = 'due' and attempts = 0 and activity_id in "
            "(select id from outgoing where object_id = :object_id)",
            object_id=object_id,
        )

    async def cancel_to(self, actor: str, inbox: str) -> int:
        """Cancel due deliveries by this local actor to this inbox; how many."""
        return await self._tx.run(
            "update delivery set state = 'cancelled', reason = 'withdrawn', lease = null, "
            "lease_until = null where state = 'due' and inbox = :inbox and activity_id in "
            "(select id from outgoing where actor = :actor)",
            actor=actor,
            inbox=inbox,
        )


class StoredDeliveries:
    """`DeliveryLog` over the database; each call is one transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._after = ""

    async def claim(
        self, *, now: datetime, lease: str, until: datetime, limit: int, per_host: int
    ) -> list[Delivery]:
        """Due deliveries, recorded as attempted and leased, oldest first.

        Where more wait than can be looked at, hosts take turns.
        """

        async def work(tx: Transaction) -> list[Delivery]:
            claiming = Claiming(tx, self._database.skip_locked, stamp(now), self._after)
            rows = await claiming.choose(limit, per_host)
            self._after = claiming.after
            await tx.run_many(
                "update delivery set attempts = attempts + 1, "
                "first_attempt_at = coalesce(first_attempt_at, :now), "
                "lease = :lease, lease_until = :until where sequence = :sequence",
                [
                    {
                        "sequence": row["sequence"],
                        "now": stamp(now),
                        "lease": lease,
                        "until": stamp(until),
                    }
                    for row in rows
                ],
            )
            activities = {each: await _activity(tx, each) for each in _activity_ids(rows)}
            return [_delivery(row, activities[row["activity_id"]], now) for row in rows]

        return await self._database.write(work) if limit > 0 else []

    async def release_all(self, *, except_lease: str) -> int:
        """Void the leases of processes that are gone; how many."""

        async def work(tx: Transaction) -> int:
            return await tx.run(
                "update delivery set lease = null, lease_until = null "
                "where lease is not null and lease <> :lease",
                lease=except_lease,
            )

        return await self._database.write(work)

    async def delivered(self, sequence: int, *, lease: str, now: datetime) -> bool:
        """Done; False when the lease was lost."""
        return await self._finish(sequence, lease, "done", None, now)

    async def park(self, sequence: int, *, lease: str, now: datetime, reason: str) -> bool:
        """Put aside for a person to look at; its lane goes on. False when the lease was lost."""
        return await self._finish(sequence, lease, "parked", reason, now)

    async def retry(self, sequence: int, *, lease: str, at: datetime, reason: str) -> bool:
        """Due again at `at`; False when the lease was lost."""

        async def work(tx: Transaction) -> int:
            return await tx.run(
                "update delivery set next_at = :at, reason = :reason, lease = null, "
                "lease_until = null "
                "where sequence = :sequence and lease = :lease and state = 'due'",
                sequence=sequence,
                lease=lease,
                at=stamp(at),
                reason=reason,
            )

        return await self._database.write(work) > 0

    async def end_follow(self, *, inbox: str, now: datetime, reason: str) -> None:
        """The inbox is gone for good: its followers leave, its due deliveries are cancelled."""

        async def work(tx: Transaction) -> None:
            await tx.run(
                "delete from follower where inbox = :inbox or shared_inbox = :inbox", inbox=inbox
            )
            await tx.run(
                "update delivery set state = 'cancelled', reason = :reason, done_at = :now, "
                "lease = null, lease_until = null where state = 'due' and inbox = :inbox",
                inbox=inbox,
                reason=reason,
                now=stamp(now),
            )

        await self._database.write(work)

    async def next_due(self) -> datetime | None:
        """When the next delivery may be claimed, None when nothing waits.

        One held back by its host's limit counts as due: whoever asks must not hurry on that alone.
        """

        async def work(tx: Transaction) -> list[str]:
            head = await tx.row(
                "select d.next_at as at from delivery d "  # noqa: S608  fixed parts
                "where d.state = 'due' and d.lease is null "
                f"and {FIRST_IN_LANE} order by d.next_at limit 1"
            )
            return [row["lease_until"] for row in await leased(tx)] + ([head["at"]] if head else [])

        times = await self._database.read(work)
        return moment(min(times)) if times else None

    async def _finish(
        self, sequence: int, lease: str, state: str, reason: str | None, now: datetime
    ) -> bool:
        async def work(tx: Transaction) -> int:
            return await tx.run(
                "update delivery set state = :state, reason = :reason, done_at = :now, "
                "lease = null, lease_until = null "
                "where sequence = :sequence and lease = :lease and state = 'due'",
                sequence=sequence,
                lease=lease,
                state=state,
                reason=reason,
                now=stamp(now),
            )

        return await self._database.write(work) > 0


def _activity_ids(rows: Sequence[Row]) -> set[str]:
    return {row["activity_id"] for row in rows}


async def _activity(tx: Transaction, activity_id: str) -> Row:
    row = await tx.row(
        "select actor, kind, body, created from outgoing where id = :id", id=activity_id
    )
    # The foreign key holds it there as long as the delivery exists.
    assert row is not None
    return row


def _delivery(row: Row, activity: Mapping[str, Any], now: datetime) -> Delivery:
    first = row["first_attempt_at"]
    return Delivery(
        sequence=int(row["sequence"]),
        activity_id=row["activity_id"],
        actor=activity["actor"],
        kind=activity["kind"],
        inbox=row["inbox"],
        host=row["host"],
        body=bytes(activity["body"]),
        attempts=int(row["attempts"]) + 1,
        created=moment(activity["created"]),
        first_attempt_at=moment(first) if first else now,
    )


async def public_activity(tx: Transaction, activity_id: str) -> bytes | None:
    """The bytes of an activity as it left; None if there is none, it was for one actor only, or
    what it is about was deleted since."""
    row = await tx.row(
        "select body from outgoing where id = :id "
        "and kind in ('Create', 'Update', 'Delete', 'Announce') and (kind = 'Delete' "
        "or not exists (select 1 from outgoing later where later.kind = 'Delete' "
        "and later.object_id = outgoing.object_id))",
        id=activity_id,
    )
    return bytes(row["body"]) if row else None
