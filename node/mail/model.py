"""Addresses for e-mail, and what is sent to them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from node.mail_settings import is_address

CONFIRM_LASTS = timedelta(hours=24)
"""Spec: limits 4.5"""
NEWS_PAUSE = timedelta(hours=4)
"""At most one word about what is new in this time, until somebody signs in."""


class State(Enum):
    """What an address is to its person."""

    ASKED = "asked"
    """She gave it, and has not yet shown that she reads it."""

    KEPT = "kept"
    LEAVING = "leaving"
    """Another one has taken its place: it gets one last word."""


class Kind(Enum):
    """What a mail is about."""

    CONFIRM = "confirm"
    RECOVER = "recover"
    NEWS = "news"
    KEPT = "kept"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address of somebody. `news_from` None: she wants no word about what is new."""

    id: str
    person: str
    state: State
    sealed: bytes = field(repr=False)
    digest: str = field(repr=False)
    language: str
    created: datetime
    confirm_ends: datetime | None = None
    recovers: bool = True
    news_from: datetime | None = None
    told: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A mail that waits. `address` is the id of one, None where a stranger asked (`digest`).

    `unsure`: how often it was under way without our learning what came of it.
    """

    id: str
    kind: Kind
    address: str | None
    digest: str | None = field(repr=False)
    created: datetime
    next_attempt: datetime
    attempts: int
    unsure: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail about to be sent: whatever is secret of it is nowhere but here.

    `link` "" where it leads nowhere; `stop`: the address that ends such mails, "" where none does.
    """

    kind: Kind
    to: str = field(repr=False)
    language: str
    link: str = field(default="", repr=False)
    stop: str = field(default="", repr=False)


def clean_address(text: str) -> str | None:
    """An address as it is written to; None for what is none here."""
    # Before NFKC, which makes plain letters of some that only look like them.
    bare = text.strip()
    return bare if bare.isascii() and is_address(bare) else None


def same_spelling(address: str) -> str:
    """By what two addresses are the same (security: H08)."""
    return unicodedata.normalize("NFKC", address).casefold()
