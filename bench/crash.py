"""A loaded node killed at named steps and at random moments (R1): what it had promised and lost.

Without arguments a thousand random kills, and each named step five times; takes about half an hour.
`CRASH_KILLS=50 CRASH_SEED=7 josoor bench crash` makes it shorter and another story.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks

from tests.support.crashing.points import POINTS
from tests.support.crashing.verdict import broken, drain, figures
from tests.support.crashing.workload import World, kill_once, moody, world

_KILLS = 1000
_EACH_POINT = 5
_A_CHAPTER = 50
"""Kills after which everything must arrive and is judged; then a new node begins."""


def measure() -> rig.Json:
    """The sums over all chapters, and every broken promise in a sentence."""
    return asyncio.run(_measure(int(os.environ.get("CRASH_KILLS", _KILLS))))


async def _measure(kills: int) -> rig.Json:
    seed = int(os.environ.get("CRASH_SEED", "1"))
    moments: list[str | None] = [None] * kills
    moments += [point for point in POINTS for _ in range(min(_EACH_POINT, kills))]
    sums: rig.Json = {}
    wrongs: list[str] = []
    for number, start in enumerate(range(0, len(moments), _A_CHAPTER)):
        with tempfile.TemporaryDirectory() as folder:
            async with world(Path(folder), seed=seed + number) as there:
                await _chapter(there, moments[start : start + _A_CHAPTER])
                wrongs += await broken(there)
                _add(sums, figures(there))
    return {**sums, "broken_promises": len(wrongs), "broken": wrongs[:20]}


async def _chapter(there: World, moments: list[str | None]) -> None:
    for server in there.neighbours:
        server.answer = moody(there)
    for point in moments:
        await kill_once(there, point)
    await drain(there)


def _add(sums: rig.Json, more: rig.Json) -> None:
    for name, value in more.items():
        if isinstance(value, dict):
            _add(sums.setdefault(name, {}), value)
        else:
            sums[name] = sums.get(name, 0) + value


if __name__ == "__main__":
    rig.told(measure, __doc__ or "")
