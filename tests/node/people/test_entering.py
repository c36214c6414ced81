"""Tests of node/people/entering.py: for how long an invitation lets somebody in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from node.errors import NotAllowed, NotFound
from node.people import actions, entering, link_store, store
from node.people.model import Person, Role
from node.storage.database import Database
from tests.node.people.test_actions import NOW, act, create


async def invites(database: Database, by: Person | None, role: Role) -> str:
    """The secret of an invitation."""
    return (await act(database, lambda it: entering.invite(it, role, by=by)))[0]


async def open_ones(database: Database) -> set[Role | None]:
    """The roles to which an invitation is open."""
    links = await database.read(lambda tx: link_store.invitations(tx, NOW))
    return {one.role for one in links}


@pytest.mark.parametrize(
    ("role", "left"), [(Role.COORDINATOR, {Role.MEMBER}), (Role.MODERATOR, set())]
)
async def test_invitations_end_with_the_right_to_make_them(
    database: Database, role: Role, left: set[Role]
):
    await create(database)
    lina = await create(database, "lina")
    for to in (Role.VOLUNTEER, Role.MEMBER):
        await invites(database, lina, to)
    await act(database, lambda it: actions.set_role(it, lina.id, role))
    assert await open_ones(database) == left


async def test_an_invitation_of_who_leads_still_stays_open(database: Database):
    lina = await create(database, "lina", Role.COORDINATOR)
    await invites(database, lina, Role.MEMBER)
    await act(database, lambda it: actions.set_role(it, lina.id, Role.AMBASSADOR))
    assert await open_ones(database) == {Role.MEMBER}


@pytest.mark.parametrize("away", ["role", "account"])
async def test_nobody_joins_by_the_invitation_of_who_could_not_make_it_now(
    database: Database, away: str
):
    await create(database)
    lina = await create(database, "lina", Role.COORDINATOR)
    secret, later = await invites(database, lina, Role.MEMBER), NOW + timedelta(days=2)
    if away == "role":
        until = NOW + timedelta(days=1)
        # nobody has tidied up when it ends: the row still says the old role
        await act(database, lambda it: store.set_role(it.tx, lina.id, lina.role, until, since=NOW))
    else:
        await act(database, lambda it: store.set_disabled(it.tx, lina.id, NOW))
    with pytest.raises(NotFound):
        await act(database, lambda it: entering.join(it, secret, "noor", "a digest"), later)
    assert {one.name for one in await database.read(store.everybody)} == {"amal", "lina"}


async def test_an_invitation_from_the_machine_needs_nobody_who_made_it(database: Database):
    secret = await invites(database, None, Role.AMBASSADOR)
    noor = await act(database, lambda it: entering.join(it, secret, "noor", "a digest"))
    assert noor.role is Role.AMBASSADOR


async def test_who_invites_is_asked_for_the_role_that_she_has_by_now(database: Database):
    await create(database)
    lina = await create(database, "lina")
    await act(database, lambda it: store.set_role(it.tx, lina.id, Role.MEMBER, None, since=NOW))
    with pytest.raises(NotAllowed):
        await invites(database, lina, Role.MEMBER)
    assert await open_ones(database) == set()
