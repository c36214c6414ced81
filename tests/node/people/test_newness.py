"""Tests of node/people/approvals.py: who is too new in her role to ask and confirm in twos."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from node.ids import stamp
from node.people import actions, coming_back, entering, store
from node.people.approval_store import Approval
from node.people.approvals import Approvals
from node.people.model import Person, Role, SignUp
from node.people.newness import ALONE_AFTER, TooNew
from node.storage.database import Database, Transaction
from node.storage.migrate import SCHEMA, migrate
from tests.node.people.test_actions import NOW, act, create
from tests.node.people.test_approvals import DONE, ask, pair, settled, table
from tests.support.browsers import SETTLED

__all__ = ["table"]


async def confirms(
    database: Database, table: Approvals, by: Person, asked: Approval, at: datetime
) -> None:
    await act(database, lambda context: table.confirm(context, by, asked.id), at)


async def test_who_came_after_the_wish_never_confirms_it_and_keeps_it_from_nothing(
    database: Database, table: Approvals
):
    amal = await create(database)
    asked = await ask(database, table, amal)
    came = NOW + timedelta(minutes=1)
    lina = await act(database, lambda it: actions.create(it, "lina", Role.MODERATOR), came)
    late = NOW + ALONE_AFTER
    with pytest.raises(TooNew) as told:
        await confirms(database, table, lina, asked, late + timedelta(hours=1))
    assert (told.value.status, told.value.this) == (403, False)
    assert told.value.moment == came + ALONE_AFTER
    assert DONE == []
    await act(database, lambda context: table.see_to(context, asked), late)
    assert DONE == ["spam.example"]


async def test_who_is_new_confirms_from_the_fourth_day_on_what_was_asked_since(
    database: Database, table: Approvals
):
    amal = await settled(database, "amal", Role.AMBASSADOR)
    lina = await create(database, "lina", Role.MODERATOR)
    hour = timedelta(hours=1)
    asked = await act(
        database, lambda it: table.ask(it, amal, "suspend", "spam.example", "Spam."), NOW + hour
    )
    with pytest.raises(TooNew) as told:
        await confirms(database, table, lina, asked, NOW + ALONE_AFTER - hour)
    assert told.value.this
    assert "2026-12-08T18:00:00Z" in str(told.value)
    assert DONE == []
    await confirms(database, table, lina, asked, NOW + ALONE_AFTER)
    assert DONE == ["spam.example"]


async def test_what_somebody_new_asks_for_nobody_confirms_before_her_fourth_day(
    database: Database, table: Approvals
):
    amal = await settled(database, "amal", Role.AMBASSADOR)
    lina = await create(database, "lina", Role.MODERATOR)
    hour = timedelta(hours=1)
    asked = await act(
        database, lambda it: table.ask(it, lina, "suspend", "spam.example", "Spam."), NOW + hour
    )
    assert asked.due is None
    with pytest.raises(TooNew, match="Whoever asked for this is new in the role"):
        await confirms(database, table, amal, asked, NOW + ALONE_AFTER - hour)
    assert DONE == []
    await confirms(database, table, amal, asked, NOW + ALONE_AFTER)
    assert DONE == ["spam.example"]


async def test_where_all_others_are_new_a_wish_waits_like_that_of_one_alone(
    database: Database, table: Approvals
):
    amal = await settled(database, "amal", Role.AMBASSADOR)
    lina = await create(database, "lina", Role.MODERATOR)
    first = await ask(database, table, amal)
    assert first.due == NOW + ALONE_AFTER
    await act(database, lambda context: table.refuse(context, lina, first.id))
    second = await ask(database, table, amal)
    await act(database, lambda context: table.see_to(context, second), NOW + ALONE_AFTER)
    assert DONE == ["spam.example"]


async def test_who_makes_herself_new_is_not_alone_where_somebody_else_could_confirm(
    database: Database, table: Approvals
):
    amal, lina = await pair(database)
    secret = await act(database, lambda it: coming_back.make_reset_link(it, amal, amal.id))
    await act(database, lambda it: coming_back.use_reset_link(it, secret, "a digest"))
    asked = await ask(database, table, await act(database, lambda it: actions.somebody(it, "amal")))
    assert asked.due is None
    await confirms(database, table, lina, asked, NOW + ALONE_AFTER)
    assert DONE == ["spam.example"]


@pytest.mark.parametrize("away", ["role", "account", "link"])
async def test_who_was_away_from_her_role_is_new_in_it(
    database: Database, table: Approvals, away: str
):
    amal, lina = await pair(database)
    asked = await ask(database, table, amal)
    if away == "role":
        await act(database, lambda it: actions.set_role(it, lina.id, Role.MEMBER))
        await act(database, lambda it: actions.set_role(it, lina.id, Role.MODERATOR))
    elif away == "account":
        await act(database, lambda it: actions.disable(it, lina.id))
        await act(database, lambda it: actions.enable(it, lina.id))
    else:
        secret = await act(database, lambda it: coming_back.make_reset_link(it, lina, amal.id))
        await act(database, lambda it: coming_back.use_reset_link(it, secret, "a digest"))
    with pytest.raises(TooNew):
        await confirms(database, table, lina, asked, NOW)
    assert DONE == []


async def test_a_role_that_is_given_longer_or_an_open_account_opened_goes_on(
    database: Database, table: Approvals
):
    amal, lina = await pair(database)
    asked = await ask(database, table, amal)
    soon = NOW + timedelta(days=1)
    for until in (soon, None):
        await act(
            database, partial(actions.set_role, name=lina.id, role=Role.MODERATOR, until=until)
        )
    await act(database, lambda it: actions.enable(it, lina.id))
    await confirms(database, table, lina, asked, NOW)
    assert DONE == ["spam.example"]


async def test_a_role_that_ended_and_is_given_again_begins_anew(
    database: Database, table: Approvals
):
    amal, lina = await pair(database)
    end = NOW + timedelta(days=1)
    give = partial(actions.set_role, name=lina.id, role=Role.MODERATOR)
    await act(database, partial(give, until=end))
    asked = await ask(database, table, amal)
    # nobody has tidied up meanwhile: the row still says the old role
    lina = await act(database, give, end + timedelta(hours=1))
    assert lina.since == end + timedelta(hours=1)
    with pytest.raises(TooNew):
        await confirms(database, table, lina, asked, end + timedelta(hours=2))


async def test_who_was_let_in_counts_from_then_and_not_from_when_she_asked(database: Database):
    amal = await create(database)
    await act(database, lambda it: entering.set_sign_up(it, SignUp.APPROVAL, amal.id))
    await act(database, lambda it: store.set_setting(it.tx, "staff_seen", stamp(NOW)[:10]))
    noor = await act(database, lambda it: entering.apply(it, "noor", "a digest", "Hallo."))
    await act(database, lambda it: actions.set_role(it, noor.id, Role.MODERATOR))
    later = NOW + SETTLED
    await act(database, lambda it: entering.answer(it, noor.id, yes=True, by=amal.id), later)
    assert (await act(database, lambda it: actions.somebody(it, noor.id))).since == later


async def test_who_was_here_before_this_was_noted_counts_from_what_the_log_says(
    empty_database: Database, tmp_path: Path
):
    before = tmp_path / "schema"
    before.mkdir()
    for path in SCHEMA.glob("*.sql"):
        if path.name < "0031":
            shutil.copy(path, before)
    await migrate(empty_database, before, now=NOW)

    async def fill(tx: Transaction) -> None:
        for name, made in (("amal", NOW - 2 * SETTLED), ("lina", NOW - SETTLED)):
            await tx.run(
                "insert into person (id, name, role, created) values (:id, :id, 'member', :made)",
                id=name,
                made=stamp(made),
            )
        for number, verb in enumerate(("create", "role moderator", "password")):
            await tx.run(
                "insert into audit (sequence, at, actor, verb, target, previous, digest) "
                "values (:number, :at, 'node', :verb, 'lina', :previous, :digest)",
                number=number,
                at=stamp(NOW + timedelta(hours=number)),
                verb=verb,
                previous=str(number),
                digest=str(number),
            )

    await empty_database.write(fill)
    await migrate(empty_database, SCHEMA, now=NOW)
    amal, lina = await empty_database.read(store.everybody)
    assert (amal.since, lina.since) == (NOW - 2 * SETTLED, NOW + timedelta(hours=1))
