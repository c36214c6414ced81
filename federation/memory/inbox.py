"""The inbox's log in memory: for tests, and the plainest statement of what `InboxLog` means."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from federation.errors import AlreadyHandled
from federation.ports import Backlog, Kept, Recalled, Receipt, Received

HINT_PAUSE = timedelta(minutes=5)


@dataclass(slots=True, kw_only=True)
class _Arrival:
    sequence: int
    received: Received
    hint: bool
    state: str
    attempts: int
    due_at: datetime
    lease: str | None = None
    lease_until: datetime | None = None

    def in_hand(self, now: datetime) -> bool:
        return self.lease_until is not None and self.lease_until > now

    @property
    def things(self) -> set[str]:
        return {lane.partition(" ")[2] for lane in self.received.lanes}

    def let_go(self) -> None:
        self.lease = self.lease_until = None


class MemoryInbox:
    """`InboxLog`, and `Handled` by `.done` as well; `friendly` are the hosts of friends."""

    def __init__(self) -> None:
        self._arrivals: list[_Arrival] = []
        self.outcomes: dict[int, str] = {}
        self.friendly: frozenset[str] = frozenset()

    async def add(self, received: Received) -> Receipt:
        """Keep it, unless an activity was kept under the same id."""
        if received.hint:
            return self._add_hint(received, Receipt.KEPT)
        for known in self._arrivals:
            if known.received.activity_id == received.activity_id and not known.hint:
                if known.received.digest == received.digest:
                    return Receipt.SEEN_BEFORE
                self._add_hint(received, Receipt.OTHER_CONTENT)
                return Receipt.OTHER_CONTENT
        self._append(received, hint=False)
        return Receipt.KEPT

    def _add_hint(self, received: Received, kept: Receipt) -> Receipt:
        hints = [a for a in self._arrivals if a.hint]
        same = [a for a in hints if a.received.activity_id == received.activity_id]
        waits = any(a.state == "waiting" and a.lease is None for a in same)
        seen = any(a.received.digest == received.digest for a in same)
        if waits or seen or received.kind not in {"Create", "Update", "Delete"}:
            return Receipt.SEEN_BEFORE
        self._append(received, hint=True)
        if same:
            arrival = self._arrivals[-1]
            arrival.due_at = max(arrival.due_at, same[-1].due_at + HINT_PAUSE)
        return kept

    def _append(self, received: Received, *, hint: bool) -> None:
        self._arrivals.append(
            _Arrival(
                sequence=len(self._arrivals) + 1,
                received=received,
                hint=hint,
                state="waiting",
                attempts=0,
                due_at=received.received_at,
            )
        )

    async def due(self, now: datetime, limit: int) -> list[Kept]:
        """The first waiting ones of their lanes, as far as their time has come."""
        return [_kept(each) for each in self._heads() if each.due_at <= now][:limit]

    def _heads(self) -> list[_Arrival]:
        """Those without an older one of their lanes before them."""
        seen: set[str] = set()
        heads = []
        for arrival in self._arrivals:
            if arrival.state == "waiting":
                if seen.isdisjoint(arrival.received.lanes):
                    heads.append(arrival)
                seen.update(arrival.received.lanes)
        return heads

    async def claim(
        self, *, now: datetime, lease: str, until: datetime, limit: int, per_host: int
    ) -> list[Kept]:
        """Due ones under a lease, hosts in turn, friends first."""
        waiting = [each for each in self._arrivals if each.state == "waiting"]
        held = [each for each in waiting if each.in_hand(now)]
        hosts = Counter(each.received.host for each in held)
        things = {thing for each in held for thing in each.things}
        claimed: list[Kept] = []
        for arrival in _in_turn([a for a in self._heads() if a.due_at <= now and a not in held]):
            free = len(claimed) < limit and hosts[arrival.received.host] < per_host
            if free and things.isdisjoint(arrival.things):
                hosts[arrival.received.host] += 1
                things |= arrival.things
                arrival.attempts += 1
                arrival.lease, arrival.lease_until = lease, until
                claimed.append(_kept(arrival))
        return claimed

    async def release_all(self, *, except_lease: str) -> int:
        """Void the leases of processes that are gone; how many."""
        stale = [each for each in self._arrivals if each.lease not in {None, except_lease}]
        for arrival in stale:
            arrival.let_go()
        return len(stale)

    async def postpone(self, sequence: int, *, until: datetime, reason: str) -> None:
        """Try again later."""
        arrival = self._arrivals[sequence - 1]
        if arrival.state == "waiting":
            arrival.due_at = until
            arrival.let_go()

    async def park(self, sequence: int, *, reason: str) -> None:
        """Put aside for a person to look at; its lane goes on."""
        self._close(sequence, "parked", reason)

    async def recall(self, activity_id: str, sender: str) -> Recalled | None:
        """What this sender's activity was; None when it is not known."""
        for each in (arrival.received for arrival in self._arrivals if not arrival.hint):
            if (each.activity_id, each.sender) == (activity_id, sender) and each.object_id:
                return Recalled(kind=each.kind, object_id=each.object_id)
        return None

    async def backlog(self) -> Backlog:
        """How many wait, in all and from each host."""
        hosts = Counter(a.received.host for a in self._arrivals if a.state == "waiting")
        return Backlog(total=hosts.total(), by_host=dict(hosts))

    async def friends(self) -> frozenset[str]:
        """The hosts of friends."""
        return self.friendly

    async def done(self, sequence: int, *, outcome: str, now: datetime) -> None:
        """Mark what was handled. Raises: AlreadyHandled."""
        if self._arrivals[sequence - 1].state != "waiting":
            raise AlreadyHandled("The activity waits no more.")
        self._close(sequence, "done", outcome)

    def _close(self, sequence: int, state: str, outcome: str) -> None:
        arrival = self._arrivals[sequence - 1]
        if arrival.state == "waiting":
            arrival.state = state
            arrival.let_go()
            self.outcomes[sequence] = outcome


def _in_turn(arrivals: list[_Arrival]) -> list[_Arrival]:
    """One of each host, then a second of each, and so on; friends first in each round."""
    rounds: Counter[str] = Counter()
    placed = []
    for arrival in arrivals:
        host = arrival.received.host
        placed.append((rounds[host], not arrival.received.friend, arrival.sequence, arrival))
        rounds[host] += 1
    return [arrival for *_, arrival in sorted(placed, key=lambda each: each[:3])]


def _kept(arrival: _Arrival) -> Kept:
    received = arrival.received
    return Kept(
        sequence=arrival.sequence,
        activity_id=received.activity_id,
        sender=received.sender,
        kind=received.kind,
        inbox=received.inbox,
        body=received.body,
        attempts=arrival.attempts,
        received_at=received.received_at,
        host=received.host,
        hint=arrival.hint,
    )
