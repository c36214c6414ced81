"""Under which other names somebody of ours is the author of what is reported.

A decision about one of them is hers to read and to appeal against; those who decide never learn
from it whose name it is (security: K22).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from node.storage.database import Transaction
from node.urls import Urls

Names = Callable[[Transaction, Urls, str], Awaitable[list[str]]]
_TABLE: list[Names] = []


def register(names: Names) -> Names:
    """Let a room say under which names an account is known."""
    if names not in _TABLE:
        _TABLE.append(names)
    return names


async def known_as(tx: Transaction, urls: Urls, person: str) -> list[str]:
    """The id of an account, and every other name that is hers."""
    found = [person]
    for names in _TABLE:
        found += await names(tx, urls, person)
    return found
