"""So many at once, a few more may wait, and everybody else is told to come back."""

from __future__ import annotations

import asyncio
from types import TracebackType

from node.errors import Unavailable


class Turns:
    """`async with turns:` waits for its turn. Raises: Unavailable, when too many wait already."""

    def __init__(self, at_once: int = 1, waiting: int = 8) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._inside = 0

    async def __aenter__(self) -> None:
        if self._inside >= self._most:
            raise Unavailable("Too many wait for the same. Please try again in a moment.")
        self._inside += 1
        try:
            await self._free.acquire()
        except BaseException:
            self._inside -= 1
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._inside -= 1
        self._free.release()
