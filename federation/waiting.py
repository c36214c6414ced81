"""Sleeping that ends early, and a look at the clock on waking."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from federation.ports import Clock

_JUMP: Final = 3600.0


async def first_of(*events: asyncio.Event, seconds: float) -> None:
    """Returns when one of the events is set, at the latest after `seconds`."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


class ClockWatch:
    """Notices when the clock on the wall jumps against one that only ever goes forward."""

    def __init__(self, clock: Clock, steady: Callable[[], float]) -> None:
        self._clock = clock
        self._steady = steady
        self._apart = self._difference()

    def jumped(self) -> bool:
        """Whether it jumped by more than an hour since this was last asked."""
        before, self._apart = self._apart, self._difference()
        return abs(self._apart - before) > _JUMP

    def _difference(self) -> float:
        return self._clock.now().timestamp() - self._steady()
