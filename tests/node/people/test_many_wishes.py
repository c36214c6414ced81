"""Tests of node/people/approvals.py: of many wishes none is in the way of the others."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial

import pytest

from node.context import Context
from node.errors import Conflict
from node.moderation import twos
from node.people import actions
from node.people.approval_store import Approval, find, waiting
from node.people.approvals import MOST_WAITING, Approvals, TooMuchWaits
from node.people.model import Person, Role
from node.people.newness import ALONE_AFTER
from node.people.rights import Right
from node.storage.database import Database
from tests.node.people.test_actions import NOW, act, create
from tests.support.browsers import SETTLED

DONE: list[str] = []


@pytest.fixture
def table() -> Approvals:
    DONE.clear()
    made = Approvals()

    @made.on("suspend", Right.BLOCK_SERVERS, alone=True)
    async def suspend(context: Context, approval: Approval) -> None:
        await create_in(context, approval.target)
        if approval.target == "gone":
            raise Conflict("It is gone.")
        if approval.target == "broken":
            raise ValueError
        DONE.append(approval.target)

    return made


async def create_in(context: Context, name: str) -> Person:
    return await actions.create(context, name, Role.MEMBER)


async def test_a_wish_that_fails_undoes_its_own_work_and_keeps_no_other_waiting(
    database: Database, table: Approvals
) -> None:
    amal = await create(database)
    asked = {
        target: await act(database, partial(table.ask, by=amal, verb="suspend", target=target,
                                            reason="Spam."))
        for target in ("gone", "broken", "spam")
    }  # fmt: skip
    later = NOW + ALONE_AFTER

    await table.see_to_all(partial(act, database, now=later))

    found = {name: await database.read(partial(find, approval_id=one.id))
             for name, one in asked.items()}  # fmt: skip
    states = {name: one.state for name, one in found.items() if one}
    assert states == {"gone": "expired", "broken": "waiting", "spam": "confirmed"}
    rows = await database.read(lambda tx: tx.rows("select name from person order by name"))
    assert [row["name"] for row in rows] == ["amal", "spam"]


async def test_who_asks_for_much_keeps_nobody_else_from_asking(database: Database) -> None:
    before = NOW - SETTLED
    amal, lina = [
        await act(database, partial(actions.create, name=name, role=Role.AMBASSADOR), before)
        for name in ("amal", "lina")
    ]

    def ask(by: Person, number: int) -> Awaitable[None]:
        return act(
            database,
            lambda it: twos.ask_to_suspend(it, f"{number}.example", "Spam.", by.id),
        )

    for number in range(MOST_WAITING):
        await ask(amal, number)
    with pytest.raises(TooMuchWaits):
        await ask(amal, MOST_WAITING)
    # what waits already need not be asked for again
    await ask(amal, 0)
    await ask(lina, MOST_WAITING)
    assert len(await database.read(partial(waiting, now=NOW))) == MOST_WAITING + 1
