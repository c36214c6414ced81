"""The way out in memory: `Mailroom` is the state that both of its ends share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from federation.outward.breaker import HostState, heard
from federation.outward.lanes import FOR_FOLLOWERS, Turn, lane_of, turn_of
from federation.ports import Destination, Fresh, Outgoing


@dataclass(slots=True, kw_only=True)
class Posting:
    """One delivery."""

    sequence: int
    activity: Outgoing
    destination: Destination
    lane: str
    turn: Turn
    next_at: datetime
    body: bytes = field(repr=False)
    state: str = "due"
    attempts: int = 0
    first_attempt_at: datetime | None = None
    refusals: int = 0
    refused_since: datetime | None = None
    lease: str | None = None
    lease_until: datetime | None = None
    reason: str | None = None

    @property
    def host(self) -> str:
        """Where it goes."""
        return self.destination.host

    @property
    def fresh(self) -> bool:
        """Whether it is due and was never attempted."""
        return self.state == "due" and not self.attempts

    def leased_at(self, now: datetime) -> bool:
        """Whether somebody is sending it."""
        return self.lease is not None and self.lease_until is not None and self.lease_until > now

    def end(self, state: str, reason: str | None) -> None:
        """Let go of the lease."""
        self.state, self.reason = state, reason
        self.lease = self.lease_until = None


class Mailroom:
    """What leaves, as both ends of the outbox see it, how the hosts are, and who follows us.

    `followers` maps actors to their inboxes, `keys` (our actor, host) to the key that it holds;
    `ended` are the actors that are gone, `stale` the inboxes that miss something.
    """

    def __init__(self) -> None:
        self.postings: list[Posting] = []
        self.hosts: dict[str, HostState] = {}
        self.followers: dict[str, str] = {}
        self.keys: dict[tuple[str, str], str] = {}
        self.ended: list[str] = []
        self.stale: set[str] = set()

    @contextmanager
    def transaction(self) -> Iterator[MemoryOutbox]:
        """An outbox whose changes are undone when the block raises."""
        before = [replace(each) for each in self.postings]
        try:
            yield MemoryOutbox(self)
        except BaseException:
            self.postings = before
            raise

    def due(self) -> list[Posting]:
        """Everything that waits, in order of arrival."""
        return [each for each in self.postings if each.state == "due"]

    def host(self, name: str) -> HostState:
        """How a host is doing."""
        return self.hosts.get(name) or HostState(name=name)


class MemoryNeighbours:
    """`Neighbours`."""

    def __init__(self, room: Mailroom) -> None:
        self._room = room

    async def heard_from(self, host: str, now: datetime) -> None:
        """If the host's breaker is open, its next probe is now."""
        self._room.hosts[host] = heard(self._room.host(host), now) or self._room.host(host)


class MemoryOutbox:
    """`OutboxLog`."""

    def __init__(self, room: Mailroom) -> None:
        self._room = room

    async def add(self, activity: Outgoing, destinations: Sequence[Destination]) -> None:
        """Keep one due delivery per destination."""
        for destination in destinations:
            posting = Posting(
                sequence=len(self._room.postings) + 1,
                activity=activity,
                destination=destination,
                lane=lane_of(activity, destination.host),
                turn=turn_of(activity),
                next_at=activity.created,
                body=activity.body,
            )
            self._room.postings.append(posting)

    async def attempted(self, object_id: str) -> list[Destination]:
        """Every destination to which an attempt for this object was ever begun."""
        return self._attempted(lambda posting: posting.activity.object_id == object_id)

    async def attempted_by(self, actor: str) -> list[Destination]:
        """Every destination to which an attempt by this local actor was ever begun."""
        return self._attempted(lambda posting: posting.activity.actor == actor)

    async def fresh(self, object_id: str) -> list[Fresh]:
        """What is due about this object and was never attempted, oldest first."""
        groups: dict[tuple[str, bytes], list[Posting]] = {}
        for posting in self._room.due():
            if posting.fresh and posting.activity.object_id == object_id:
                groups.setdefault((posting.activity.id, posting.body), []).append(posting)
        return [
            Fresh(
                activity=replace(each[0].activity, body=each[0].body),
                destinations=tuple(posting.destination for posting in each),
            )
            for each in groups.values()
        ]

    async def cancel_fresh(
        self, activity_id: str, inboxes: Sequence[str], *, reason: str
    ) -> list[str]:
        """Cancel never attempted deliveries of one activity to these inboxes; to which it did."""
        found = self._fresh_of(activity_id, inboxes)
        self._cancel(found, reason)
        return [posting.destination.inbox for posting in found]

    async def rewrite_fresh(self, activity: Outgoing, inboxes: Sequence[str]) -> list[str]:
        """Let these inboxes get the activity of this id with this body; for which it did."""
        found = self._fresh_of(activity.id, inboxes)
        for posting in found:
            posting.body = activity.body
        return [posting.destination.inbox for posting in found]

    async def cancel_unattempted(self, object_id: str) -> int:
        """Cancel due deliveries for this object that were never attempted; how many."""
        found = [p for p in self._room.due() if p.fresh and p.activity.object_id == object_id]
        return self._cancel(found, "erased")

    async def cancel_unattempted_by(self, actor: str) -> int:
        """Cancel due deliveries by this local actor that were never attempted; how many."""
        found = [p for p in self._room.due() if p.fresh and p.activity.actor == actor]
        return self._cancel(found, "erased")

    async def cancel_to(self, actor: str, inbox: str) -> int:
        """Cancel what this local actor has due for this inbox and is for followers only; how
        many."""
        found = [
            p
            for p in self._room.due()
            if p.activity.actor == actor and p.activity.kind in FOR_FOLLOWERS
        ]
        return self._cancel([p for p in found if p.destination.inbox == inbox], "withdrawn")

    def _fresh_of(self, activity_id: str, inboxes: Sequence[str]) -> list[Posting]:
        mine = [p for p in self._room.due() if p.fresh and p.activity.id == activity_id]
        return [posting for posting in mine if posting.destination.inbox in inboxes]

    def _attempted(self, wanted: Callable[[Posting], bool]) -> list[Destination]:
        begun = {p.destination for p in self._room.postings if p.attempts and wanted(p)}
        return sorted(begun, key=lambda destination: destination.inbox)

    def _cancel(self, postings: Sequence[Posting], reason: str) -> int:
        for posting in postings:
            posting.end("cancelled", reason)
        return len(postings)
