"""Named moments at which a node is made to die, laid around its parts from outside.

The product holds no crash points: this module wraps the methods at which one step ends and the next
begins. `arm("after-commit", 3)` ends the process with SIGKILL at the third time that moment comes.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from federation.network.client import Client
from node.storage.inbox import StoredInbox
from node.storage.outbox import StoredDeliveries
from node.storage.sqlite import SqliteDatabase
from node.storage.sqlite_connections import SqliteTransaction

Method = Callable[..., Any]

POINTS: dict[str, tuple[type, str, bool]] = {
    # name: (class, method, whether the moment is before it; else after)
    "before-statement": (SqliteTransaction, "run", True),
    "between-rows": (SqliteTransaction, "run_many", True),
    "after-rows": (SqliteTransaction, "run_many", False),
    "before-commit": (SqliteDatabase, "_commit", True),
    "after-commit": (SqliteDatabase, "_commit", False),
    "before-claim": (StoredDeliveries, "claim", True),
    "after-claim": (StoredDeliveries, "claim", False),
    "before-request": (Client, "send", True),
    "after-response": (Client, "send", False),
    "before-delivered": (StoredDeliveries, "delivered", True),
    "after-delivered": (StoredDeliveries, "delivered", False),
    "before-retry": (StoredDeliveries, "retry", True),
    "before-keep": (StoredInbox, "add", True),
    "after-keep": (StoredInbox, "add", False),
    "before-intake": (StoredInbox, "claim", True),
    "after-intake": (StoredInbox, "claim", False),
}


class _Fuse:
    """Counts one moment; at the given number of times the process is no more."""

    def __init__(self, times: int) -> None:
        self._left = times

    def burn(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str, times: int) -> None:
    """Let this process die at the moment `point`, when it comes for the `times`-th time.

    Raises: KeyError for a moment that has no name here.
    """
    owner, name, before = POINTS[point]
    method = getattr(owner, name)
    wrap = _around_sync if name == "_commit" else _around
    setattr(owner, name, wrap(method, _Fuse(times), before=before))


def _around(method: Method, fuse: _Fuse, *, before: bool) -> Method:
    @wraps(method)
    async def wrapped(*arguments: Any, **named: Any) -> Any:
        if before:
            fuse.burn()
        found = await _of(method(*arguments, **named))
        if not before:
            fuse.burn()
        return found

    return wrapped


def _around_sync(method: Method, fuse: _Fuse, *, before: bool) -> Method:
    @wraps(method)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        if before:
            fuse.burn()
        found = method(*arguments, **named)
        if not before:
            fuse.burn()
        return found

    return wrapped


async def _of(answer: Awaitable[Any]) -> Any:
    return await answer
