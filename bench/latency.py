"""How long a healthy follower waits for an event, alone and beside dead and slow ones (P5)."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks
import uvloop

from bench._peers import Bench, couriers, destinations, peers
from federation.ports import Destination

_HOSTS = 1000
_KINDS = ("ok", "dead", "ok", "slow", "ok")
_EVENTS = 5


def measure() -> rig.Json:
    """Milliseconds from the publishing of an event until it reaches a healthy host.

    One follower; 600 of them; the same 600 beside 200 hosts that never answer and 200 that take
    5 seconds; then one host at 250 ms round trip that gets 300 events. The peers are one other
    process; a machine with few cores is busy signing in the meantime.
    """
    uvloop.install()
    return asyncio.run(_measure())


async def _measure() -> rig.Json:
    with peers() as port:
        healthy, sick = _mixed(port)
        async with couriers(port) as bench:
            alone = await _waits(bench, healthy[:1], 50)
            well = await _waits(bench, healthy, _EVENTS)
        async with couriers(port) as bench:
            first = await _waits(bench, [*healthy, *sick], 1)
            mixed = await _waits(bench, [*healthy, *sick], _EVENTS)
        async with couriers(port) as bench:
            far = await _far_rate(bench, destinations(port, "far", 1))
    return _figures(alone, well, first, mixed) | {"far_host_deliveries_per_second": far}


def _mixed(port: int) -> tuple[list[Destination], list[Destination]]:
    """The healthy hosts and the others, whose names take turns with theirs."""
    healthy: list[Destination] = []
    sick: list[Destination] = []
    for number in range(_HOSTS):
        kind = _KINDS[number % len(_KINDS)]
        found = destinations(port, kind, 1, first=number)
        (healthy if kind == "ok" else sick).extend(found)
    return healthy, sick


async def _waits(bench: Bench, to: Sequence[Destination], events: int) -> list[float]:
    """Milliseconds until each healthy one got each event."""
    waits: list[float] = []
    for _ in range(events):
        await bench.arrivals()
        began = await bench.publish(to)
        await bench.done("%/ok?%")
        found = await bench.arrivals()
        waits += [(at - began) * 1000 for path, at in found.items() if path.startswith("/ok")]
    return waits


async def _far_rate(bench: Bench, to: Sequence[Destination], events: int = 300) -> float:
    await bench.publish(to)
    await bench.done()
    for _ in range(events):
        await bench.publish(to)
    began = time.monotonic()
    await bench.done()
    return events / (time.monotonic() - began)


def _figures(
    alone: list[float], well: list[float], first: list[float], mixed: list[float]
) -> rig.Json:
    return {
        "one_follower_p50_ms": statistics.median(alone),
        "one_follower_p99_ms": _part(alone, 0.99),
        "healthy_p50_ms": statistics.median(well),
        "healthy_p95_ms": _part(well, 0.95),
        "beside_sick_first_event_p95_ms": _part(first, 0.95),
        "beside_sick_p50_ms": statistics.median(mixed),
        "beside_sick_p95_ms": _part(mixed, 0.95),
        "beside_sick_p95_to_healthy_p95": _part(mixed, 0.95) / _part(well, 0.95),
    }


def _part(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


if __name__ == "__main__":
    rig.told(measure, __doc__ or "")
