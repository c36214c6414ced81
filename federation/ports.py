"""What federation asks of its host: few methods, in the words of the task, atomic in themselves.

Two kinds of port. The *logs* (`InboxLog`, `DeliveryLog`, `ActorCache`) open and commit their own
transactions. `OutboxLog` and `Handled` are bound to a transaction that the host has open, so that
an effect and what must leave because of it are kept together or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol

from keys.keypair import PrivateKey
from keys.message import Request


class Clock(Protocol):
    """The time, as an argument."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""


# --- the way out ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a server answered: header names in lower case, body after decompression."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """The one gate through which every byte leaves; it never follows a redirect."""

    async def send(self, request: Request, *, limit: int, seconds: float) -> Response:
        """The answer to one request.

        `limit` is the largest body in bytes, `seconds` the time for everything together.
        Raises: AddressRefused, Unreachable, TooLarge.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key of ours with the id under which peers find its public half."""

    id: str
    key: PrivateKey


class Keyring(Protocol):
    """Our own keys, parsed once and held."""

    async def signing_key(self, actor: str) -> SigningKey:
        """The RSA key with which this local actor signs requests. Raises: KeyError."""


# --- actors of other servers ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteKey:
    """One public key that an actor lists and that names the actor as its owner."""

    id: str
    pem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteActor:
    """An actor of another server as its own origin served it."""

    id: str
    type: str
    username: str
    host: str
    name: str
    inbox: str
    shared_inbox: str | None
    followers: str | None
    outbox: str | None
    url: str | None
    keys: tuple[RemoteKey, ...]
    fetched_at: datetime
    document: bytes = field(repr=False)


class ActorCache(Protocol):
    """Remote actors kept between requests; one writer per actor, the last fetch wins."""

    async def actor(self, actor_id: str) -> RemoteActor | None:
        """The kept actor, None if never fetched or forgotten."""

    async def owner_of_key(self, key_id: str) -> RemoteActor | None:
        """The kept actor that lists this key id."""

    async def keep(self, actor: RemoteActor) -> None:
        """Keep it in place of what was kept under its id."""

    async def forget(self, actor_id: str) -> None:
        """Drop it; nothing happens if it is not there."""


# --- inward --------------------------------------------------------------------------------------


class Receipt(Enum):
    """What became of one POST that was believed."""

    KEPT = "kept"
    SEEN_BEFORE = "seen-before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A believed activity with its raw bytes, about to be kept."""

    activity_id: str
    digest: str
    sender: str
    host: str
    kind: str
    object_id: str | None
    inbox: str
    body: bytes = field(repr=False)
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A kept activity that waits for its listener; `sequence` grows in order of arrival."""

    sequence: int
    activity_id: str
    sender: str
    kind: str
    inbox: str
    body: bytes = field(repr=False)
    attempts: int
    received_at: datetime


class InboxLog(Protocol):
    """Kept activities, unique by (activity id, digest of the document)."""

    async def add(self, received: Received) -> Receipt:
        """Keep it durably; committed when this returns."""

    async def due(self, now: datetime, limit: int) -> list[Kept]:
        """The waiting ones whose time has come, oldest first, at most one for each lane
        (sender and object), none whose lane holds an older waiting one."""

    async def postpone(self, sequence: int, *, attempts: int, until: datetime, reason: str) -> None:
        """Try again later."""

    async def park(self, sequence: int, *, reason: str) -> None:
        """Put aside for a person to look at; its lane goes on."""


class Handled(Protocol):
    """Bound to the host's transaction: marks what was handled in the same commit as its effects."""

    async def done(self, sequence: int, *, outcome: str, now: datetime) -> None:
        """`outcome`: "handled", "unheard" or "refused:REASON"."""


# --- outward -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One inbox to which an activity goes, and the host whose lane and breaker it shares."""

    inbox: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """An activity as it leaves: its bytes never change between attempts."""

    id: str
    actor: str
    kind: str
    object_id: str
    body: bytes = field(repr=False)
    created: datetime


class OutboxLog(Protocol):
    """Bound to the host's transaction: an activity and all its deliveries, or neither."""

    async def add(self, activity: Outgoing, destinations: Sequence[Destination]) -> None:
        """Keep the activity and one due delivery per destination."""

    async def attempted(self, object_id: str) -> list[Destination]:
        """Every destination to which an attempt for this object was ever begun."""

    async def cancel_unattempted(self, object_id: str) -> int:
        """Cancel due deliveries for this object that were never attempted; how many."""

    async def cancel_to(self, actor: str, inbox: str) -> int:
        """Cancel due deliveries by this local actor to this inbox; how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One claimed delivery under a lease; `attempts` counts this one."""

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


class DeliveryLog(Protocol):
    """Deliveries on their way. Every finishing call is fenced: it does nothing and answers False
    when the lease is no longer held by `lease`."""

    async def claim(
        self, *, now: datetime, lease: str, until: datetime, limit: int, per_host: int
    ) -> list[Delivery]:
        """Due deliveries, recorded as attempted and leased before anything is sent: at most
        `per_host` for each host (counting those already leased), in order within a lane
        (host and object)."""

    async def release_all(self, *, except_lease: str) -> int:
        """Void the leases of processes that are gone (called at start); how many."""

    async def delivered(self, sequence: int, *, lease: str, now: datetime) -> bool: ...

    async def retry(self, sequence: int, *, lease: str, at: datetime, reason: str) -> bool: ...

    async def park(self, sequence: int, *, lease: str, now: datetime, reason: str) -> bool: ...

    async def end_follow(self, *, inbox: str, now: datetime, reason: str) -> None:
        """The inbox is gone for good: its followers leave and its due deliveries are cancelled."""

    async def next_due(self) -> datetime | None:
        """When the next delivery falls due, None when nothing waits."""
