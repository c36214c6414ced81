"""Leaving for good: the account is closed at once, and everything of hers goes when it is due.

`erase_person` is what a page, a command and the API call. Whatever is due is written into the
ledger first and erased then (`node.erasure`), within a second while the node runs. Spec: 3.5
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import orjson

from node.context import Context
from node.errors import NotFound
from node.ids import stamp
from node.people import actions, audit, erasure_store, standing, store
from node.people.erasure_store import Kind
from node.people.model import Person
from node.people.standing import Standing
from node.storage.database import Transaction

REGRET: Final = timedelta(hours=72)
"""For so long a person who wants it can change her mind."""
_HERS = (
    ("session", "person"),
    ("recovery_code", "person"),
    ("passkey", "person"),
    ("token", "person"),
    ("entry_link", "person"),
    ("entry_link", "made_by"),
)


@dataclass(frozen=True, slots=True)
class PersonErased:
    """Somebody who had an account is no more: whatever is held of her goes, in this transaction.

    Told while the account's row is still there. `name` is under which she was known here.
    """

    person: str
    name: str


async def erase_person(
    context: Context,
    person_id: str,
    *,
    after: timedelta = timedelta(0),
    by: str | None = None,
) -> str:
    """The number of the erasure; from now on the account opens nothing, whatever is still there.

    `after`: when it is to be done; until then `keep_person` takes it back. `by` None: herself.
    Raises: NotFound, Conflict when nobody would be ambassador any more.
    """
    person = await actions.somebody(context, person_id)
    who = by or person.id
    await actions.check_not_last(context, person)
    # what is done at once has a line of its own before anybody hears that it is done
    await actions.disable(context, person.id, by=who, noted=not after)
    if after:
        await standing.note(context, Standing.LEAVES, person.id)
    number = await _ask(context, person, after)
    await audit.note(context, who, "erase", person.id)
    return number


async def _ask(context: Context, person: Person, after: timedelta) -> str:
    return await erasure_store.ask(
        context.tx,
        context.new_id(),
        Kind.PERSON,
        person.id,
        now=stamp(context.now),
        due=stamp(context.now + after),
    )


async def keep_person(context: Context, person_id: str, *, by: str | None = None) -> Person:
    """The person, who stays after all; she signs in anew. Raises: NotFound when it is too late."""
    if not await erasure_store.take_back(context.tx, Kind.PERSON, person_id):
        raise NotFound("There is nothing to take back any more.")
    await standing.note(context, Standing.STAYS, person_id)
    return await actions.enable(context, person_id, by=by or person_id)


async def ask_again(context: Context, person: Person) -> None:
    """After a restore: who wanted to be erased is, and can change her mind for as long as ever."""
    await erasure_store.take_back(context.tx, Kind.PERSON, person.id)
    await _ask(context, person, REGRET)
    await audit.note(context, audit.NODE, "erase", person.id)


async def end_wish(context: Context, person: Person) -> None:
    """The same of who took it back: nothing is to be erased."""
    await erasure_store.take_back(context.tx, Kind.PERSON, person.id)


async def drop_person(context: Context, person_id: str) -> None:
    """Everything of hers goes, here and in every room; nothing happens where she is not.

    Only for `node.erasure`, which has written it into the ledger.
    """
    person = await store.by_id(context.tx, person_id)
    if person is None:
        return
    await context.tell(PersonErased(person.id, person.name))
    for table, column in _HERS:
        await context.tx.run(f"delete from {table} where {column} = :id", id=person.id)  # noqa: S608
    await _drop_decisions(context.tx, person)
    await _drop_answers(context.tx, person)
    await context.tx.run("delete from person where id = :id", id=person.id)


async def _drop_decisions(tx: Transaction, person: Person) -> None:
    """What was asked about her, and her own words; who decided what stays as an opaque id."""
    await tx.run("delete from approval where target = :id", id=person.id)
    await tx.run("delete from approval where asked_by = :id and state = 'waiting'", id=person.id)
    await tx.run("update approval set reason = '' where asked_by = :id", id=person.id)


async def _drop_answers(tx: Transaction, person: Person) -> None:
    """Answers of the API that name her, kept in case that a request is repeated."""
    rows = await tx.rows("select digest, body from repeat_key where body is not null")
    for row in rows:
        named = (orjson.dumps(person.name), person.id.encode())
        if any(each in bytes(row["body"]) for each in named):
            await tx.run("delete from repeat_key where digest = :digest", digest=row["digest"])
