"""Deliveries on their way, in the database: claimed under a lease, ended within its fence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from federation.ports import Delivery, Destination, Grade, Report
from node.ids import moment, stamp
from node.storage import relations
from node.storage.among import AMONG, rows_among
from node.storage.claiming import Claiming
from node.storage.database import Database, Row, Transaction
from node.storage.disclosures import disclose
from node.storage.finishing import Finishing
from node.storage.hosts import mend, report_on, wake

_NOTHING = Report()
_ACTIVITIES = f"select id, actor, kind, body, created from outgoing where id in {AMONG}"  # noqa: S608
_CONTENTS = f"select id, body from outgoing_content where id in {AMONG}"  # noqa: S608  fixed
_KEYS = f"select host, key_id from host_key_ack where actor = :actor and host in {AMONG}"  # noqa: S608
_FENCE = "where sequence = :sequence and lease = :lease and state = 'due'"
_REFUSED = "refusals = refusals + 1, refused_since = coalesce(refused_since, :now)"
_NOT_REFUSED = "refusals = 0, refused_since = null"
_END_LEASE = "lease = null, lease_until = null"


class StoredDeliveries:
    """`DeliveryLog` over the database; each call is one transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._finishing = Finishing(database)

    async def claim(
        self, *, now: datetime, lease: str, until: datetime, room: Mapping[Grade, int]
    ) -> list[Delivery]:
        """Due deliveries, recorded as attempted and leased; of each host the oldest first.

        Hosts take turns: the one that was looked at longest ago goes first.
        """

        async def work(tx: Transaction) -> list[Delivery]:
            rows = await Claiming(tx, self._database.skip_locked, now, until).choose(room)
            leased = {"now": stamp(now), "lease": lease, "until": stamp(until)}
            await tx.run_many(
                "update delivery set attempts = attempts + 1, "
                "first_attempt_at = coalesce(first_attempt_at, :now), "
                "lease = :lease, lease_until = :until where sequence = :sequence",
                [{"sequence": row["sequence"], **leased} for row in rows],
            )
            await disclose(tx, rows, now)
            return await _deliveries(tx, rows, now)

        return await self._database.write(work) if any(room.values()) else []

    async def renew(self, sequence: int, *, lease: str, until: datetime) -> bool:
        """Hold the lease for longer; False when it was lost."""
        return (
            await self._database.write(
                lambda tx: tx.run(
                    f"update delivery set lease_until = :until {_FENCE}",  # noqa: S608  fixed
                    sequence=sequence,
                    lease=lease,
                    until=stamp(until),
                )
            )
            > 0
        )

    async def release_all(self, *, except_lease: str) -> int:
        """Void the leases of processes that are gone; how many."""

        async def work(tx: Transaction) -> int:
            await tx.run(
                "update host set next_at = (select min(d.next_at) from delivery d "
                "where d.lease is not null and d.lease <> :lease and d.host = host.name "
                "and d.state = 'due') where name in (select d.host from delivery d "
                "where d.lease is not null and d.lease <> :lease and d.state = 'due')",
                lease=except_lease,
            )
            return await tx.run(
                f"update delivery set {_END_LEASE} where lease is not null "  # noqa: S608  fixed
                "and lease <> :lease",
                lease=except_lease,
            )

        return await self._database.write(work)

    async def delivered(
        self, sequence: int, *, lease: str, now: datetime, report: Report = _NOTHING
    ) -> bool:
        """Done, and the key that it brought is known to the host; False when the lease was lost."""
        return await self._finishing.delivered(sequence, lease, now, report)

    async def park(
        self, sequence: int, *, lease: str, now: datetime, reason: str, report: Report = _NOTHING
    ) -> bool:
        """Put aside for a person to look at; its lane goes on. False when the lease was lost."""

        async def more(tx: Transaction, row: Row) -> None:
            if reason == "held-too-long":
                await relations.mark_stale(tx, row["inbox"], now)

        return await self._finish(sequence, lease, "parked", reason, now, report, more)

    async def cancel(
        self, sequence: int, *, lease: str, now: datetime, reason: str, report: Report = _NOTHING
    ) -> bool:
        """Not to be sent at all; its lane goes on. False when the lease was lost."""
        return await self._finish(sequence, lease, "cancelled", reason, now, report)

    async def retry(
        self,
        sequence: int,
        *,
        lease: str,
        now: datetime,
        at: datetime,
        reason: str,
        refused: bool = False,
        report: Report = _NOTHING,
    ) -> bool:
        """Due again at `at`, or when the host has recovered; False when the lease was lost."""

        async def work(tx: Transaction) -> bool:
            row = await tx.row(
                f"update delivery set next_at = :at, reason = :reason, {_END_LEASE}, "  # noqa: S608
                f"{_REFUSED if refused else _NOT_REFUSED} {_FENCE} returning host",
                sequence=sequence,
                lease=lease,
                at=stamp(at),
                reason=reason,
                **({"now": stamp(now)} if refused else {}),
            )
            if row is not None:
                await report_on(tx, {row["host"]: [report]}, now)
            return row is not None

        return await self._database.write(work)

    async def behind(self, inbox: str) -> list[str]:
        """Ids of the actors that are reached through this inbox, at most a few."""
        return await self._database.read(lambda tx: relations.behind(tx, inbox))

    async def end_follow(self, *, actor: str, inbox: str, now: datetime, reason: str) -> None:
        """The actor is gone for good: its relations with us end, and what is due to its inbox is
        cancelled, unless others are reached through that."""
        await self._database.write(lambda tx: relations.end(tx, actor, inbox, now, reason))

    async def moved(
        self, *, actor: str, inbox: str, to: Destination, sequence: int, now: datetime
    ) -> None:
        """The actor's inbox is elsewhere now: relations and what is due to the old one go there,
        of what is under way only `sequence`."""

        async def work(tx: Transaction) -> None:
            await relations.move(tx, actor, inbox, to, sequence)
            await wake(tx, [to.host], now)

        await self._database.write(work)

    async def next_due(self) -> datetime | None:
        """When it is worth claiming again, None when nothing waits."""
        row = await self._database.read(
            lambda tx: tx.row(
                "select min(at) as at from (select min(next_at) as at from host where grade = 0 "
                "and next_at is not null union all select min(next_at) from host where grade = 1 "
                "and next_at is not null union all select min(next_at) from host where grade = 2 "
                "and next_at is not null) as each_grade"
            )
        )
        return moment(row["at"]) if row and row["at"] else None

    async def mend(self, now: datetime) -> None:
        """Let nothing wait because a clock was wrong or a wake-up was lost."""
        await self._database.write(lambda tx: mend(tx, now))

    async def _finish(
        self,
        sequence: int,
        lease: str,
        state: str,
        reason: str | None,
        now: datetime,
        report: Report,
        more: Callable[[Transaction, Row], Awaitable[None]] | None = None,
    ) -> bool:
        async def work(tx: Transaction) -> bool:
            row = await tx.row(
                f"update delivery set state = :state, reason = :reason, done_at = :now, "  # noqa: S608
                f"{_END_LEASE} {_FENCE} returning sequence, activity_id, inbox, host, lane, turn",
                sequence=sequence,
                lease=lease,
                state=state,
                reason=reason,
                now=stamp(now),
            )
            if row is None:
                return False
            await report_on(tx, {row["host"]: [report]}, now)
            if more is not None:
                await more(tx, row)
            return True

        return await self._database.write(work)


async def _deliveries(tx: Transaction, rows: list[Row], now: datetime) -> list[Delivery]:
    activities = await _by_id(tx, _ACTIVITIES, {row["activity_id"] for row in rows})
    contents = await _by_id(tx, _CONTENTS, {row["content"] for row in rows} - {None})
    keys = await _keys(tx, rows, activities)
    found = []
    for row in rows:
        # It is kept as long as a delivery of it.
        activity = activities[row["activity_id"]]
        body = contents.get(row["content"], activity)["body"]
        key_id = keys.get((activity["actor"], row["host"]))
        found.append(_delivery(row, activity, bytes(body), key_id, now))
    return found


async def _by_id(tx: Transaction, sql: str, ids: set[str]) -> dict[str, Row]:
    return {row["id"]: row for row in await rows_among(tx, sql, sorted(ids))}


async def _keys(
    tx: Transaction, rows: list[Row], activities: Mapping[str, Row]
) -> dict[tuple[str, str], str]:
    """The newest key of each actor that a host has acknowledged, where there is one."""
    hosts: dict[str, set[str]] = {}
    for row in rows:
        hosts.setdefault(activities[row["activity_id"]]["actor"], set()).add(row["host"])
    return {
        (actor, row["host"]): row["key_id"]
        for actor, names in hosts.items()
        for row in await rows_among(tx, _KEYS, sorted(names), actor=actor)
    }


def _delivery(row: Row, activity: Row, body: bytes, key_id: str | None, now: datetime) -> Delivery:
    first = row["first_attempt_at"]
    return Delivery(
        sequence=int(row["sequence"]),
        activity_id=row["activity_id"],
        actor=activity["actor"],
        kind=activity["kind"],
        inbox=row["inbox"],
        host=row["host"],
        body=body,
        attempts=int(row["attempts"]) + 1,
        created=moment(activity["created"]),
        first_attempt_at=moment(first) if first else now,
        key_id=key_id,
        refusals=int(row["refusals"]),
        refused_since=moment(row["refused_since"]) if row["refused_since"] else None,
        grade=row["grade"],
    )
