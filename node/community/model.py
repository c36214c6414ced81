"""The community itself: who it is, in which languages it speaks, who follows it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

HANDLE = re.compile(r"[a-z0-9_]+([.-]+[a-z0-9_]+)*")
"""What Mastodon takes for a user name (mastodon: 1.2)."""
RESERVED = frozenset({"relay", "inbox", "admin", "api"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """The chapter that runs this node. The first language is its own; `contact` is how people who
    do not know it reach it, in public."""

    handle: str
    name: Mapping[str, str]
    description: Mapping[str, str]
    languages: Sequence[str]
    city: str | None
    country: str | None
    timezone: str
    created: datetime
    contact: str | None = None

    @property
    def language(self) -> str:
        """The community's own language."""
        return self.languages[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """An actor elsewhere that follows one of ours; never shown to anybody else."""

    community: str
    actor: str
    inbox: str
    shared_inbox: str | None
    follow_id: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A further actor that shares what the community publishes in one language.

    `name` is None where it is called as the community is; once `removed`, only its address remains.
    """

    actor: str
    handle: str
    language: str
    name: str | None
    created: datetime
    removed: datetime | None = None

    def speaks(self, tag: str) -> bool:
        """Whether a text with this language tag is in its language: `de-AT` is German."""
        wanted, given = self.language.casefold(), tag.casefold()
        return given == wanted or given.startswith(f"{wanted}-")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorKey:
    """A key pair of ours; `public` is PEM (rsa) or Multikey (ed25519).

    Once it is retired, `sealed` is empty: the private half is no more.
    """

    id: str
    actor: str
    kind: str
    public: str
    sealed: bytes = field(repr=False)
    created: datetime
    retired_at: datetime | None = None


def is_handle(text: str) -> bool:
    """Whether a community may be called so."""
    return bool(HANDLE.fullmatch(text)) and len(text) <= 64 and text not in RESERVED
