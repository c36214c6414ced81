"""Whether the node is well: asked by whoever watches over it."""

from __future__ import annotations

import asyncio
import math

from aiohttp import web

from node.context import Context
from node.errors import Unavailable
from node.services import NODE, Node
from node.web.answers import json_answer

_TOUCH_SECONDS = 1.0


async def get_health(request: web.Request) -> web.Response:
    """Whether the process answers."""
    return json_answer({"status": "ok"})


async def get_ready(request: web.Request) -> web.Response:
    """Whether the database takes writes and the queue moves; 503 if not, as after a restore."""
    node = request.app[NODE]
    await _try_to_write(node)
    if any(worker.done() for worker in node.workers):
        raise Unavailable("What waits is not delivered or heard. Look at the log; start anew.")
    if not node.released.is_set():
        raise Unavailable(
            "Restored from a backup: nothing is delivered or taken in. Say: josoor restore release"
        )
    return json_answer({"status": "ready"})


async def _try_to_write(node: Node) -> None:
    """Once a second at most: anybody may ask, and a write costs more than the answer."""
    now = asyncio.get_running_loop().time()
    if now - node.touched < _TOUCH_SECONDS:
        return
    node.touched = now
    try:
        await node.act(_touch)
    except BaseException:
        node.touched = -math.inf
        raise


async def _touch(context: Context) -> None:
    await context.tx.run("update community set created = created")
