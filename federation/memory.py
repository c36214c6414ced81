"""Every port in memory: for tests, and the plainest statement of what each port means.

Nothing here is durable. `Mailroom` is the state that both ends of the outbox share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from federation.errors import AlreadyHandled
from federation.ports import (
    Delivery,
    Destination,
    Kept,
    Outgoing,
    Receipt,
    Received,
    RemoteActor,
    SigningKey,
)
from keys.keypair import PrivateKey

_START = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)


class FakeClock:
    """A clock that moves only when it is told to."""

    def __init__(self, start: datetime = _START) -> None:
        self._now = start

    def now(self) -> datetime:
        """The present moment of this clock."""
        return self._now

    def advance(self, step: timedelta) -> None:
        """Move by `step`."""
        self._now += step


class MemoryKeyring:
    """Keys by the id of the actor that signs with them; the key's id is `ACTOR#main-key`."""

    def __init__(self, keys: Mapping[str, PrivateKey]) -> None:
        self._keys = {
            actor: SigningKey(id=f"{actor}#main-key", key=key) for actor, key in keys.items()
        }

    async def signing_key(self, actor: str) -> SigningKey:
        """The key of this actor. Raises: KeyError."""
        return self._keys[actor]


class MemoryActors:
    """`ActorCache`."""

    def __init__(self) -> None:
        self._actors: dict[str, RemoteActor] = {}

    async def actor(self, actor_id: str) -> RemoteActor | None:
        """The kept actor, None if never fetched or forgotten."""
        return self._actors.get(actor_id)

    async def owner_of_key(self, key_id: str) -> RemoteActor | None:
        """The kept actor that lists this key id."""
        for actor in self._actors.values():
            if any(key.id == key_id for key in actor.keys):
                return actor
        return None

    async def keep(self, actor: RemoteActor) -> None:
        """Keep it in place of what was kept under its id."""
        self._actors[actor.id] = actor

    async def forget(self, actor_id: str) -> None:
        """Drop it; nothing happens if it is not there."""
        self._actors.pop(actor_id, None)


# --- inward --------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Arrival:
    sequence: int
    received: Received
    state: str
    attempts: int
    due_at: datetime

    @property
    def lane(self) -> tuple[str, str]:
        return self.received.sender, self.received.object_id or self.received.activity_id


class MemoryInbox:
    """`InboxLog`, and `Handled` by `.done` as well."""

    def __init__(self) -> None:
        self._arrivals: list[_Arrival] = []
        self.outcomes: dict[int, str] = {}

    async def add(self, received: Received) -> Receipt:
        """Keep it, unless the same document was kept under the same id."""
        wanted = received.activity_id, received.digest
        if any((a.received.activity_id, a.received.digest) == wanted for a in self._arrivals):
            return Receipt.SEEN_BEFORE
        self._arrivals.append(
            _Arrival(
                sequence=len(self._arrivals) + 1,
                received=received,
                state="waiting",
                attempts=0,
                due_at=received.received_at,
            )
        )
        return Receipt.KEPT

    async def due(self, now: datetime, limit: int) -> list[Kept]:
        """The first waiting one of each lane, as far as its time has come."""
        first: dict[tuple[str, str], _Arrival] = {}
        for arrival in self._arrivals:
            if arrival.state == "waiting":
                first.setdefault(arrival.lane, arrival)
        return [_kept(each) for each in first.values() if each.due_at <= now][:limit]

    async def postpone(self, sequence: int, *, attempts: int, until: datetime, reason: str) -> None:
        """Try again later."""
        arrival = self._arrivals[sequence - 1]
        if arrival.state == "waiting":
            arrival.attempts, arrival.due_at = attempts, until

    async def park(self, sequence: int, *, reason: str) -> None:
        """Put aside for a person to look at; its lane goes on."""
        self._close(sequence, "parked", reason)

    async def done(self, sequence: int, *, outcome: str, now: datetime) -> None:
        """Mark what was handled. Raises: AlreadyHandled."""
        if self._arrivals[sequence - 1].state != "waiting":
            raise AlreadyHandled("The activity waits no more.")
        self._close(sequence, "done", outcome)

    def _close(self, sequence: int, state: str, outcome: str) -> None:
        arrival = self._arrivals[sequence - 1]
        if arrival.state == "waiting":
            arrival.state = state
            self.outcomes[sequence] = outcome


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
    )


# --- outward -------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Posting:
    sequence: int
    activity: Outgoing
    destination: Destination
    next_at: datetime
    state: str = "due"
    attempts: int = 0
    first_attempt_at: datetime | None = None
    lease: str | None = None
    lease_until: datetime | None = None
    reason: str | None = None

    @property
    def lane(self) -> tuple[str, str]:
        return self.destination.host, self.activity.object_id

    def leased_at(self, now: datetime) -> bool:
        return self.lease is not None and self.lease_until is not None and self.lease_until > now

    def end(self, state: str, reason: str | None) -> None:
        self.state, self.reason = state, reason
        self.lease = self.lease_until = None


class Mailroom:
    """What leaves, as both ends of the outbox see it; `ended` are the inboxes that are gone."""

    def __init__(self) -> None:
        self.postings: list[_Posting] = []
        self.ended: list[str] = []

    @contextmanager
    def transaction(self) -> Iterator[MemoryOutbox]:
        """An outbox whose changes are undone when the block raises."""
        before = [replace(each) for each in self.postings]
        try:
            yield MemoryOutbox(self)
        except BaseException:
            self.postings = before
            raise

    def due(self) -> list[_Posting]:
        """Everything that waits, in order of arrival."""
        return [each for each in self.postings if each.state == "due"]


class MemoryOutbox:
    """`OutboxLog`."""

    def __init__(self, room: Mailroom) -> None:
        self._room = room

    async def add(self, activity: Outgoing, destinations: Sequence[Destination]) -> None:
        """Keep one due delivery per destination."""
        for destination in destinations:
            posting = _Posting(
                sequence=len(self._room.postings) + 1,
                activity=activity,
                destination=destination,
                next_at=activity.created,
            )
            self._room.postings.append(posting)

    async def attempted(self, object_id: str) -> list[Destination]:
        """Every destination to which an attempt for this object was ever begun."""
        begun = {
            each.destination
            for each in self._room.postings
            if each.activity.object_id == object_id and each.attempts
        }
        return sorted(begun, key=lambda destination: destination.inbox)

    async def cancel_unattempted(self, object_id: str) -> int:
        """Cancel due deliveries for this object that were never attempted; how many."""
        return self._cancel(
            [p for p in self._room.due() if p.activity.object_id == object_id and not p.attempts],
            "erased",
        )

    async def cancel_to(self, actor: str, inbox: str) -> int:
        """Cancel due deliveries by this local actor to this inbox; how many."""
        found = [p for p in self._room.due() if p.activity.actor == actor]
        return self._cancel([p for p in found if p.destination.inbox == inbox], "withdrawn")

    def _cancel(self, postings: Sequence[_Posting], reason: str) -> int:
        for posting in postings:
            posting.end("cancelled", reason)
        return len(postings)


class MemoryDeliveries:
    """`DeliveryLog`."""

    def __init__(self, room: Mailroom) -> None:
        self._room = room

    async def claim(
        self, *, now: datetime, lease: str, until: datetime, limit: int, per_host: int
    ) -> list[Delivery]:
        """Due deliveries, recorded as attempted and leased, oldest first."""
        busy = Counter(p.destination.host for p in self._room.due() if p.leased_at(now))
        claimed: list[Delivery] = []
        for posting in sorted(self._free(now), key=lambda p: (p.next_at, p.sequence)):
            host = posting.destination.host
            if len(claimed) < limit and busy[host] < per_host:
                busy[host] += 1
                claimed.append(_claimed(posting, now, lease, until))
        return claimed

    def _free(self, now: datetime) -> list[_Posting]:
        return [p for p in self._heads() if p.next_at <= now and not p.leased_at(now)]

    def _heads(self) -> list[_Posting]:
        """Of each lane the postings of its first activity."""
        first: dict[tuple[str, str], str] = {}
        for posting in self._room.due():
            first.setdefault(posting.lane, posting.activity.id)
        return [p for p in self._room.due() if first[p.lane] == p.activity.id]

    async def release_all(self, *, except_lease: str) -> int:
        """Void the leases of processes that are gone; how many."""
        stale = [p for p in self._room.postings if p.lease not in {None, except_lease}]
        for posting in stale:
            posting.lease = posting.lease_until = None
        return len(stale)

    async def delivered(self, sequence: int, *, lease: str, now: datetime) -> bool:
        """Done; False when the lease was lost."""
        return self._finish(sequence, lease, "done", None)

    async def park(self, sequence: int, *, lease: str, now: datetime, reason: str) -> bool:
        """Put aside for a person to look at; its lane goes on. False when the lease was lost."""
        return self._finish(sequence, lease, "parked", reason)

    async def retry(self, sequence: int, *, lease: str, at: datetime, reason: str) -> bool:
        """Due again at `at`; False when the lease was lost."""
        if not self._finish(sequence, lease, "due", reason):
            return False
        self._room.postings[sequence - 1].next_at = at
        return True

    async def end_follow(self, *, inbox: str, now: datetime, reason: str) -> None:
        """The inbox is gone for good: remembered in `ended`, its due deliveries are cancelled."""
        self._room.ended.append(inbox)
        for posting in self._room.due():
            if posting.destination.inbox == inbox:
                posting.end("cancelled", reason)

    async def next_due(self) -> datetime | None:
        """When the next delivery may be claimed, None when nothing waits."""
        free = [p.next_at for p in self._heads() if p.lease is None]
        leased = [p.lease_until for p in self._room.due() if p.lease_until is not None]
        return min(free + leased, default=None)

    def _finish(self, sequence: int, lease: str, state: str, reason: str | None) -> bool:
        posting = self._room.postings[sequence - 1]
        if posting.lease != lease or posting.state != "due":
            return False
        posting.end(state, reason)
        return True


def _claimed(posting: _Posting, now: datetime, lease: str, until: datetime) -> Delivery:
    posting.attempts += 1
    posting.first_attempt_at = posting.first_attempt_at or now
    posting.lease, posting.lease_until = lease, until
    return Delivery(
        sequence=posting.sequence,
        activity_id=posting.activity.id,
        actor=posting.activity.actor,
        kind=posting.activity.kind,
        inbox=posting.destination.inbox,
        host=posting.destination.host,
        body=posting.activity.body,
        attempts=posting.attempts,
        created=posting.activity.created,
        first_attempt_at=posting.first_attempt_at,
    )
