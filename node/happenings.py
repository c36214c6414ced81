"""Small facts, told where they happen, heard in the same transaction by whoever must act on them.

A lower room never imports a higher one: what must travel upward travels as a happening.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from node.context import Context

H = TypeVar("H")
Hearer = Callable[["Context", Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Restored:
    """The node was brought back from a backup: what opened doors then may have been closed since.
    Told before it serves anybody."""

    taken: datetime


class Happenings:
    """Who hears which fact. Hearers run in the order in which they were added."""

    def __init__(self) -> None:
        self._hearers: dict[type, list[Hearer]] = defaultdict(list)

    def on(
        self, kind: type[H]
    ) -> Callable[
        [Callable[[Context, H], Awaitable[None]]], Callable[[Context, H], Awaitable[None]]
    ]:
        """Let the decorated function hear facts of this class."""

        def add(
            hearer: Callable[[Context, H], Awaitable[None]],
        ) -> Callable[[Context, H], Awaitable[None]]:
            if hearer not in self._hearers[kind]:
                self._hearers[kind].append(hearer)
            return hearer

        return add

    async def tell(self, context: Context, fact: object) -> None:
        """Let everybody hear it who asked to; an error of one undoes the whole transaction."""
        for hearer in self._hearers[type(fact)]:
            await hearer(context, fact)


happenings = Happenings()
"""The happenings of the node; `node.app` imports every room that hears something."""
