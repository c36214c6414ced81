"""Cases: what was reported, by what kind of people, what was decided, and the appeal against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

LONGEST_WORDS = 5_000
LONGEST_REASON = 1_000
LONGEST_CONTACT = 200
MOST_OPEN = 500
"""Cases that wait at once; beyond them nothing new is taken from strangers."""
MOST_COMPLAINTS = 20
"""Complaints about one thing that are kept; further ones say nothing new."""
APPEALS_WITHIN = timedelta(days=30)
KEPT = timedelta(days=90)
"""What is closed is kept for so long; then only numbers. Spec: limits 4.8"""
PURPOSE = "reporter"
"""What the seal of a reporter's name and address is for."""


class CaseKind(Enum):
    """What was reported: something of others here or elsewhere, of the community, a member, or what
    a member wrote as her own actor."""

    REPLY = "reply"
    MENTION = "mention"
    MESSAGE = "message"
    REMOTE = "remote"
    OWN = "own"
    MEMBER = "member"
    POST = "post"


class CaseState(Enum):
    """How far a case has come. Spec: life of a report (platforms: e.8)"""

    OPEN = "open"
    DECIDED = "decided"
    APPEALED = "appealed"
    CLOSED = "closed"


class Category(Enum):
    """What somebody says is wrong."""

    HATE = "hate"
    THREAT = "threat"
    PRIVATE = "private"
    SPAM = "spam"
    OTHER = "other"


class Source(Enum):
    """Where a complaint comes from; never who."""

    HERE = "here"
    MEMBER = "member"
    FLAG = "flag"
    TEAM = "team"


class Decision(Enum):
    """What comes of a case."""

    NOTHING = "nothing"
    HIDE = "hide"
    REMOVE = "remove"
    LIMIT_AUTHOR = "limit-author"
    SUSPEND_AUTHOR = "suspend-author"
    LIMIT_SERVER = "limit-server"
    SUSPEND_SERVER = "suspend-server"
    TAKE_RIGHTS = "take-rights"


class Outcome(Enum):
    """What comes of an appeal."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"


_RULES = (
    Decision.LIMIT_AUTHOR,
    Decision.SUSPEND_AUTHOR,
    Decision.LIMIT_SERVER,
    Decision.SUSPEND_SERVER,
)
CHOICES: Mapping[CaseKind, Sequence[Decision]] = {
    CaseKind.REPLY: (Decision.NOTHING, Decision.HIDE, *_RULES),
    CaseKind.MENTION: (Decision.NOTHING, *_RULES),
    CaseKind.MESSAGE: (Decision.NOTHING, *_RULES),
    CaseKind.REMOTE: (Decision.NOTHING, Decision.HIDE, *_RULES),
    CaseKind.OWN: (Decision.NOTHING,),
    CaseKind.MEMBER: (Decision.NOTHING, Decision.TAKE_RIGHTS),
    CaseKind.POST: (Decision.NOTHING, Decision.REMOVE),
}
"""What can be decided about each kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was reported, as it was: `html` is clean, the rest plain text. `about` is the address
    of a page with it, None where there is none."""

    name: str = ""
    handle: str = ""
    html: str = ""
    warning: str | None = None
    language: str | None = None
    about: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """Something that can be reported; `public`: everybody sees it, so everybody may report it."""

    kind: CaseKind
    target: str
    author: str
    host: str
    inbox: str | None = None
    shared_inbox: str | None = None
    snapshot: Snapshot
    public: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One person's or server's word about a thing. `sealed` says who she is, if she said so."""

    id: str
    case: str
    source: Source
    report: str | None
    category: Category
    words: str
    forward: bool
    sealed: bytes | None
    receipt: str | None
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that was said and decided about one thing.

    `told`: the author heard of it, and may appeal. `role_before` is what a member was,
    `role_before_until` until when, None for good.
    """

    id: str
    kind: CaseKind
    target: str
    author: str
    host: str
    inbox: str | None
    shared_inbox: str | None
    snapshot: Snapshot
    state: CaseState
    created: datetime
    decision: Decision | None = None
    reason: str | None = None
    decided_by: str | None = None
    decided: datetime | None = None
    told: bool = False
    role_before: str | None = None
    role_before_until: datetime | None = None
    appeal: str | None = None
    appealed: datetime | None = None
    outcome: Outcome | None = None
    outcome_reason: str | None = None
    outcome_by: str | None = None
    closed: datetime | None = None

    def may_be_appealed(self, now: datetime) -> bool:
        """Whether its author may still ask that somebody else looks at it."""
        open_still = self.decided is not None and now < self.decided + APPEALS_WITHIN
        return self.state is CaseState.DECIDED and self.told and open_still and not self.appeal


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What somebody of the team decides. `tell`: let the author know, where that is safe.

    `forward`: what her server is told, in nobody's name; None: nothing.
    """

    decision: Decision
    reason: str
    tell: bool = True
    forward: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Somebody of the team read a message that was reported."""

    person: str
    at: datetime
