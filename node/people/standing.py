"""How an account stands: closed or open, in which role, to be erased or not, turned away.

Every change is noted for the ledger of erasures, and the last one about an account counts: a backup
from before neither opens what was closed nor gives a role back (`standing_again`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum

from node.context import Context
from node.ids import stamp
from node.people import silence_store, store
from node.people.model import AFTERWARDS, Person, Role
from node.people.rights import RIGHTS
from node.people.silence_store import Silence
from node.storage.database import Transaction


class Standing(Enum):
    """What became of an account. AWAY: who asked to be let in was turned away."""

    CLOSED = "closed"
    OPEN = "open"
    ROLE = "role"
    LEAVES = "leaves"
    STAYS = "stays"
    AWAY = "away"


_ONE = {Standing.OPEN: Standing.CLOSED, Standing.STAYS: Standing.LEAVES}
"""Two that are about the same: the later one counts."""


def name_of(standing: Standing, person_id: str, *more: str) -> str:
    """Under what name it stands in the ledger."""
    return " ".join((standing.value, person_id, *more))


def about(name: str) -> tuple[Standing, str]:
    """What it is about: of two names about the same only the later one counts."""
    word, person_id = name.split(" ")[:2]
    standing = Standing(word)
    return _ONE.get(standing, standing), person_id


async def note(context: Context, standing: Standing, person_id: str) -> None:
    """Let it be written into the ledger, in the transaction that does it."""
    await silence_store.note(context, Silence.STANDING, name_of(standing, person_id))


async def note_role(context: Context, person_id: str, role: Role, until: datetime | None) -> None:
    """The same of a role that somebody has from now on, for good or until a moment.

    A restored database knows no other end of a role than its own. Where that is not the one which
    is noted, what she has when it is over is all that she has: that is noted first.
    """
    lasting = AFTERWARDS if until else role
    names = [name_of(Standing.ROLE, person_id, lasting.value)]
    if until is not None:
        names.append(_for_a_time(person_id, role, until))
    for name in names:
        await silence_store.note(context, Silence.STANDING, name)


def _for_a_time(person_id: str, role: Role, until: datetime) -> str:
    return name_of(Standing.ROLE, person_id, role.value, stamp(until))


def no_more_than(had: Role, since: Role) -> Role:
    """The lesser of two roles; a newcomer's where neither is all that the other is."""
    if _covers(since, had):
        return had
    return since if _covers(had, since) else Role.NEWCOMER


def _covers(one: Role, other: Role) -> bool:
    """Whether nobody is more who is `other` in place of `one`: an ambassador is all, and whoever
    is on the team could be a member."""
    member = other is AFTERWARDS and one is not Role.NEWCOMER
    return one is Role.AMBASSADOR or member or RIGHTS[other] <= RIGHTS[one]


async def names(tx: Transaction) -> set[str]:
    """Whatever the ledger could say of the accounts that are here."""
    return {name for person in await store.everybody(tx) for name in _names(person)}


def _names(person: Person) -> Iterable[str]:
    for standing in Standing:
        if standing is not Standing.ROLE:
            yield name_of(standing, person.id)
    for role in Role:
        yield name_of(Standing.ROLE, person.id, role.value)
    if person.role_until is not None:
        yield _for_a_time(person.id, person.role, person.role_until)


async def nobody_leads(tx: Transaction) -> bool:
    """Whether people are here, and none of them is ambassador for good."""
    active = [person for person in await store.everybody(tx) if person.active]
    return bool(active) and not any(
        person.role is Role.AMBASSADOR and person.role_until is None for person in active
    )
