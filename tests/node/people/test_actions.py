"""Tests of node/people/actions.py: who may do what, and what is kept of a secret."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from node.context import Context
from node.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from node.people import actions, store, token_store
from node.people.model import PUBLISHERS, Person, Role, Scope
from node.storage.database import Database, Transaction
from node.storage.outbox import StoredOutbox
from node.urls import Urls

T = TypeVar("T")
NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
URLS = Urls("https://wien.test", "wien")


async def act(
    database: Database, work: Callable[[Context], Awaitable[T]], now: datetime = NOW
) -> T:
    async def transaction(tx: Transaction) -> T:
        return await work(Context(tx=tx, now=now, urls=URLS, outbox=StoredOutbox(tx)))

    return await database.write(transaction)


async def create(database: Database, name: str = "amal", role: Role = Role.AMBASSADOR) -> Person:
    return await act(database, lambda context: actions.create(context, name, role))


async def token(database: Database, scope: Scope, name: str = "amal") -> str:
    secret, _ = await act(
        database, lambda context: actions.create_token(context, name, scope, None)
    )
    return secret


async def admitted(database: Database, secret: str, needed: Scope) -> Person:
    return await database.read(lambda tx: actions.admit(tx, secret, needed, now=NOW))


async def test_a_person_is_kept_as_she_was_made(database: Database):
    person = await create(database)

    assert await database.read(store.everybody) == [person]
    assert (person.name, person.role, person.created) == ("amal", Role.AMBASSADOR, NOW)


async def test_a_name_is_given_once(database: Database):
    await create(database)

    with pytest.raises(Conflict):
        await create(database)


@pytest.mark.parametrize("name", ["", "a", "Amal", "amal@wien", "a b", "-amal", "a" * 65, "a\n"])
async def test_a_name_that_is_none_is_refused(name: str, database: Database):
    with pytest.raises(Invalid) as refused:
        await create(database, name)

    assert set(refused.value.fields) == {"name"}
    assert await database.read(store.everybody) == []


@pytest.mark.parametrize("scope", list(Scope))
async def test_a_token_opens_its_scope_and_those_before_it(scope: Scope, database: Database):
    await create(database)
    secret = await token(database, scope)

    for needed in Scope:
        if scope.covers(needed):
            assert (await admitted(database, secret, needed)).name == "amal"
        else:
            with pytest.raises(NotAllowed):
                await admitted(database, secret, needed)


@pytest.mark.parametrize("role", list(Role))
async def test_only_who_may_speak_for_the_community_gets_more_than_reading(
    role: Role, database: Database
):
    await create(database, role=role)

    await token(database, Scope.READ)
    if role in PUBLISHERS:
        await token(database, Scope.WRITE)
    else:
        with pytest.raises(NotAllowed):
            await token(database, Scope.WRITE)


async def test_tokens_that_open_more_than_a_new_role_allows_end_with_the_old_one(
    database: Database,
):
    await create(database)
    await create(database, "lina")
    admin, read = await token(database, Scope.ADMIN), await token(database, Scope.READ)

    await act(database, lambda context: actions.set_role(context, "amal", Role.MEMBER))

    assert (await admitted(database, read, Scope.READ)).role is Role.MEMBER
    with pytest.raises(NotSignedIn):
        await admitted(database, admin, Scope.READ)


async def test_a_token_opens_no_more_from_the_moment_in_which_a_role_ends(database: Database):
    await create(database)
    await create(database, "lina")
    until = NOW + timedelta(days=1)
    await act(
        database,
        lambda context: actions.set_role(context, "amal", Role.COORDINATOR, until=until),
    )
    secret = await token(database, Scope.WRITE)

    async def admitted_at(now: datetime) -> Person:
        return await database.read(lambda tx: actions.admit(tx, secret, Scope.WRITE, now=now))

    assert (await admitted_at(until - timedelta(seconds=1))).name == "amal"
    with pytest.raises(NotAllowed):
        await admitted_at(until)
    await act(database, actions.end_roles, until)
    with pytest.raises(NotSignedIn):
        await admitted_at(until)


async def test_the_last_ambassador_stays_until_somebody_else_is_one_for_good(database: Database):
    await create(database)
    await create(database, "lina", Role.MEMBER)
    until = NOW + timedelta(days=1)

    async def become(name: str, role: Role, until: datetime | None = None) -> Person:
        return await act(
            database, lambda context: actions.set_role(context, name, role, until=until)
        )

    with pytest.raises(Conflict):
        await become("amal", Role.MEMBER)
    with pytest.raises(Conflict):
        await become("amal", Role.AMBASSADOR, until)
    await become("lina", Role.AMBASSADOR, until)
    with pytest.raises(Conflict):
        await become("amal", Role.MEMBER)
    await become("lina", Role.AMBASSADOR)
    assert (await become("amal", Role.MEMBER)).role is Role.MEMBER


async def test_the_secret_of_a_token_is_nowhere_in_the_database(database: Database):
    await create(database)
    secret = await token(database, Scope.READ)

    async def everything(tx: Transaction) -> str:
        return str(await tx.rows("select * from token"))

    assert secret not in await database.read(everything)


@pytest.mark.parametrize("secret", ["", "josoor_", "josoor_wrong", "ö"])
async def test_an_unknown_token_opens_nothing(secret: str, database: Database):
    with pytest.raises(NotSignedIn):
        await admitted(database, secret, Scope.READ)


async def test_a_revoked_token_opens_nothing_and_is_still_listed(database: Database):
    await create(database)
    secret = await token(database, Scope.READ)
    (listed,) = await database.read(token_store.tokens)

    await act(database, lambda context: actions.revoke_token(context, listed.id))

    with pytest.raises(NotSignedIn):
        await admitted(database, secret, Scope.READ)
    assert [one.revoked for one in await database.read(token_store.tokens)] == [True]


async def test_a_closed_account_has_no_tokens_and_gets_none(database: Database):
    await create(database)
    secret = await token(database, Scope.READ)

    person = await act(database, lambda context: actions.disable(context, "amal"))

    assert person.disabled
    with pytest.raises(NotSignedIn):
        await admitted(database, secret, Scope.READ)
    with pytest.raises(NotAllowed):
        await token(database, Scope.READ)


async def test_nobody_and_nothing_are_not_found(database: Database):
    with pytest.raises(NotFound):
        await token(database, Scope.READ, "nobody")
    with pytest.raises(NotFound):
        await act(database, lambda context: actions.disable(context, "nobody"))
    with pytest.raises(NotFound):
        await act(database, lambda context: actions.set_role(context, "nobody", Role.MEMBER))
    with pytest.raises(NotFound):
        await act(database, lambda context: actions.revoke_token(context, "nothing"))


async def test_a_setup_link_is_used_once(database: Database):
    secret = await act(database, actions.make_setup_link)

    await act(database, lambda context: actions.use_setup_link(context, secret))

    with pytest.raises(NotFound):
        await act(database, lambda context: actions.use_setup_link(context, secret))


async def test_a_setup_link_ends_after_half_an_hour(database: Database):
    secret = await act(database, actions.make_setup_link)

    with pytest.raises(NotFound):
        await act(
            database,
            lambda context: actions.use_setup_link(context, secret),
            NOW + timedelta(minutes=30),
        )


async def test_a_new_setup_link_ends_the_one_before(database: Database):
    first = await act(database, actions.make_setup_link)
    second = await act(database, actions.make_setup_link)

    with pytest.raises(NotFound):
        await act(database, lambda context: actions.use_setup_link(context, first))
    await act(database, lambda context: actions.use_setup_link(context, second))
