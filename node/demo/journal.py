"""What the demo did, step by step: how long each took, and whether it held."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import click
from aiohttp import ClientError

from node import asking
from node.errors import NodeError

_PAUSE = 0.05
_TROUBLE = (NodeError, asking.NobodyThere, ClientError, OSError, TimeoutError, ValueError)
"""What asking a node can end in; anything else is a fault of the demo itself."""


class NotHeld(Exception):
    """A step did not come out as it should; the sentence says what is missing."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `why` is None if it held."""

    step: str
    milliseconds: int
    held: bool
    why: str | None = None


class Journal:
    """The steps so far. Each is told on stderr when it ends."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    @property
    def held(self) -> bool:
        """Whether all steps so far held."""
        return all(step.held for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        """The steps as one document; `why` only where something did not hold."""
        steps = [
            {key: value for key, value in asdict(step).items() if value is not None}
            for step in self.steps
        ]
        return {"steps": steps, "held": self.held}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """A step in the block. Raises: NotHeld, when it has been noted."""
        begin = time.perf_counter()
        try:
            yield
        except NotHeld as wrong:
            self._note(name, begin, str(wrong))
            raise
        except _TROUBLE as trouble:
            why = f"{type(trouble).__name__}: {trouble}"
            self._note(name, begin, why)
            raise NotHeld(why) from trouble
        self._note(name, begin, None)

    def _note(self, name: str, begin: float, why: str | None) -> None:
        took = round((time.perf_counter() - begin) * 1000)
        self.steps.append(Step(name, took, why is None, why))
        click.echo(f"{'no ' if why else 'yes'} {took:>6} ms  {name}", err=True)
        if why:
            click.echo(f"               {why}", err=True)


async def together(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do all at once; when one fails the others end too. Raises: what the first one met."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except ExceptionGroup as several:
        raise several.exceptions[0] from several


async def until(look: Callable[[], Awaitable[bool]], *, seconds: float, missing: str) -> None:
    """Return once `look` says yes. Raises: NotHeld with what is `missing` after `seconds`."""
    end = time.monotonic() + seconds
    while not await look():
        if time.monotonic() > end:
            raise NotHeld(f"{missing}, not even after {seconds:g} s")
        await asyncio.sleep(_PAUSE)
