"""What the network room does by itself, beside all requests: reading pasts, looking again."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from federation.waiting import first_of
from node.context import Context
from node.network import past_store
from node.network.backfilling import Backfiller
from node.network.rechecking import Rechecker
from node.services import Node

_log = logging.getLogger(__name__)
_PAUSE: Final = 2.0
_ROUND: Final = 600.0


async def run(node: Node, stop: asyncio.Event) -> None:
    """Does both until `stop` is set; trouble is logged and ends neither."""
    backfiller = Backfiller(node.look, node.act, node.fetcher, node.actors, node.clock)
    rechecker = Rechecker(node.look, node.act, node.fetcher, node.clock)
    now = asyncio.get_running_loop().time
    next_round = now() + _PAUSE
    while not stop.is_set():
        try:
            while not stop.is_set() and await backfiller.step():
                pass
            if now() >= next_round:
                next_round = now() + _ROUND
                await node.act(_prune)
                await rechecker.round(stop)
        except Exception:
            _log.exception("An errand in the network failed; it is tried again later.")
        await first_of(stop, seconds=_PAUSE)


async def _prune(context: Context) -> None:
    await past_store.prune(context.tx)
