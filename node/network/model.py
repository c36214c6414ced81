"""Other communities: whom we follow, and what arrived from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any


class FollowState(Enum):
    """How far a follow of ours has come."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """An actor elsewhere that our community follows."""

    actor: str
    handle: str
    name: str
    inbox: str
    url: str | None
    follow_id: str
    state: FollowState
    since: datetime


class ReadingState(Enum):
    """How far the reading of somebody's past has come."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """The reading of what an actor published before we followed it.

    `found` are the things that its server told, `kept` those new to us; `outcome` is how the last
    reading ended ("whole", "bounds", or what hindered it), None before the first.
    """

    actor: str
    state: ReadingState
    asked: datetime
    attempts: int
    found: int
    kept: int
    outcome: str | None
    ended: datetime | None


class Visibility(Enum):
    """Who is shown something from elsewhere; STAFF when its author is limited, NOBODY when its
    author, or who shared it, is suspended."""

    PUBLIC = "public"
    STAFF = "staff"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteThing:
    """Something public from another community, as its own origin gave it.

    `document` is kept whole; `shared_by` names who announced it, None if its author did. `uuid` is
    what Mobilizon and others call it besides its id.
    """

    id: str
    author: str
    author_name: str
    kind: str
    shared_by: str | None
    start: datetime | None
    end: datetime | None
    cancelled: bool
    url: str
    document: Mapping[str, Any]
    published: datetime
    updated: datetime
    received: datetime
    visibility: Visibility = Visibility.PUBLIC
    uuid: str | None = None

    @property
    def answers(self) -> bool:
        """Whether it is a reply to something."""
        return bool(self.document.get("inReplyTo"))
