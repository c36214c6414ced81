"""A node under load dies at every step and at any moment, and keeps what it promised.

The whole of it, a thousand times, is `josoor bench crash`.
"""

from __future__ import annotations

from pathlib import Path

from tests.support.crashing.points import POINTS
from tests.support.crashing.verdict import broken, drain, figures
from tests.support.crashing.workload import kill_once, moody, world

AT_ANY_MOMENT = 12


async def test_what_was_acknowledged_outlives_a_death_at_each_step_and_at_any_moment(
    tmp_path: Path,
) -> None:
    """Every follower has every event as it was last acknowledged, in order and in the same bytes;
    everything that was answered with 202 was taken up."""
    async with world(tmp_path, seed=20261122) as there:
        for server in there.neighbours:
            server.answer = moody(there)
        for point in [*POINTS, *[None] * AT_ANY_MOMENT]:
            await kill_once(there, point)
        await drain(there)
        assert await broken(there) == []
        assert figures(there)["events_acknowledged"] > 0
        assert len(there.kept) > 0
