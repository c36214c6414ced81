"""Places for requests under way: none is held for long by a peer that lets us wait."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from federation.ports import Grade

PLACES: Final[Mapping[Grade, int]] = {Grade.PROVEN: 64, Grade.NEW: 128, Grade.DOUBTFUL: 32}
"""For requests that were begun within the last second, by how the host is doing."""
LINGER: Final = 1.0
"""Seconds after which a request gives its place back and goes on in the waiting room."""
WAITING_ROOM: Final = 320
"""How many requests may wait there for hosts that are new or doubtful."""
IN_ALL: Final = 448
"""How many requests may be under way."""


class Slots:
    """The requests under way; `time` answers seconds that never go back."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self._flying: dict[asyncio.Task[None], tuple[Grade, float]] = {}

    def take(self, task: asyncio.Task[None], grade: Grade) -> None:
        """A request has begun."""
        self._flying[task] = grade, self._time()

    def free(self, task: asyncio.Task[None]) -> None:
        """It has ended."""
        self._flying.pop(task, None)

    def room(self) -> dict[Grade, int]:
        """How many more may begin, by grade."""
        since = self._time() - LINGER
        young: Counter[Grade] = Counter()
        waiting = 0
        for grade, began in self._flying.values():
            if began > since:
                young[grade] += 1
            elif grade is not Grade.PROVEN:
                waiting += 1
        left = IN_ALL - len(self._flying)
        doubtful = min(left, WAITING_ROOM - waiting)
        return {
            grade: max(0, min(places - young[grade], left if grade is Grade.PROVEN else doubtful))
            for grade, places in PLACES.items()
        }

    def soonest(self) -> float:
        """Seconds until a request that is under way gives its place back; LINGER if none will."""
        now = self._time()
        ends = [began + LINGER - now for _, began in self._flying.values()]
        return min((end for end in ends if end > 0), default=LINGER)
