"""`DeliveryLog` in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from federation.memory.outbox import Mailroom, Posting
from federation.outward.breaker import Allowance, allowance, grade, reported
from federation.outward.lanes import ACTOR_UPDATE, Turn
from federation.ports import Delivery, Destination, Grade, Report

_NOTHING = Report()
_FEW = 3
_LONGEST_WAIT = timedelta(hours=29)


class MemoryDeliveries:
    """`DeliveryLog`."""

    def __init__(self, room: Mailroom) -> None:
        self._room = room

    async def claim(
        self, *, now: datetime, lease: str, until: datetime, room: Mapping[Grade, int]
    ) -> list[Delivery]:
        """Due deliveries, recorded as attempted and leased; of each host the oldest first."""
        busy = Counter(p.host for p in self._room.due() if p.leased_at(now))
        chosen: list[tuple[Grade, Posting]] = []
        for each in Grade:
            places = room.get(each, 0)
            for host in self._hosts(each):
                rows = self._of_host(host, busy[host], places, now)
                places -= len(rows)
                chosen += ((each, row) for row in rows)
        return [self._claimed(row, which, now, lease, until) for which, row in chosen]

    def _hosts(self, wanted: Grade) -> list[str]:
        oldest: dict[str, datetime] = {}
        for posting in self._room.due():
            oldest[posting.host] = min(oldest.get(posting.host, posting.next_at), posting.next_at)
        found = [host for host in oldest if grade(self._room.host(host)) is wanted]
        return sorted(found, key=lambda host: oldest[host])

    def _of_host(self, host: str, busy: int, places: int, now: datetime) -> list[Posting]:
        allowed = allowance(self._room.host(host), busy, now)
        limit = max(0, min(allowed.rows, places))
        barriers = [p for p in self._room.due() if p.host == host and p.turn is Turn.BARRIER]
        if any(p.leased_at(now) for p in barriers):
            return []
        ready = [p for p in barriers if allowed.probe or p.next_at <= now]
        if ready:
            return ready[:1] if limit and not busy else []
        rows = [p for p in self._heads() if p.host == host and p not in barriers]
        free = [p for p in rows if not p.leased_at(now) and (allowed.probe or p.next_at <= now)]
        taken = sorted(free, key=lambda p: (p.turn, p.next_at, p.sequence))[:limit]
        self._pace(host, allowed, taken)
        return taken

    def _pace(self, host: str, allowed: Allowance, taken: list[Posting]) -> None:
        if taken and allowed.again_at is not None:
            self._room.hosts[host] = replace(self._room.host(host), probe_at=allowed.again_at)

    def _heads(self) -> list[Posting]:
        """Of each lane the postings of its first activity."""
        first: dict[str, str] = {}
        for posting in self._room.due():
            first.setdefault(posting.lane, posting.activity.id)
        return [p for p in self._room.due() if first[p.lane] == p.activity.id]

    def _claimed(
        self, posting: Posting, which: Grade, now: datetime, lease: str, until: datetime
    ) -> Delivery:
        posting.attempts += 1
        posting.first_attempt_at = posting.first_attempt_at or now
        posting.lease, posting.lease_until = lease, until
        activity = posting.activity
        return Delivery(
            sequence=posting.sequence,
            activity_id=activity.id,
            actor=activity.actor,
            kind=activity.kind,
            inbox=posting.destination.inbox,
            host=posting.host,
            body=posting.body,
            attempts=posting.attempts,
            created=activity.created,
            first_attempt_at=posting.first_attempt_at,
            key_id=self._room.keys.get((activity.actor, posting.host)),
            refusals=posting.refusals,
            refused_since=posting.refused_since,
            grade=which,
        )

    async def renew(self, sequence: int, *, lease: str, until: datetime) -> bool:
        """Hold the lease for longer; False when it was lost."""
        posting = self._held(sequence, lease)
        if posting is not None:
            posting.lease_until = until
        return posting is not None

    async def release_all(self, *, except_lease: str) -> int:
        """Void the leases of processes that are gone; how many."""
        stale = [p for p in self._room.postings if p.lease not in {None, except_lease}]
        for posting in stale:
            posting.lease = posting.lease_until = None
        return len(stale)

    async def delivered(
        self, sequence: int, *, lease: str, now: datetime, report: Report = _NOTHING
    ) -> bool:
        """Done, and the key that it brought is known to the host; False when the lease was lost."""
        posting = self._end(sequence, lease, "done", None, now, report)
        key_id = posting.activity.announces_key if posting else None
        if posting is not None and key_id is not None:
            self._room.keys[posting.activity.actor, posting.host] = key_id
            for older in self._room.due():
                same = (older.lane, older.destination) == (posting.lane, posting.destination)
                if same and older.sequence < sequence and older.activity.kind == ACTOR_UPDATE:
                    older.end("cancelled", "replaced")
        return posting is not None

    async def park(
        self, sequence: int, *, lease: str, now: datetime, reason: str, report: Report = _NOTHING
    ) -> bool:
        """Put aside for a person to look at; its lane goes on. False when the lease was lost."""
        posting = self._end(sequence, lease, "parked", reason, now, report)
        if posting is not None and reason == "held-too-long":
            self._room.stale.add(posting.destination.inbox)
        return posting is not None

    async def cancel(
        self, sequence: int, *, lease: str, now: datetime, reason: str, report: Report = _NOTHING
    ) -> bool:
        """Not to be sent at all; its lane goes on. False when the lease was lost."""
        return self._end(sequence, lease, "cancelled", reason, now, report) is not None

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
        posting = self._end(sequence, lease, "due", reason, now, report)
        if posting is None:
            return False
        posting.next_at = at
        posting.refusals = posting.refusals + 1 if refused else 0
        posting.refused_since = (posting.refused_since or now) if refused else None
        return True

    async def behind(self, inbox: str) -> list[str]:
        """Ids of the actors that are reached through this inbox, at most a few."""
        return sorted(a for a, its in self._room.followers.items() if its == inbox)[:_FEW]

    async def end_follow(self, *, actor: str, inbox: str, now: datetime, reason: str) -> None:
        """The actor is gone: remembered in `ended`, what is due to an inbox of nobody cancelled."""
        self._room.ended.append(actor)
        self._room.followers.pop(actor, None)
        if not await self.behind(inbox):
            for posting in self._to(inbox):
                posting.end("cancelled", reason)

    async def moved(
        self, *, actor: str, inbox: str, to: Destination, sequence: int, now: datetime
    ) -> None:
        """The actor's inbox is elsewhere now: what is due to the old one goes there."""
        self._room.followers[actor] = to.inbox
        if await self.behind(inbox):
            return
        for posting in self._to(inbox):
            if posting.lease is None or posting.sequence == sequence:
                posting.lane = to.host + posting.lane.removeprefix(posting.host)
                posting.destination, posting.next_at = to, now

    async def next_due(self) -> datetime | None:
        """When it is worth claiming again, None when nothing waits."""
        times = [self._when(p) for p in self._heads() if p.lease is None]
        leased = [p.lease_until for p in self._room.due() if p.lease_until is not None]
        return min(times + leased, default=None)

    def _when(self, posting: Posting) -> datetime:
        host = self._room.host(posting.host)
        if host.is_open and host.probe_at is not None:
            return host.probe_at
        gates = [gate for gate in (host.held_until, host.probe_at) if gate is not None]
        return max([posting.next_at, *gates])

    async def mend(self, now: datetime) -> None:
        """Let nothing wait because a clock was wrong."""
        for posting in self._room.due():
            odd = not posting.attempts or posting.next_at > now + _LONGEST_WAIT
            if odd and posting.lease is None:
                posting.next_at = min(posting.next_at, now)

    def _to(self, inbox: str) -> list[Posting]:
        return [p for p in self._room.due() if p.destination.inbox == inbox]

    def _held(self, sequence: int, lease: str) -> Posting | None:
        posting = self._room.postings[sequence - 1]
        return posting if posting.lease == lease and posting.state == "due" else None

    def _end(
        self,
        sequence: int,
        lease: str,
        state: str,
        reason: str | None,
        now: datetime,
        report: Report,
    ) -> Posting | None:
        posting = self._held(sequence, lease)
        if posting is not None:
            posting.end(state, reason)
            self._learn(posting.host, report, now)
        return posting

    def _learn(self, name: str, report: Report, now: datetime) -> None:
        before = self._room.host(name)
        after = self._room.hosts[name] = reported(before, report, now)
        if before.opened_at is not None and not after.is_open:
            for posting in self._room.due():
                if posting.host == name and posting.attempts and posting.lease is None:
                    posting.next_at = min(posting.next_at, before.opened_at)
