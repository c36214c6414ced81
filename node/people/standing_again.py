"""After a restore an account stands as it stood last, never better than the backup has it.

An account that was closed since is closed, a role that was taken since is lost, and who wants to be
erased is. Nobody becomes more by it: a role that was given since is to be given once more, and
whoever got hers back since is new in it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from node.context import Context
from node.people import actions, audit, erasing, store
from node.people.model import Person, Role
from node.people.standing import Standing, no_more_than


async def stand_again(context: Context, name: str) -> None:
    """What the ledger says of an account; nothing where it is so already, or not here."""
    standing, person_id, *more = name.split(" ")
    person = await store.by_id(context.tx, person_id)
    if person is None:
        return
    if Standing(standing) is Standing.ROLE:
        await _role(context, person, Role(more[0]), for_a_time=len(more) > 1)
    else:
        await _WAYS[Standing(standing)](context, person)


async def _closed(context: Context, person: Person) -> None:
    if not person.disabled:
        await actions.disable(context, person.id, by=audit.NODE, noted=True)


async def _open(context: Context, person: Person) -> None:
    if person.disabled:
        await actions.enable(context, person.id, by=audit.NODE, noted=True)
    else:
        await store.set_role_since(context.tx, person.id, context.now)


async def _role(context: Context, person: Person, since: Role, *, for_a_time: bool) -> None:
    """One for a time is only known where it ends as the one that she has."""
    had = person.at(context.now).role
    role = had if for_a_time else no_more_than(had, since)
    if role is not had:
        await actions.set_role(context, person.id, role, by=audit.NODE, noted=True)
    else:
        await store.set_role_since(context.tx, person.id, context.now)


async def _leaves(context: Context, person: Person) -> None:
    """When she asked is not known here: from now on she has as long as ever to stay after all."""
    await erasing.ask_again(context, person)


async def _stays(context: Context, person: Person) -> None:
    await erasing.end_wish(context, person)


async def _away(context: Context, person: Person) -> None:
    if person.pending:
        await store.drop(context.tx, person.id)
        await audit.note(context, audit.NODE, "turn away", person.id)


_WAYS: Final[Mapping[Standing, Callable[[Context, Person], Awaitable[None]]]] = {
    Standing.CLOSED: _closed,
    Standing.OPEN: _open,
    Standing.LEAVES: _leaves,
    Standing.STAYS: _stays,
    Standing.AWAY: _away,
}
