"""Jobs: what is done again and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from node.context import Context
from node.jobs import Jobs
from node.services import Node
from tests.support.nodes import running, until


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        yield node


async def test_a_job_is_done_soon_after_the_start_and_its_work_is_kept(wien: Node):
    jobs = Jobs()
    stop = asyncio.Event()

    @jobs.every(timedelta(days=1))
    async def forget(context: Context) -> None:
        await context.tx.run("update community set city = 'Graz'")

    async def done() -> bool:
        row = await wien.look(lambda tx: tx.row("select city from community"))
        return row is not None and row["city"] == "Graz"

    worker = asyncio.create_task(jobs.run(wien.act, stop))
    assert await until(done)
    stop.set()
    await asyncio.wait_for(worker, 5)


async def test_a_job_that_fails_undoes_its_own_work_and_keeps_no_other_away(wien: Node):
    jobs = Jobs()

    @jobs.every(timedelta(days=1))
    async def fail(context: Context) -> None:
        await context.tx.run("update community set city = 'Nowhere'")
        raise ValueError

    @jobs.every(timedelta(days=1))
    async def work(context: Context) -> None:
        await context.tx.run("update community set country = 'CH'")

    await jobs.once(wien.act)

    row = await wien.look(lambda tx: tx.row("select city, country from community"))
    assert row == {"city": "Wien", "country": "CH"}


async def test_without_jobs_the_worker_waits_until_it_is_told_to_stop(wien: Node):
    stop = asyncio.Event()
    worker = asyncio.create_task(Jobs().run(wien.act, stop))
    await asyncio.sleep(0.05)
    assert not worker.done()
    stop.set()
    await asyncio.wait_for(worker, 5)
