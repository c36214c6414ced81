"""What is done again and again: rooms say what and how often, one worker does it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol, TypeVar

from node.context import Context

_log = logging.getLogger(__name__)

Work = Callable[[Context], Awaitable[None]]
T = TypeVar("T")


class Act(Protocol):
    """Does the work in one transaction of the node."""

    async def __call__(self, work: Callable[[Context], Awaitable[T]], /) -> T:
        """What the work returns, once all it did is durable."""


Steps = Callable[[Act], Awaitable[None]]

_SHORTEST_SLEEP = 1.0
_IDLE_SLEEP = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job: safe to do twice, and safe not to do for a while."""

    name: str
    every: timedelta
    steps: Steps


class Jobs:
    """The table of jobs; each is done soon after the start and then again and again."""

    def __init__(self) -> None:
        self.table: list[Job] = []

    def every(self, pause: timedelta) -> Callable[[Work], Work]:
        """Let the decorated function be called with this pause between, in one transaction."""

        def add(work: Work) -> Work:
            self.table.append(Job(name=_name(work), every=pause, steps=partial(_at_once, work)))
            return work

        return add

    def in_steps(self, pause: timedelta) -> Callable[[Steps], Steps]:
        """The same with as many transactions as it likes: what fails in one undoes no other."""

        def add(steps: Steps) -> Steps:
            self.table.append(Job(name=_name(steps), every=pause, steps=steps))
            return steps

        return add

    async def once(self, act: Act) -> None:
        """Do every job now; one that fails is logged and does not keep the others away."""
        for job in self.table:
            await _do(job, act)

    async def run(self, act: Act, stop: asyncio.Event) -> None:
        """Do what is due until `stop` is set."""
        now = asyncio.get_running_loop().time
        due = {job.name: now() for job in self.table}
        while not stop.is_set():
            for job in self.table:
                if due[job.name] <= now():
                    await _do(job, act)
                    due[job.name] = now() + job.every.total_seconds()
            next_due = min(due.values(), default=now() + _IDLE_SLEEP)
            await _sleep(stop, max(_SHORTEST_SLEEP, next_due - now()))


async def _at_once(work: Work, act: Act) -> None:
    await act(work)


async def _do(job: Job, act: Act) -> None:
    try:
        await job.steps(act)
    except Exception:
        _log.exception("The job %s failed; it is tried again later.", job.name)


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


def _name(work: Work | Steps) -> str:
    return f"{getattr(work, '__module__', '')}.{getattr(work, '__name__', repr(work))}"


jobs = Jobs()
"""The jobs of the node; `node.app` imports every room that has one."""
