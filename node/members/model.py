"""What members say of themselves, and the actors of those who asked for one; no IO."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from node.community.model import is_handle

LONGEST_NAME: Final = 60
LONGEST_BIO: Final = 500
LONGEST_TALENTS: Final = 1000
LONGEST_POST: Final = 2000
HIDDEN_LIFE: Final = timedelta(days=30)
"""For so long what was hidden can be brought back here."""
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_HANDLES_TAKEN = frozenset({"relay", "inbox", "admin", "api", "root", "support", "moderation"})


class Visible(Enum):
    """Who sees a profile."""

    NOBODY = "nobody"
    MEMBERS = "members"
    PUBLIC = "public"


class Audience(Enum):
    """Who gets a post."""

    PUBLIC = "public"
    FOLLOWERS = "followers"
    DIRECT = "direct"


class PostState(Enum):
    """Where a post is. HIDDEN: nowhere, but it can come back; HOME: on our own page only.

    REMOVED: the team took it away, and its author may still appeal.
    """

    SHOWN = "shown"
    HIDDEN = "hidden"
    HOME = "home"
    REMOVED = "removed"
    DELETED = "deleted"


class Consent(Enum):
    """What somebody agreed to."""

    PUBLIC_PROFILE = "public profile"
    FEDIVERSE = "fediverse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a member says of herself here. `talents` only she reads; `id` names her page.

    `before_hiding`: who saw it before she hid everything; None when she did not.
    """

    person: str
    id: str
    name: str
    bio: Mapping[str, str]
    languages: Sequence[str]
    pronouns: str | None
    talents: str | None
    visibility: Visible
    before_hiding: Visible | None = None
    hidden_at: datetime | None = None
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A member's own actor. Its words are its own: nothing of her profile is in it."""

    id: str
    person: str
    handle: str
    name: str
    summary: str
    language: str
    created: datetime
    hidden_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Somebody elsewhere to whom a post answers."""

    actor: str
    name: str
    inbox: str
    shared_inbox: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A short text of a persona; `source` is Markdown, empty once it was deleted."""

    id: str
    persona: str
    source: str
    language: str
    audience: Audience
    state: PostState
    parent: str | None = None
    to: Addressee | None = None
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What somebody elsewhere wrote to a persona. `html` is clean."""

    id: str
    persona: str
    address: str
    author: Addressee
    html: str
    parent: str | None
    is_public: bool
    published: datetime
    received: datetime


def hidden_id() -> str:
    """An id that tells nothing, not even when it was made (security: K22, DP10)."""
    return "".join(secrets.choice(_LETTERS) for _ in range(26))


def is_free_handle(text: str, community: str) -> bool:
    """Whether a persona may be called so, as far as the word itself goes."""
    return is_handle(text) and 2 <= len(text) <= 30 and text not in {*_HANDLES_TAKEN, community}
