"""When a peer's digest of our follows does not fit: its list is read, and both are made to agree.

What is announced is only looked at here, beside the way in; an activity never waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

from federation.counting import Counters
from federation.errors import FederationError
from federation.followers.synchronisation import (
    HEADER,
    Announced,
    Fetch,
    digest_of,
    listed,
    read_header,
    speaks_of_itself,
)
from federation.ports import Clock, RemoteActor
from federation.remembering import Remembered
from federation.waiting import first_of
from keys.errors import KeysError
from keys.http_signatures import parse
from keys.message import Request

_log = logging.getLogger(__name__)

PAUSE: Final = timedelta(hours=1)
"""Within this time one server's list is asked for once, whatever it announces."""
_MOST_WAITING: Final = 256
_LONGEST_SLEEP: Final = 60.0


class Follows(Protocol):
    """What we know of our own follows."""

    async def held(self, actor: str) -> frozenset[str]:
        """Which of our actors follow this one, as far as it has said yes."""

    async def agree(self, actor: RemoteActor, listed: frozenset[str]) -> None:
        """Bring our follows of this actor and its list of us together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    sender: RemoteActor
    announced: Announced


class Synchroniser:
    """Compares what is announced with what we hold. `origin` is ours ("https://wien.example")."""

    def __init__(self, fetch: Fetch, clock: Clock, origin: str, counters: Counters) -> None:
        self._fetch = fetch
        self._origin = origin
        self._counters = counters
        self._asked: Remembered[bool] = Remembered(clock, 4096)
        self._waiting: dict[str, _Waiting] = {}
        self._wake = asyncio.Event()

    def heard(self, request: Request, sender: RemoteActor) -> None:
        """Look at the header of a request that `sender` was believed to have signed.

        One that the signature does not cover, or that is about anybody else, counts for nothing.
        """
        announced = _covered(request)
        if announced is None or self._asked.get(sender.host):
            return
        if not speaks_of_itself(announced, sender):
            self._counters.count("synchronisation", "not-its-own")
        elif len(self._waiting) < _MOST_WAITING:
            self._waiting[sender.id] = _Waiting(sender=sender, announced=announced)
            self._wake.set()

    async def run(self, follows: Follows, stop: asyncio.Event) -> None:
        """Compares what was announced with these follows until `stop` is set."""
        while not stop.is_set():
            self._wake.clear()
            await self.step(follows)
            await first_of(self._wake, stop, seconds=_LONGEST_SLEEP)

    async def step(self, follows: Follows) -> None:
        """Compare all that was announced so far; trouble with one does not reach another."""
        waiting, self._waiting = self._waiting, {}
        for each in waiting.values():
            try:
                outcome = await self._compare(follows, each.sender, each.announced)
            except FederationError as error:
                outcome = error.reason
            except Exception:
                _log.exception("What a peer told about its followers could not be compared.")
                outcome = "failed"
            self._counters.count("synchronisation", outcome)

    async def _compare(self, follows: Follows, sender: RemoteActor, announced: Announced) -> str:
        """What came of it, a slug."""
        if digest_of(await follows.held(sender.id)) == announced.digest:
            return "equal"
        if self._asked.get(sender.host):
            return "asked-lately"
        self._asked.put(sender.host, True, PAUSE)
        found = await listed(self._fetch, announced.url, self._origin)
        if digest_of(found) != announced.digest:
            # The list is from another moment than the digest, or one of them is wrong.
            return "not-as-announced"
        _log.info("A server and we do not mean the same follows: brought together.")
        await follows.agree(sender, found)
        return "agreed"


def _covered(request: Request) -> Announced | None:
    """The header, if there is one, it can be read and the signature covers it."""
    try:
        value = request.header(HEADER)
        if value is None or HEADER.lower() not in parse(request).covered:
            return None
    except KeysError:
        return None
    return read_header(value)
