"""One way to lie to the inbox, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import pytest

from tests.support.forging import Post, Told
from tests.support.hostile import Persona
from tests.support.stage import Stage

Lie = Callable[[Stage, Persona], Post | bytes]


@dataclass(frozen=True, slots=True)
class Case:
    """`row` of the catalogue in the form `name`; refused with one of the reasons.

    `asks`: how many requests the node may send before it refuses, 0 for none at all.
    """

    row: str
    name: str
    lie: Lie
    status: int | Collection[int]
    reason: str | Collection[str]
    asks: int = 0

    async def told(self, us: Stage) -> Told:
        """What the node answers when a stranger of its own tells the lie."""
        eve = us.stranger()
        request = self.lie(us, eve)
        host = eve.id.split("/")[2]
        return await us.refuses(request, asks=self.asks or (), secret=host)

    def fits(self, told: Told) -> bool:
        """Whether this is one of the answers that such a lie may get."""
        statuses = {self.status} if isinstance(self.status, int) else self.status
        reasons = {self.reason} if isinstance(self.reason, str) else self.reason
        return told.status in statuses and told.title in reasons


def each(cases: Iterable[Case]) -> pytest.MarkDecorator:
    """One test for each of the cases, called by row and name."""
    table = list(cases)
    return pytest.mark.parametrize(
        "case", table, ids=[f"{case.row}-{case.name}".replace(" ", "-") for case in table]
    )
