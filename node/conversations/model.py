"""What people say to us and about us, and what the community answers: things and bounds, pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from node.ids import LENGTH
from node.urls import Urls

LONGEST_HTML = 20_000
"""Characters of a reply that are looked at, before it is cleaned."""
LONGEST_WARNING = 500
LONGEST_NAME = 100
LONGEST_ANSWER = 5_000
MOST_LINKS = 8
MOST_TAGS = 50
DEEPEST = 20
DAILY_BY_ACTOR = 30
"""Replies, messages and mentions that one actor can leave here in a day."""
MOST_UNDER_ONE_THING = 5_000
MOST_BY_ACTOR_THERE = 50
MOST_HELD_OF_HOST = 100
MOST_REACTIONS_OF_HOST = 2_000
"""Likes and shares of one thing that actors of one host can give."""
DAILY_QUOTES = 50
NEWEST = "z" * LENGTH
"""An id that sorts after all others."""


class ReplyRule(Enum):
    """What becomes of a public reply: shown at once, held for those who comment for the first
    time, held always, or not taken at all."""

    OPEN = "open"
    FIRST_HELD = "first-held"
    ALL_HELD = "all-held"
    CLOSED = "closed"


class ReplyState(Enum):
    """Whether guests see it. What is not for everybody is HELD until the team has dealt with it."""

    SHOWN = "shown"
    HELD = "held"
    HIDDEN = "hidden"


class Visibility(Enum):
    """For whom its author meant it; what she told only her followers and us counts as DIRECT."""

    PUBLIC = "public"
    DIRECT = "direct"


class ReactionKind(Enum):
    """What can be counted without words."""

    LIKE = "like"
    SHARE = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What hangs on a reply: `kind` is "picture", "video", "audio", "file" or "quote".

    `words` describe it, in the author's words or none.
    """

    url: str
    words: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Something that somebody elsewhere wrote, to us or about us.

    `address` is its id at its origin, `subject` the thing of ours under which it stands, `parent`
    what it answers. Without a subject it is a message (DIRECT) or a mention (PUBLIC). `html` is
    clean, `warning` plain text. `barred`: a rule about its author keeps it away from pages.
    """

    id: str
    address: str
    subject: str | None
    parent: str | None
    depth: int
    author: str
    author_name: str
    handle: str
    host: str
    url: str | None
    inbox: str
    shared_inbox: str | None
    html: str
    warning: str | None
    language: str | None
    links: Sequence[Extra]
    visibility: Visibility
    state: ReplyState
    barred: bool
    published: datetime
    updated: datetime
    received: datetime
    decided: datetime | None = None

    @property
    def is_shown(self) -> bool:
        """Whether guests see it on a page."""
        return self.state is ReplyState.SHOWN and not self.barred

    @property
    def kind(self) -> str:
        """ "message", "mention" or "reply"."""
        if self.visibility is Visibility.DIRECT:
            return "message"
        return "reply" if self.subject else "mention"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the community said to somebody, or under a thing of its own.

    `texts` are Markdown by language; `actor` and `inbox` are of whom it answers, None where that
    is the community itself. `document` is what its address serves; empty for a direct one, which
    is kept where all direct notes are.
    """

    id: str
    subject: str | None
    parent: str
    actor: str | None
    actor_name: str | None
    inbox: str | None
    shared_inbox: str | None
    visibility: Visibility
    texts: Mapping[str, str]
    document: bytes
    said_by: str | None
    deleted: bool
    published: datetime
    updated: datetime

    @property
    def language(self) -> str:
        """The language in which it was first written."""
        return next(iter(self.texts), "en")

    def address(self, urls: Urls) -> str:
        """Its id: among the direct notes if only one person got it."""
        direct = self.visibility is Visibility.DIRECT
        return urls.note(self.id) if direct else urls.answer(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """Our word that a post may quote a thing of ours, until it is revoked. Spec: FEP-044f"""

    id: str
    thing: str
    quoting: str
    actor: str
    inbox: str
    request: str
    created: datetime
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A thing of ours that can be answered: `id` is the address that was named, `root` that of the
    thing under whose page its conversation stands; `public` False for what only one person got."""

    id: str
    root: str | None
    depth: int = 0
    public: bool = True


@dataclass(frozen=True, slots=True)
class Counts:
    """How many like a thing, and how many have shared it."""

    likes: int = 0
    shares: int = 0
