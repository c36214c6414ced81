"""How often: counted in memory only, by keyed hashes whose key dies with the process.

Per source (an IPv4 address, a /64) and per account. A stranger who tries somebody's name makes the
answers to that name slower and slower, and never locks her out. Spec: limits 4.5; security J09
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from node.errors import TooMany
from node.i18n.messages import N_
from node.services import NODE
from node.web.sources import source_of

_MOST_KEYS = 20_000
_TOO_OFTEN = N_("That was too often. Please wait a few minutes and try again.")
_NOT_TODAY = N_("That was too often for one day. Please try again tomorrow.")
_A_DAY = 86_400
_FREE_TRIES = 5
_LONGEST_DELAY = 4.0


@dataclass(frozen=True, slots=True)
class Limit:
    """So many of one kind within so many seconds."""

    kind: str
    many: int
    seconds: float


SIGN_IN_SOURCE = Limit("sign in, source", 25, 300)
SIGN_IN_PAIR = Limit("sign in, source and account", 10, 300)
SIGN_IN_ACCOUNT = Limit("sign in, account", 1_000_000, 300)
"""Counted for the delay only, as every limit of an account."""
RECOVER_SOURCE = Limit("recover, source", 5, 1800)
RECOVER_ACCOUNT = Limit("recover, account", 1_000_000, 3600)
PASSKEY_SOURCE = Limit("passkey, source", 60, 300)
"""Questions put to devices; the answers count as every try to sign in."""
JOIN_SOURCE = Limit("join, source", 5, 1800)
LINK_SOURCE = Limit("link, source", 30, 300)


class Limits:
    """What was done lately. `now` tells seconds that only go forward; `sleep` waits."""

    def __init__(
        self,
        now: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._now = now or (lambda: asyncio.get_running_loop().time())
        self._sleep = sleep
        self._key = secrets.token_bytes(32)
        self._done: OrderedDict[bytes, deque[float]] = OrderedDict()

    def count(self, limit: Limit, *what: str) -> int:
        """How many there have been of this within its time, with this one.

        Raises: TooMany, and then this one does not count.
        """
        done = self._lately(limit, what)
        if len(done) >= limit.many:
            wait = limit.seconds - (self._now() - done[0])
            sentence = _TOO_OFTEN if limit.seconds < _A_DAY else _NOT_TODAY
            raise TooMany(sentence, max(1, int(wait) + 1))
        done.append(self._now())
        return len(done)

    async def slow_down(self, limit: Limit, *what: str) -> None:
        """Wait the longer, the more there have been; never longer than some seconds."""
        over = len(self._lately(limit, what)) - _FREE_TRIES
        if over > 0:
            await self._sleep(min(_LONGEST_DELAY, 0.25 * 2 ** min(over, 10)))

    def forgive(self, limit: Limit, *what: str) -> None:
        """Forget what was counted: it went well in the end."""
        self._done.pop(self._hash(limit, what), None)

    def _lately(self, limit: Limit, what: tuple[str, ...]) -> deque[float]:
        key = self._hash(limit, what)
        done = self._done.setdefault(key, deque(maxlen=1000))
        self._done.move_to_end(key)
        while len(self._done) > _MOST_KEYS:
            self._done.popitem(last=False)
        oldest = self._now() - limit.seconds
        while done and done[0] <= oldest:
            done.popleft()
        return done

    def _hash(self, limit: Limit, what: tuple[str, ...]) -> bytes:
        said = "\0".join((limit.kind, *what)).encode("utf-8", "replace")
        return hmac.new(self._key, said, hashlib.sha256).digest()[:16]


LIMITS = web.AppKey("limits", Limits)
"""Where a request finds the limits of this process."""


def limit_source(request: web.Request, limit: Limit) -> str:
    """Where the request comes from, having counted it; "" where that says nothing.

    Raises: TooMany.
    """
    config = request.app[NODE].config
    source = source_of(request, config.trusted_proxies, config.private_peers)
    if source:
        request.app[LIMITS].count(limit, source)
    return source
