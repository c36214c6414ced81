"""The outbox in the database: activities and their deliveries, within one open transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from federation.outward.lanes import FOR_FOLLOWERS, held, lane_of, turn_of
from federation.ports import Destination, Fresh, Outgoing
from node.ids import moment, stamp
from node.storage.buried import bury_actor
from node.storage.database import Row, Transaction
from node.storage.deliveries import StoredDeliveries as StoredDeliveries
from node.storage.disclosures import note_subjects, told_about
from node.storage.hosts import wake
from node.storage.relations import mark_stale

_FRESH = "state = 'due' and attempts = 0 and lease is null"
_FOR_FOLLOWERS = ", ".join(f"'{kind}'" for kind in sorted(FOR_FOLLOWERS))


class StoredOutbox:
    """`OutboxLog` within one open transaction."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    async def add(self, activity: Outgoing, destinations: Sequence[Destination]) -> None:
        """Keep the activity and one due delivery per destination."""
        await self._tx.run(
            "insert into outgoing (id, actor, kind, object_id, body, created, announces_key, "
            "recipients) values (:id, :actor, :kind, :object_id, :body, :created, "
            ":announces_key, :recipients)",
            id=activity.id,
            actor=activity.actor,
            kind=activity.kind,
            object_id=activity.object_id,
            body=activity.body,
            created=stamp(activity.created),
            announces_key=activity.announces_key,
            recipients=len(destinations),
        )
        await note_subjects(self._tx, activity)
        if activity.erases_its_actor:
            await bury_actor(self._tx, activity.actor, activity.created)
        created = stamp(activity.created)
        expires, turn = stamp(activity.created + held(activity.kind)), int(turn_of(activity))
        await self._tx.run_many(
            "insert into delivery (activity_id, inbox, host, lane, turn, state, next_at, "
            "expires_at) values (:activity_id, :inbox, :host, :lane, :turn, 'due', :next_at, "
            ":expires_at)",
            [
                {
                    "activity_id": activity.id,
                    "inbox": each.inbox,
                    "host": each.host,
                    "lane": lane_of(activity, each.host),
                    "turn": turn,
                    "next_at": created,
                    "expires_at": expires,
                }
                for each in destinations
            ],
        )
        await wake(self._tx, [each.host for each in destinations], activity.created)

    async def attempted(self, object_id: str) -> list[Destination]:
        """Every destination to which an attempt for this object was ever begun."""
        rows = await self._tx.rows(
            "select distinct d.inbox, d.host from outgoing o "
            "join delivery d on d.activity_id = o.id "
            "where o.object_id = :object_id and d.attempts > 0 order by d.inbox",
            object_id=object_id,
        )
        return _destinations(rows)

    async def attempted_by(self, actor: str) -> list[Destination]:
        """Every destination to which an attempt by this local actor was ever begun."""
        rows = await self._tx.rows(
            "select distinct d.inbox, d.host from outgoing o "
            "join delivery d on d.activity_id = o.id "
            "where o.actor = :actor and d.attempts > 0 order by d.inbox",
            actor=actor,
        )
        found = _destinations(rows)
        known = {each.host for each in found}
        told = await told_about(self._tx, actor)
        return [*found, *(each for each in told if each.host not in known)]

    async def fresh(self, object_id: str) -> list[Fresh]:
        """What is due about this object and was never attempted, oldest first."""
        rows = await self._tx.rows(
            "select o.id, o.actor, o.kind, o.object_id, coalesce(c.body, o.body) as body, "
            "o.created, o.announces_key, d.inbox, d.host from outgoing o "
            "join delivery d on d.activity_id = o.id "
            "left join outgoing_content c on c.id = d.content "
            "where o.object_id = :object_id and d.state = 'due' and d.attempts = 0 "
            "order by d.sequence",
            object_id=object_id,
        )
        groups: dict[tuple[str, bytes], list[Row]] = {}
        for row in rows:
            groups.setdefault((row["id"], bytes(row["body"])), []).append(row)
        return [
            Fresh(activity=_outgoing(each[0]), destinations=tuple(_destinations(each)))
            for each in groups.values()
        ]

    async def cancel_fresh(
        self, activity_id: str, inboxes: Sequence[str], *, reason: str
    ) -> list[str]:
        """Cancel never attempted deliveries of one activity to these inboxes; to which it did."""
        return [
            inbox
            for inbox in inboxes
            if await self._tx.run(
                "update delivery set state = 'cancelled', reason = :reason "  # noqa: S608  fixed
                f"where activity_id = :activity_id and inbox = :inbox and {_FRESH}",
                activity_id=activity_id,
                inbox=inbox,
                reason=reason,
            )
        ]

    async def rewrite_fresh(self, activity: Outgoing, inboxes: Sequence[str]) -> list[str]:
        """Let these inboxes get the activity of this id with this body; for which it did."""
        content = f"{activity.id}#{hashlib.sha256(activity.body).hexdigest()}"
        await self._tx.run(
            "insert into outgoing_content (id, activity_id, body) "
            "values (:id, :activity_id, :body) on conflict (id) do nothing",
            id=content,
            activity_id=activity.id,
            body=activity.body,
        )
        return [
            inbox
            for inbox in inboxes
            if await self._tx.run(
                "update delivery set content = :content "  # noqa: S608  fixed parts
                f"where activity_id = :activity_id and inbox = :inbox and {_FRESH}",
                content=content,
                activity_id=activity.id,
                inbox=inbox,
            )
        ]

    async def cancel_unattempted(self, object_id: str) -> int:
        """Cancel due deliveries for this object that were never attempted; how many."""
        return await self._tx.run(
            "update delivery set state = 'cancelled', reason = 'erased' "  # noqa: S608  fixed
            f"where {_FRESH} and activity_id in "
            "(select id from outgoing where object_id = :object_id)",
            object_id=object_id,
        )

    async def cancel_unattempted_by(self, actor: str) -> int:
        """Cancel due deliveries by this local actor that were never attempted; how many."""
        return await self._tx.run(
            "update delivery set state = 'cancelled', reason = 'erased' "  # noqa: S608  fixed
            f"where {_FRESH} and activity_id in (select id from outgoing where actor = :actor)",
            actor=actor,
        )

    async def cancel_to(self, actor: str, inbox: str) -> int:
        """Cancel what this local actor has due for this inbox and is for followers only; how
        many."""
        return await self._tx.run(
            "update delivery set state = 'cancelled', reason = 'withdrawn', lease = null, "  # noqa: S608
            "lease_until = null where state = 'due' and inbox = :inbox and activity_id in "
            f"(select id from outgoing where actor = :actor and kind in ({_FOR_FOLLOWERS}))",
            actor=actor,
            inbox=inbox,
        )


def _destinations(rows: Sequence[Row]) -> list[Destination]:
    return [Destination(inbox=row["inbox"], host=row["host"]) for row in rows]


def _outgoing(row: Row) -> Outgoing:
    return Outgoing(
        id=row["id"],
        actor=row["actor"],
        kind=row["kind"],
        object_id=row["object_id"],
        body=bytes(row["body"]),
        created=moment(row["created"]),
        announces_key=row["announces_key"],
    )


async def public_activity(tx: Transaction, activity_id: str) -> bytes | None:
    """The bytes of an activity as it left; None if there is none, it was for one actor only,
    what it is about was deleted since, or it carries what somebody else wrote."""
    row = await tx.row(
        "select body from outgoing where id = :id and length(body) > 0 "
        # what carries somebody else's words is not ours to serve
        "and not exists (select 1 from share_carrier c where c.activity_id = outgoing.id) "
        "and kind in ('Create', 'Update', 'Delete', 'Announce') and (kind = 'Delete' "
        "or not exists (select 1 from outgoing later where later.kind = 'Delete' "
        "and later.object_id = outgoing.object_id))",
        id=activity_id,
    )
    return bytes(row["body"]) if row else None


async def park_expired(tx: Transaction, now: datetime) -> int:
    """Park what was held too long for a host that is away; how many. Its followers are stale.

    Only once the host failed after that moment, so that the last chance was given.
    """
    rows = await tx.rows(
        "select d.sequence, d.inbox from delivery d join host h on h.name = d.host "
        "where d.state = 'due' and d.lease is null and d.expires_at <= :now "
        "and h.opened_at is not null and h.failed_at >= d.expires_at limit 2000",
        now=stamp(now),
    )
    await tx.run_many(
        "update delivery set state = 'parked', reason = 'held-too-long', done_at = :now "
        "where sequence = :sequence and state = 'due' and lease is null",
        [{"sequence": row["sequence"], "now": stamp(now)} for row in rows],
    )
    for inbox in {row["inbox"] for row in rows}:
        await mark_stale(tx, inbox, now)
    return len(rows)
