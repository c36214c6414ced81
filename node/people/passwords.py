"""Passwords: Argon2id beside the event loop, two at a time, and always the same work.

Spec: RFC 9106; security 3.2 and limits 4.5
"""

from __future__ import annotations

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakKeyDictionary

from node.errors import Invalid, Unavailable
from node.i18n.messages import N_

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")
SHORTEST, LONGEST = 10, 256
_MEMORY_KIB, _ROUNDS = 32 * 1024, 3
_AT_ONCE = 2
_MOST_WAITING = 32
TOO_SHORT = N_("The password is too short. It needs at least 10 letters, numbers or signs.")
TOO_LONG = N_("The password is too long. It can have up to 256 letters, numbers or signs.")
TOO_COMMON = N_("Everybody tries this password first. Please take several words.")
BUSY = N_("Many people are signing in now. Please try again in a minute.")
_COMMON = Path(__file__).with_name("common_passwords.txt")
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
_waiting = 0


def check_rules(password: str, name: str = "") -> str:
    """The password in the spelling that is kept. No rules of composition. Raises: Invalid."""
    clean = unicodedata.normalize("NFKC", password)
    if len(clean) < SHORTEST:
        raise Invalid({"password": TOO_SHORT})
    if len(clean) > LONGEST:
        raise Invalid({"password": TOO_LONG})
    plain = clean.casefold().strip()
    if plain in _common() or len(set(plain)) < 4 or (name and plain.strip("0123456789") == name):
        raise Invalid({"password": TOO_COMMON})
    return clean


async def digest_of(password: str) -> str:
    """What is kept of a password, in PHC form. Raises: Unavailable when too many wait."""
    return await _beside(lambda: _hasher().hash(password))


async def matches(password: str, kept: str | None) -> bool:
    """Whether this is the password; without one to compare the same work is done in vain.

    Raises: Unavailable when too many wait.
    """
    clean = unicodedata.normalize("NFKC", password)[: LONGEST + 1]
    found = await _beside(lambda: _verify(kept or _nobody(), clean))
    return found and kept is not None


def is_dated(kept: str) -> bool:
    """Whether a digest was made with other parameters than today's."""
    return _hasher().check_needs_rehash(kept)


def _verify(kept: str, password: str) -> bool:
    # Loaded when somebody signs in: it is nothing that a node at rest needs.
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415

    try:
        return _hasher().verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


async def _beside(work: Callable[[], T]) -> T:
    """What `work` returns, from a thread; at most two at once, and few who wait."""
    global _waiting
    if _waiting >= _MOST_WAITING:
        raise Unavailable(BUSY)
    turns = _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE))
    _waiting += 1
    try:
        async with turns:
            return await asyncio.to_thread(work)
    finally:
        _waiting -= 1


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # noqa: PLC0415

    return PasswordHasher(time_cost=_ROUNDS, memory_cost=_MEMORY_KIB, parallelism=1)


@cache
def _nobody() -> str:
    """A digest that no password has, for names that are not here (security: J10)."""
    return _hasher().hash(secrets.token_urlsafe(32))


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split("\n"))
