"""What is asked of a node that has stored very much (P11): a million remote objects against 10,000.

`STORED=100000` is a million made smaller, for a machine with a small disk: a million takes 2 GB.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks

from bench.intake import Bench
from federation.outward.outbox import put
from federation.ports import Destination, Grade
from node.app import open_node
from node.config import load_config
from node.events import store as events_store
from node.ids import stamp
from node.network import store as network_store
from node.operations import registry
from node.services import Node
from node.storage.database import Transaction
from node.storage.deliveries import StoredDeliveries
from node.storage.outbox import StoredOutbox

SIZES = (10_000, int(os.environ.get("STORED", "1000000")))
_EVENTS = 100
_TIMES = 40
_ROOM = dict.fromkeys(Grade, 4)
_FAR_BACK = timedelta(days=5)
_numbers = itertools.count()

Work = Callable[[Node], Awaitable[object]]


def measure() -> rig.Json:
    """Microseconds of CPU of each question at both sizes, and how many times it grew."""
    with rig.node_folder() as environ:
        return asyncio.run(_measure(environ))


async def _measure(environ: dict[str, str]) -> rig.Json:
    found: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    async with open_node(load_config(environ)) as node:
        bench = Bench(node)
        await bench.be_known()
        for _ in range(_EVENTS):
            await registry.perform(node, "event.publish", {"document": rig.EVENT})
        for size in SIZES:
            await bench.fill(size)
            for name, work in QUESTIONS.items():
                found[name].append(await _microseconds(node, work))
    return _figures(found)


def _figures(found: dict[str, list[float]]) -> rig.Json:
    figures: rig.Json = {}
    for name, (small, large) in found.items():
        figures[f"{name}_us_at_{SIZES[0]}"] = small
        figures[f"{name}_us_at_{SIZES[1]}"] = large
        figures[f"{name}_grew"] = large / small
    return figures


async def _microseconds(node: Node, work: Work) -> float:
    """CPU time of one, the median of several rounds; the first is for the page cache."""
    rounds = []
    for _ in range(rig.ROUNDS + 1):
        gc.collect()
        spent = [await _once(node, work) for _ in range(_TIMES)]
        rounds.append(statistics.median(spent) * 1e6)
    return statistics.median(rounds[1:])


async def _once(node: Node, work: Work) -> float:
    if work is claim:
        await _wait_for_one(node)
    begin = time.process_time()
    await work(node)
    return time.process_time() - begin


async def events(node: Node) -> object:
    """The calendar of our own events."""
    return await node.look(lambda tx: events_store.upcoming(tx, node.clock.now()))


async def timeline(node: Node) -> object:
    """The newest of what others published."""
    return await node.look(network_store.timeline)


async def further_back(node: Node) -> object:
    """A page of it that lies days back."""
    before = stamp(datetime.now(UTC) - _FAR_BACK)
    return await node.look(lambda tx: network_store.timeline(tx, before=before))


async def one_of_them(node: Node) -> object:
    """One remote object by its address."""
    return await node.look(lambda tx: network_store.find(tx, "https://p7.example/u/e/old-5007"))


async def claim(node: Node) -> object:
    """The next delivery, leased durably."""
    now = node.clock.now()
    until = now + timedelta(days=1)
    log = StoredDeliveries(node.database)
    taken = await log.claim(now=now, lease="bench", until=until, room=_ROOM)
    assert len(taken) == 1
    return taken


async def _wait_for_one(node: Node) -> None:
    """Put one activity for one inbox of a host of its own into the queue."""
    number = next(_numbers)
    to = Destination(inbox=f"https://h{number}.example/inbox", host=f"h{number}.example")
    activity = {
        "id": f"{node.urls.origin}/a/{number}",
        "type": "Create",
        "actor": node.urls.community,
        "object": {"id": f"{node.urls.origin}/e/{number}", "type": "Event"},
    }

    async def work(tx: Transaction) -> None:
        about = f"{node.urls.origin}/e/{number}"
        await put(
            StoredOutbox(tx), activity, object_id=about, destinations=[to], now=node.clock.now()
        )

    await node.database.write(work)


QUESTIONS: dict[str, Work] = {
    "events": events,
    "timeline": timeline,
    "further_back": further_back,
    "one_of_them": one_of_them,
    "claim": claim,
}


if __name__ == "__main__":
    rig.told(measure, __doc__ or "")
