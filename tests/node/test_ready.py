"""Whether the node is ready can be asked by anybody, and costs nobody anything."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp

from node.storage.sqlite import SqliteDatabase
from tests.support.nodes import running


async def test_who_asks_a_hundred_times_causes_one_write(tmp_path: Path) -> None:
    """Else the way in would say 503 to everybody, because of somebody without a key."""
    async with (
        running(tmp_path / "wien", at_work=False) as node,
        aiohttp.ClientSession() as session,
    ):

        async def ask() -> int:
            async with session.get(f"{node.urls.origin}/readyz") as answer:
                return answer.status

        assert isinstance(node.database, SqliteDatabase)
        before = node.database.counters.jobs
        assert set(await asyncio.gather(*(ask() for _ in range(100)))) == {200}
        assert node.database.counters.jobs - before <= 2
