"""New ids: 26 characters, ordered by time, 80 random bits (the ULID layout)."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26


def new_id(now: datetime) -> str:
    """An id that sorts after those of earlier milliseconds."""
    milliseconds = int(now.timestamp() * 1000)
    return _base32(milliseconds, 10) + _base32(secrets.randbits(80), 16)


def is_id(text: str) -> bool:
    """Whether this has the form of one of our ids."""
    return len(text) == LENGTH and all(letter in _ALPHABET for letter in text)


def stamp(moment: datetime) -> str:
    """A moment as the database keeps it: UTC, fixed width, sortable as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def rfc3339(moment: datetime) -> str:
    """A moment as documents and answers tell it: UTC, whole seconds, `Z`. Spec: RFC 3339 5.6"""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """The moment that `stamp` wrote."""
    return datetime.fromisoformat(text)


def edited_at(now: datetime, before: datetime) -> datetime:
    """Now, but in a later second than `before`: peers read whole seconds, and Mastodon takes no
    edit that is not newer than what it has."""
    return max(now, before.replace(microsecond=0) + timedelta(seconds=1))


def _base32(number: int, length: int) -> str:
    letters = []
    for _ in range(length):
        number, digit = divmod(number, 32)
        letters.append(_ALPHABET[digit])
    return "".join(reversed(letters))
