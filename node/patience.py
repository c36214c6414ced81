"""No connection is held open by somebody who never finishes saying what he wants (security: G09).

aiohttp waits without end for the first request of a connection, and between requests as long as
keep-alive lasts. So connections are looked at every two seconds, and one that has not brought a
whole head in ten is cut.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

HEAD_SECONDS = 10.0
_LOOK_EVERY = 2.0


class Patience:
    """Knows which connections have brought a request, and since when the others are open."""

    def __init__(self, seconds: float = HEAD_SECONDS) -> None:
        self._seconds = seconds
        self._spoken: set[Any] = set()
        self._silent: dict[Any, float] = {}

    def heard(self, request: web.BaseRequest) -> None:
        """Note that a connection has brought a whole head."""
        self._spoken.add(request.protocol)

    def look(self, server: web.Server, now: float) -> int:
        """How many connections were cut; `now` in seconds of the loop."""
        present = set(server.connections)
        self._spoken &= present
        silent = present - self._spoken
        self._silent = {one: self._silent.get(one, now) for one in silent}
        late = [one for one, since in self._silent.items() if now - since >= self._seconds]
        for one in late:
            one.force_close()
        return len(late)

    @asynccontextmanager
    async def watching(self, runner: web.BaseRunner) -> AsyncIterator[None]:
        """Within the block the connections of this runner are looked at."""
        task = asyncio.create_task(self._watch(runner))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _watch(self, runner: web.BaseRunner) -> None:
        loop = asyncio.get_running_loop()
        pause = min(_LOOK_EVERY, self._seconds / 2)
        while True:
            await asyncio.sleep(pause)
            if runner.server is not None:
                self.look(runner.server, loop.time())
