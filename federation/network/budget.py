"""How much one host may make us do: buckets that drip, for POSTs, for failures, for fetches."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from federation.errors import BudgetSpent
from federation.ports import Clock

FETCHES_PER_ACTIVITY: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most `burst` at once and `per_second` in the long run."""

    burst: float
    per_second: float


class Buckets:
    """One bucket for each key, the least used forgotten when there are more than `most`."""

    def __init__(self, rate: Rate, clock: Clock, most: int = 4096) -> None:
        self._rate = rate
        self._clock = clock
        self._most = most
        self._held: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Seconds until the bucket holds one again; 0 when it does now. Nothing is taken."""
        if key not in self._held:
            return 0.0
        left = self._left(key, self._clock.now())
        return 0.0 if left >= 1 else (1 - left) / self._rate.per_second

    def take(self, key: str) -> bool:
        """Whether there was one to take."""
        now = self._clock.now()
        left = self._left(key, now)
        taken = left >= 1
        self._held[key] = left - taken, now
        self._held.move_to_end(key)
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return taken

    def _left(self, key: str, now: datetime) -> float:
        held = self._held.get(key)
        if held is None:
            return self._rate.burst
        left, at = held
        if at > now:
            # The clock was set back: that brings nothing and takes nothing, and from now on it
            # fills again; who is told to wait takes nothing, and would wait until it is so late.
            self._held[key] = left, now
            return left
        return min(self._rate.burst, left + (now - at).total_seconds() * self._rate.per_second)


class Fetch(Protocol):
    """Where objects are fetched from their own origin."""

    async def document(self, url: str) -> Mapping[str, Any]:
        """The document whose id has the origin of `url`. Raises: FederationError."""


class Allowance:
    """`Fetch` for one activity: 20 documents at most, and all that its host sends 60 a minute.

    What does not fit is asked for later. Spec: attack catalogue G08
    """

    def __init__(self, fetch: Fetch, hosts: Buckets, host: str) -> None:
        self._fetch = fetch
        self._hosts = hosts
        self._host = host
        self._left = FETCHES_PER_ACTIVITY

    def spend(self) -> None:
        """Count one fetch that is about to happen. Raises: BudgetSpent."""
        if self._left <= 0 or not self._hosts.take(self._host):
            raise BudgetSpent("This host has made us fetch as much as we do for one.")
        self._left -= 1

    async def document(self, url: str) -> Mapping[str, Any]:
        """The document. Raises: BudgetSpent, FederationError."""
        self.spend()
        return await self._fetch.document(url)


def fetch_buckets(clock: Clock) -> Buckets:
    """The fetches that hosts may cause: 60 a minute each."""
    return Buckets(Rate(burst=60, per_second=1), clock)
