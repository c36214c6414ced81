"""When to say "not now": too many wait, too many at once, too much in vain from one place."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from federation.inward.answer import Answer
from federation.network.budget import Buckets, Rate
from federation.ports import Backlog, Clock, InboxLog
from federation.remembering import Remembered

_PROVEN_FOR: Final = timedelta(hours=1)
_BACKLOG_LIFE: Final = timedelta(seconds=2)
_FRIENDS_LIFE: Final = timedelta(minutes=1)
_COME_BACK: Final = 30
_OF_THE_LATEST: Final = 0.2
_BELIEVED: Final = Rate(burst=300, per_second=20)
_VAIN: Final = Rate(burst=30, per_second=0.1)
_VAIN_PROVEN: Final = Rate(burst=300, per_second=1)
_VAIN_OF_ADDRESS: Final = Rate(burst=300, per_second=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is taken in. Rates are per host or address; `lag` is by how many seconds the loop
    is late, smoothed; the rest are numbers of activities."""

    waiting_per_host: int = 2_000
    waiting: int = 50_000
    keeping: int = 128
    lag: float = 0.25
    under_way: int = 1_024
    under_way_per_address: int = 256
    believed: Rate = _BELIEVED
    in_vain: Rate = _VAIN
    in_vain_proven: Rate = _VAIN_PROVEN
    in_vain_of_address: Rate = _VAIN_OF_ADDRESS


class Pressure:
    """What is under way and what was in vain; the backlog as it was two seconds ago at most.

    An *address* is where a connection comes from, a *host* what the sender calls itself. Only what
    was believed counts against a host, or anybody could use up the budget of another; what was not
    counts against the address, and against the pair of both.
    """

    def __init__(self, log: InboxLog, clock: Clock, limits: Limits) -> None:
        self._log = log
        self._clock = clock
        self._limits = limits
        self._believed = Buckets(limits.believed, clock)
        self._vain = Buckets(limits.in_vain, clock)
        self._vain_proven = Buckets(limits.in_vain_proven, clock)
        self._vain_of_address = Buckets(limits.in_vain_of_address, clock)
        self._proven: Remembered[bool] = Remembered(clock, 4096)
        self._backlog = Backlog(total=0, by_host={})
        self._friends: frozenset[str] = frozenset()
        self._added: Counter[str] = Counter()
        self._added_in_all = 0
        self._counted_at: datetime | None = None
        self._befriended_at: datetime | None = None
        self._addresses: Counter[str] = Counter()
        self._under_way = 0
        self._keeping = 0
        self._lag = 0.0

    def is_friend(self, host: str) -> bool:
        """Whether we follow somebody there, or somebody there follows us."""
        return host in self._friends

    def refusal(self, address: str, host: str) -> Answer | None:
        """Why not even to read what comes from here now; None when there is no reason."""
        return self._busy(address) or self._in_vain(address, host) or self.full(host)

    def full(self, host: str) -> Answer | None:
        """Why nothing more of this host is kept now; None when there is no reason."""
        if wait := self._believed.wait(host):
            return _later(429, "too-many-requests", wait)
        if self._backlog.by_host.get(host, 0) + self._added[host] >= self._limits.waiting_per_host:
            return _later(429, "host-backlog", 60)
        full = self._backlog.total + self._added_in_all >= self._limits.waiting
        return _later(503, "backlog", 60) if full and not self.is_friend(host) else None

    def _busy(self, address: str) -> Answer | None:
        limits = self._limits
        full = self._keeping >= limits.keeping or self._under_way >= limits.under_way
        if full or self._lag > limits.lag:
            return _later(503, "busy", _COME_BACK)
        if address and self._addresses[address] >= self._limits.under_way_per_address:
            return _later(429, "too-many-at-once", _COME_BACK)
        return None

    def _in_vain(self, address: str, host: str) -> Answer | None:
        if not address:
            return None
        pair = f"{address} {host}"
        if self._proven.get(pair):
            wait = self._vain_proven.wait(pair)
        else:
            wait = max(self._vain.wait(pair), self._vain_of_address.wait(address))
        return _later(429, "too-often-in-vain", wait) if wait else None

    def was_in_vain(self, address: str, host: str) -> None:
        """Something from here was not believed."""
        pair = f"{address} {host}"
        if self._proven.get(pair):
            self._vain_proven.take(pair)
        else:
            self._vain.take(pair)
            self._vain_of_address.take(address)

    def was_believed(self, address: str, host: str) -> None:
        """Something of this host was believed, and came from here."""
        self._believed.take(host)
        self._proven.put(f"{address} {host}", True, _PROVEN_FOR)

    def was_late(self, seconds: float) -> None:
        """The loop is late by so much; one late moment is no overload, a late second is."""
        self._lag += _OF_THE_LATEST * (seconds - self._lag)

    def was_kept(self, host: str) -> None:
        """One more waits."""
        self._added[host] += 1
        self._added_in_all += 1

    async def look(self) -> None:
        """Count anew what waits, and who are friends, when that was long ago."""
        now = self._clock.now()
        if _old(self._befriended_at, now, _FRIENDS_LIFE):
            self._befriended_at = now
            self._friends = await self._log.friends()
        if _old(self._counted_at, now, _BACKLOG_LIFE):
            self._counted_at = now
            self._backlog = await self._log.backlog()
            self._added.clear()
            self._added_in_all = 0

    @contextmanager
    def under_way(self, address: str) -> Iterator[None]:
        """Within the block one more from this address is being dealt with."""
        self._addresses[address] += 1
        self._under_way += 1
        try:
            yield
        finally:
            self._addresses[address] -= 1
            self._under_way -= 1
            if not self._addresses[address]:
                del self._addresses[address]

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Within the block one more waits for the disk."""
        self._keeping += 1
        try:
            yield
        finally:
            self._keeping -= 1


def _old(then: datetime | None, now: datetime, life: timedelta) -> bool:
    # A clock that was set back is a reason to look, too.
    return then is None or abs(now - then) >= life


def _later(status: int, reason: str, seconds: float) -> Answer:
    return Answer(status=status, reason=reason, retry_after=max(1, math.ceil(seconds)))
