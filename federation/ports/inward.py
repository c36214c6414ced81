"""The way in: what arrived, was believed and is kept until a listener has heard it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Protocol


class Receipt(Enum):
    """What became of one POST that was believed."""

    KEPT = "kept"
    SEEN_BEFORE = "seen-before"
    OTHER_CONTENT = "other-content"
    """A known id with other content: not believed, at most a hint to ask the origin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A believed activity with its raw bytes, about to be kept.

    `touches` is the second thing that it is about: of an `Undo` what the undone was about.
    `friend` says that we follow somebody of `host` or are followed: such are taken up first.
    With `hint` nothing of the body is believed; it is a reason to ask the object's origin.
    """

    activity_id: str
    digest: str
    sender: str
    host: str
    kind: str
    object_id: str | None
    inbox: str
    body: bytes = field(repr=False)
    received_at: datetime
    touches: str | None = None
    friend: bool = False
    hint: bool = False

    @property
    def lanes(self) -> tuple[str, str]:
        """The two lanes in which this one keeps its place: sender and each thing it is about.

        An address holds no space, so the parts cannot be mistaken. What is ours gets the sender
        twice: many are about it, and they need not wait for each other. A hint has lanes of its
        own: whoever brought it must not keep the sender's own words waiting.
        """
        here = self.inbox[: self.inbox.find("/", len("https://")) + 1]
        about = (self.object_id or self.activity_id, self.touches or self.activity_id)
        first, second = (
            f"{self.sender} {each}" if each.startswith(here) else each for each in about
        )
        whose = f"hint:{self.sender}" if self.hint else self.sender
        return f"{whose} {first}", f"{whose} {second}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How many kept activities wait, in all and from each host."""

    total: int
    by_host: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What an activity was that its sender now names by id only."""

    kind: str
    object_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A kept activity that waits for its listener; `sequence` grows in order of arrival.

    `attempts` counts those that were begun, this one included once it is claimed.
    """

    sequence: int
    activity_id: str
    sender: str
    kind: str
    inbox: str
    body: bytes = field(repr=False)
    attempts: int
    received_at: datetime
    host: str = ""
    hint: bool = False


class InboxLog(Protocol):
    """Kept activities, unique by id. Where the same id comes with other content (Mobilizon sends an
    `Update` under the id of its `Create`), a hint is kept beside it that never takes its place: one
    at a time, due five minutes after the one before."""

    async def add(self, received: Received) -> Receipt:
        """Keep it durably; committed when this returns."""

    async def due(self, now: datetime, limit: int) -> list[Kept]:
        """Those that wait and whose time has come, oldest first, the first of each lane only;
        nothing is claimed."""

    async def claim(
        self, *, now: datetime, lease: str, until: datetime, limit: int, per_host: int
    ) -> list[Kept]:
        """Due ones under a lease, their attempt recorded before anything is done.

        None whose sender has an older one waiting in a lane of its own, none that shares a thing
        with what is in hand anywhere. Hosts take turns, friends before strangers three times of
        four; at most `per_host` of a host are in hand.
        """

    async def release_all(self, *, except_lease: str) -> int:
        """Void the leases of processes that are gone (called at start); how many."""

    async def postpone(self, sequence: int, *, until: datetime, reason: str) -> None:
        """Try again later; its lane waits with it."""

    async def park(self, sequence: int, *, reason: str) -> None:
        """Put aside for a person to look at; its lane goes on."""

    async def recall(self, activity_id: str, sender: str) -> Recalled | None:
        """What this sender's activity was, None when it is not known (any more)."""

    async def backlog(self) -> Backlog:
        """How many wait."""

    async def friends(self) -> frozenset[str]:
        """The hosts of whom we follow and of who follows us."""


class Handled(Protocol):
    """Bound to the host's transaction: marks what was handled in the same commit as its effects."""

    async def done(self, sequence: int, *, outcome: str, now: datetime) -> None:
        """`outcome`: "handled", "unheard" or "refused:REASON"."""
