"""One event to many inboxes: deliveries per CPU second against signatures per CPU second (P3, P4).

Each delivery is claimed, signed, posted over a kept connection and its outcome recorded durably.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import time

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks
import uvloop
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from bench._peers import Bench, couriers, destinations, peers
from keys.keypair import make_rsa

_HOSTS = 100
_SMALL, _LARGE = 100, 10_000
_SMALL_EVENTS = 10


def measure() -> rig.Json:
    """Deliveries per CPU second to 100 and to 10,000 inboxes, and S of the same rounds.

    The inboxes are on 100 hosts, whose connections are kept. The peers are another process.
    """
    uvloop.install()
    return asyncio.run(_measure())


async def _measure() -> rig.Json:
    small, large, signed = [], [], []
    with peers() as port:
        async with couriers(port) as bench:
            few = destinations(port, "ok", _HOSTS, _SMALL // _HOSTS)
            many = destinations(port, "ok", _HOSTS, _LARGE // _HOSTS)
            await _seconds(bench, few, 3)
            for _ in range(3):
                signed.append(_signature_seconds())
                small.append(await _seconds(bench, few, _SMALL_EVENTS))
                large.append(await _seconds(bench, many, 1))
    return _figures(small, large, signed)


def _figures(small: list[float], large: list[float], signed: list[float]) -> rig.Json:
    ratios = [a / b for a, b in zip(signed, small, strict=True)]
    return {
        "S_signatures_per_cpu_second": 1 / statistics.median(signed),
        "deliveries_per_cpu_second_at_100": 1 / statistics.median(small),
        "deliveries_per_cpu_second_at_10000": 1 / statistics.median(large),
        "at_100_to_S": statistics.median(ratios),
        "at_10000_to_S": statistics.median([a / b for a, b in zip(signed, large, strict=True)]),
        "cost_at_10000_to_cost_at_100": statistics.median(
            [b / a for a, b in zip(small, large, strict=True)]
        ),
    }


async def _seconds(bench: Bench, to: list, events: int) -> float:  # type: ignore[type-arg]
    """CPU seconds of one delivery, publishing included."""
    gc.collect()
    begin = time.process_time()
    for _ in range(events):
        await bench.publish(to)
        await bench.done()
    return (time.process_time() - begin) / (events * len(to))


def _signature_seconds() -> float:
    key, text = make_rsa(), b"x" * 300
    begin = time.process_time()
    for _ in range(400):
        key.sign(text, padding.PKCS1v15(), hashes.SHA256())
    return (time.process_time() - begin) / 400


if __name__ == "__main__":
    rig.told(measure, __doc__ or "")
