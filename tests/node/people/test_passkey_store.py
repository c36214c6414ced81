"""Tests of node/people/passkeys.py on both engines: questions are answered once, copies are noticed."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from node.context import Context
from node.errors import Conflict
from node.people import audit, passkey_store, passkeys
from node.people.model import Person, Role
from node.people.passkey_checks import NewKey
from node.people.passkey_store import Purpose
from node.storage.database import Database
from tests.node.people.test_actions import NOW, act, create


async def add(database: Database, person: Person, name: str = "a", counter: int = 3) -> str:
    async def work(context: Context) -> str:
        new = NewKey(credential=name, public_key="k", counter=counter)
        handle = await passkeys.handle_of(context.tx, person)
        return (await passkeys.add(context, person, new, handle, name)).id

    return await act(database, work)


async def test_a_question_is_answered_once_in_time_by_whom_it_was_put_to(database: Database):
    put = partial(passkeys.put, purpose=Purpose.ADD, bound="here", handle="h")
    for purpose, bound, at, found in (
        (Purpose.ADD, "here", NOW, True),
        (Purpose.ADD, "there", NOW, False),
        (Purpose.ENTER, "here", NOW, False),
        (Purpose.ADD, "here", NOW + passkeys.LASTS, False),
    ):
        challenge = await act(database, put)
        take = partial(passkeys.take, challenge=challenge, purpose=purpose, bound=bound)
        taken = await act(database, take, at)
        assert (taken is not None) is found, (purpose, bound, at)
        again = partial(passkeys.take, challenge=challenge, purpose=Purpose.ADD, bound="here")
        assert await act(database, again) is None


async def test_of_too_many_questions_the_newest_are_kept(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(passkeys, "MOST_OPEN", 2)
    put = partial(passkeys.put, purpose=Purpose.SIGN_IN, bound="here")
    made = [await act(database, put, NOW + timedelta(seconds=second)) for second in range(3)]

    found = []
    for challenge in made:
        take = partial(passkeys.take, challenge=challenge, purpose=Purpose.SIGN_IN, bound="here")
        found.append(await act(database, take) is not None)
    assert found == [False, True, True]


@pytest.mark.parametrize(
    ("before", "now", "opens"), [(0, 0, True), (3, 4, True), (3, 3, False), (3, 0, False)]
)
async def test_a_count_that_does_not_go_on_opens_nothing_and_is_noted(
    database: Database, before: int, now: int, opens: bool
):
    amal = await create(database, "amal", Role.MEMBER)
    await add(database, amal, counter=before)
    used = await act(database, partial(passkeys.use, credential="a", counter=now))

    async def notes(context: Context) -> list[str]:
        return [each.verb for each in await audit.newest(context.tx)]

    assert (used is not None) is opens
    assert ("passkey counter" in await act(database, notes)) is not opens


async def test_nobody_has_more_than_ten_and_the_last_way_in_stays(database: Database):
    amal = await create(database, "amal", Role.MEMBER)
    ids = [await add(database, amal, f"key {number}") for number in range(passkeys.MOST)]
    with pytest.raises(Conflict):
        await add(database, amal, "one more")

    for passkey_id in ids[:-1]:
        await act(database, partial(_remove, amal, passkey_id))
    with pytest.raises(Conflict, match="only way in"):
        await act(database, partial(_remove, amal, ids[-1]))
    (left,) = await act(database, lambda it: passkey_store.all_of(it.tx, amal.id))
    assert left.id == ids[-1]


async def _remove(person: Person, passkey_id: str, context: Context) -> None:
    await passkeys.remove(context, person, passkey_id, keep=None)


async def test_the_passkey_of_one_person_is_not_another_s(database: Database):
    amal = await create(database, "amal", Role.MEMBER)
    eve = await create(database, "eve", Role.MEMBER)
    await add(database, amal)

    with pytest.raises(Conflict, match="here already"):
        await add(database, eve)
