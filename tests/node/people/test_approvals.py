"""Tests of node/people/approvals.py: what only two may decide."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from node.context import Context
from node.errors import Conflict, NotAllowed, NotFound
from node.happenings import Restored
from node.people import actions
from node.people import approvals as room
from node.people.approval_store import Approval, outcomes, put_away, waiting
from node.people.approvals import Approvals
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
        DONE.append(approval.target)

    return made


async def settled(database: Database, name: str, role: Role) -> Person:
    """Somebody who came four days ago."""
    before = NOW - SETTLED
    return await act(database, lambda context: actions.create(context, name, role), before)


async def pair(database: Database) -> tuple[Person, Person]:
    return (
        await settled(database, "amal", Role.AMBASSADOR),
        await settled(database, "lina", Role.MODERATOR),
    )


async def ask(database: Database, table: Approvals, by: Person) -> Approval:
    return await act(
        database, lambda context: table.ask(context, by, "suspend", "spam.example", "Spam.")
    )


async def test_it_is_done_once_a_second_person_wants_it(database: Database, table: Approvals):
    amal, lina = await pair(database)
    asked = await ask(database, table, amal)
    assert DONE == []

    await act(database, lambda context: table.confirm(context, lina, asked.id))

    assert DONE == ["spam.example"]
    with pytest.raises(NotFound):
        await act(database, lambda context: table.confirm(context, lina, asked.id))


async def test_nobody_confirms_what_she_asked_for(database: Database, table: Approvals):
    amal, _ = await pair(database)
    asked = await ask(database, table, amal)

    with pytest.raises(NotAllowed):
        await act(database, lambda context: table.confirm(context, amal, asked.id))
    assert DONE == []


async def test_both_need_the_right(database: Database, table: Approvals):
    amal, _ = await pair(database)
    member = await create(database, "noor", Role.MEMBER)

    with pytest.raises(NotFound):
        await ask(database, table, member)
    asked = await ask(database, table, amal)
    with pytest.raises(NotFound):
        await act(database, lambda context: table.confirm(context, member, asked.id))
    assert DONE == []


async def test_what_is_taken_back_or_waits_too_long_is_not_done(
    database: Database, table: Approvals
):
    amal, lina = await pair(database)
    first = await ask(database, table, amal)
    with pytest.raises(Conflict):
        await ask(database, table, lina)
    await act(database, lambda context: table.refuse(context, amal, first.id))
    second = await ask(database, table, amal)
    late = NOW + timedelta(days=8)

    for approval_id in (first.id, second.id):
        with pytest.raises(NotFound):
            await act(database, partial(table.confirm, by=lina, approval_id=approval_id), late)
    await room.see_to_time(partial(act, database, now=late))
    assert DONE == []
    (told,) = await act(database, lambda context: outcomes(context.tx, amal.id, context.now), late)
    assert (told.id, told.state) == (second.id, "expired")
    await act(database, lambda context: put_away(context.tx, amal.id, context.now), late)
    assert not await act(database, lambda context: outcomes(context.tx, amal.id, context.now), late)


async def test_a_wish_that_nobody_else_can_confirm_has_a_day_on_which_it_is_done(
    database: Database, table: Approvals
):
    amal = await settled(database, "amal", Role.AMBASSADOR)
    asked = await ask(database, table, amal)
    assert asked.due == NOW + ALONE_AFTER

    await settled(database, "lina", Role.MODERATOR)
    other = await act(database, lambda it: table.ask(it, amal, "suspend", "two.example", "Spam."))
    assert other.due is None


async def test_what_is_due_is_done_once_and_only_while_who_asked_may(
    database: Database, table: Approvals
):
    amal = await create(database)
    first = await ask(database, table, amal)
    await act(database, lambda context: table.see_to(context, first))
    assert DONE == ["spam.example"]
    with pytest.raises(NotFound):
        await act(database, lambda context: table.see_to(context, first))

    second = await ask(database, table, amal)
    await create(database, "lina")
    await act(database, lambda it: actions.set_role(it, amal.id, Role.MEMBER))
    await act(database, lambda context: table.see_to(context, second))
    assert await act(database, lambda context: waiting(context.tx, NOW)) == []
    assert DONE == ["spam.example"]


async def test_everybody_of_the_team_objects_to_what_one_alone_will_do(
    database: Database, table: Approvals
):
    amal = await create(database)
    lina = await create(database, "lina", Role.COORDINATOR)
    noor = await create(database, "noor", Role.VOLUNTEER)
    asked = await ask(database, table, amal)
    with pytest.raises(NotFound):
        await act(database, lambda context: table.refuse(context, noor, asked.id))
    with pytest.raises(NotFound):
        await act(database, lambda context: table.confirm(context, lina, asked.id))
    await act(database, lambda context: table.refuse(context, lina, asked.id))
    (told,) = await act(database, lambda context: outcomes(context.tx, amal.id, context.now))
    assert (told.state, told.decided_by, DONE) == ("refused", lina.id, [])


async def test_after_a_restore_there_are_three_days_anew_in_which_somebody_can_object(
    database: Database, table: Approvals
):
    amal = await create(database)
    asked = await ask(database, table, amal)
    later = NOW + 2 * ALONE_AFTER
    await act(database, lambda it: it.tell(Restored(NOW)), later)
    (still,) = await act(database, lambda context: waiting(context.tx, later))
    assert (still.id, still.due) == (asked.id, later + ALONE_AFTER)
    assert still.ends == later + room.WAITS
