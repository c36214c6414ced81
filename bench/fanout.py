"""One event to many inboxes: deliveries per CPU second against signatures per CPU second (P3, P4).

Each delivery is claimed, signed, posted over a kept connection and its outcome recorded durably.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import time

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks
import aiohttp
import uvloop
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from bench._peers import Bench, couriers, destinations, peers
from keys.keypair import make_rsa

_HOSTS = 100
_SMALL, _LARGE = 100, 10_000
_SMALL_EVENTS = 10
_ROUNDS = 5


def measure() -> rig.Json:
    """Deliveries per CPU second to 100 and to 10,000 inboxes, and S of the same rounds.

    The inboxes are on 100 hosts, whose connections are kept. The peers are another process.
    """
    uvloop.install()
    return asyncio.run(_measure())


async def _measure() -> rig.Json:
    small, large, signed, floors = [], [], [], []
    with peers() as port:
        async with couriers(port) as bench:
            few = destinations(port, "ok", _HOSTS, _SMALL // _HOSTS)
            many = destinations(port, "ok", _HOSTS, _LARGE // _HOSTS)
            await seconds(bench, few, 3)
            for _ in range(_ROUNDS):
                signed.append(signature_seconds())
                floors.append(await _floor([each.inbox for each in few]))
                small.append(await seconds(bench, few, _SMALL_EVENTS))
                large.append(await seconds(bench, many, 1))
    return _figures(small, large, signed, floors)


def _figures(
    small: list[float], large: list[float], signed: list[float], floors: list[float]
) -> rig.Json:
    ratios = [a / b for a, b in zip(signed, small, strict=True)]
    return {
        "S_signatures_per_cpu_second": 1 / statistics.median(signed),
        "deliveries_per_cpu_second_at_100": 1 / statistics.median(small),
        "deliveries_per_cpu_second_at_10000": 1 / statistics.median(large),
        "at_100_to_S": statistics.median(ratios),
        "at_10000_to_S": statistics.median([a / b for a, b in zip(signed, large, strict=True)]),
        "bare_signed_posts_per_cpu_second": 1 / statistics.median(floors),
        "at_100_to_bare_signed_posts": statistics.median(
            [a / b for a, b in zip(floors, small, strict=True)]
        ),
        "cost_at_10000_to_cost_at_100": statistics.median(
            [b / a for a, b in zip(small, large, strict=True)]
        ),
    }


async def seconds(bench: Bench, to: list, events: int) -> float:  # type: ignore[type-arg]
    """CPU seconds of one delivery, publishing included."""
    gc.collect()
    begin = time.process_time()
    for _ in range(events):
        await bench.publish(to)
        await bench.done()
    return (time.process_time() - begin) / (events * len(to))


async def _floor(inboxes: list[str]) -> float:
    """CPU seconds of a signature and a POST of 2 kB by aiohttp, on a kept connection, and no more:
    what no delivery through aiohttp can be below."""
    key, text = make_rsa(), b"x" * 300

    async def posts(url: str) -> None:
        for _ in range(_SMALL_EVENTS):
            signature = key.sign(text, padding.PKCS1v15(), hashes.SHA256()).hex()
            headers = {"Signature": signature}
            async with session.post(url, data=b"x" * 2000, headers=headers) as answer:
                await answer.read()

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        await asyncio.gather(*(posts(url) for url in inboxes))
        begin = time.process_time()
        await asyncio.gather(*(posts(url) for url in inboxes))
        return (time.process_time() - begin) / (_SMALL_EVENTS * len(inboxes))


def signature_seconds() -> float:
    """CPU seconds of one RSA-2048 signature."""
    key, text = make_rsa(), b"x" * 300
    begin = time.process_time()
    for _ in range(400):
        key.sign(text, padding.PKCS1v15(), hashes.SHA256())
    return (time.process_time() - begin) / 400


if __name__ == "__main__":
    rig.told(measure, __doc__ or "")
