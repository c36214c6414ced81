"""What leaves, as its host keeps it: the ports of the way out and their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, IntEnum
from typing import Protocol


class Grade(IntEnum):
    """Which places a host's deliveries take: those of one grade never keep another waiting.

    PROVEN hosts took something and have not failed since; NEW ones were never tried; all others are
    DOUBTFUL: failing, away or slow.
    """

    PROVEN = 0
    NEW = 1
    DOUBTFUL = 2


class Sign(Enum):
    """What one attempt says of the host: it lives, it is in trouble, or nothing."""

    ALIVE = "alive"
    TROUBLE = "trouble"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one attempt taught about its host.

    `seconds` is how long the answer took; `chance`, from 0 to 1, spreads the next probe;
    `held_until` is set when the host asked to be left alone until then.
    """

    sign: Sign = Sign.NOTHING
    seconds: float = 0.0
    chance: float = 0.5
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One inbox to which an activity goes, and the host whose lane and breaker it shares."""

    inbox: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """An activity as it leaves: its bytes never change between attempts.

    `announces_key`: the id of the actor's new key that this Update brings; at each host it goes
    before everything else.
    """

    id: str
    actor: str
    kind: str
    object_id: str
    body: bytes = field(repr=False)
    created: datetime
    announces_key: str | None = None

    @property
    def erases_its_actor(self) -> bool:
        """Whether this is an actor's own Delete: it waits for nothing."""
        return self.kind == "Delete" and self.object_id == self.actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """An activity that some destinations were never tried with, and these."""

    activity: Outgoing
    destinations: tuple[Destination, ...]


class OutboxLog(Protocol):
    """Bound to the host's transaction: an activity and all its deliveries, or neither."""

    async def add(self, activity: Outgoing, destinations: Sequence[Destination]) -> None:
        """Keep the activity and one due delivery per destination."""

    async def attempted(self, object_id: str) -> list[Destination]:
        """Every destination to which an attempt for this object was ever begun."""

    async def attempted_by(self, actor: str) -> list[Destination]:
        """Every destination to which an attempt by this local actor was ever begun."""

    async def fresh(self, object_id: str) -> list[Fresh]:
        """What is due about this object (the lane's) and was never attempted, oldest first."""

    async def cancel_fresh(
        self, activity_id: str, inboxes: Sequence[str], *, reason: str
    ) -> list[str]:
        """Cancel never attempted deliveries of one activity to these inboxes; to which it did."""

    async def rewrite_fresh(self, activity: Outgoing, inboxes: Sequence[str]) -> list[str]:
        """Let these inboxes, where none was attempted, get the activity of this id with this
        body; for which it did."""

    async def cancel_unattempted(self, object_id: str) -> int:
        """Cancel due deliveries for this object that were never attempted; how many."""

    async def cancel_unattempted_by(self, actor: str) -> int:
        """Cancel due deliveries by this local actor that were never attempted; how many."""

    async def cancel_to(self, actor: str, inbox: str) -> int:
        """Cancel what this local actor has due for this inbox and is for followers only; how
        many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One claimed delivery under a lease; `attempts` counts this one.

    `key_id` is the key of the actor that the host is known to hold, None for the newest.
    `refusals` are the answers before this one, without interruption since `refused_since`, by which
    the peer said that it does not want it.
    """

    sequence: int
    activity_id: str
    actor: str
    kind: str
    inbox: str
    host: str
    body: bytes = field(repr=False)
    attempts: int
    created: datetime
    first_attempt_at: datetime
    key_id: str | None = None
    refusals: int = 0
    refused_since: datetime | None = None
    grade: Grade = Grade.PROVEN


class DeliveryLog(Protocol):
    """Deliveries on their way. Every finishing call is fenced: it does nothing and answers False
    when the lease is no longer held by `lease`. With it goes what was learned of the host."""

    async def claim(
        self, *, now: datetime, lease: str, until: datetime, room: Mapping[Grade, int]
    ) -> list[Delivery]:
        """Due deliveries, recorded as attempted and leased before anything is sent.

        At most `room` for each grade of hosts, for each host as many as `breaker.allowance` says
        (counting those already leased), in order within a lane (host and object). Of one host the
        erasures go first; an Update that announces a key goes before all and alone.
        """

    async def renew(self, sequence: int, *, lease: str, until: datetime) -> bool:
        """Hold the lease for longer."""

    async def release_all(self, *, except_lease: str) -> int:
        """Void the leases of processes that are gone (called at start); how many."""

    async def delivered(
        self, sequence: int, *, lease: str, now: datetime, report: Report = ...
    ) -> bool:
        """Done; the host holds the key that this brought."""

    async def retry(
        self,
        sequence: int,
        *,
        lease: str,
        now: datetime,
        at: datetime,
        reason: str,
        refused: bool = False,
        report: Report = ...,
    ) -> bool:
        """Due again at `at`, or when the host has recovered; counted if the peer refused it."""

    async def park(
        self, sequence: int, *, lease: str, now: datetime, reason: str, report: Report = ...
    ) -> bool:
        """Put aside for a person to look at; its lane goes on."""

    async def cancel(
        self, sequence: int, *, lease: str, now: datetime, reason: str, report: Report = ...
    ) -> bool:
        """Not to be sent at all; its lane goes on."""

    async def behind(self, inbox: str) -> list[str]:
        """Ids of the actors that are reached through this inbox, at most a few."""

    async def end_follow(self, *, actor: str, inbox: str, now: datetime, reason: str) -> None:
        """The actor is gone for good: its relations with us end. What is due to its inbox is
        cancelled, unless others are reached through that."""

    async def moved(
        self, *, actor: str, inbox: str, to: Destination, sequence: int, now: datetime
    ) -> None:
        """The actor's inbox is elsewhere now: relations and what is due to the old one go there,
        of what is under way only `sequence`."""

    async def next_due(self) -> datetime | None:
        """When it is worth claiming again, None when nothing waits."""

    async def mend(self, now: datetime) -> None:
        """Let nothing wait because a clock was wrong or a wake-up was lost."""


class Neighbours(Protocol):
    """What the way in tells the way out."""

    async def heard_from(self, host: str, now: datetime) -> None:
        """A request of this host was believed: if its breaker is open, it is probed now."""
