"""Passkeys: questions that can be answered once, passkeys added, used and removed."""

from __future__ import annotations

import secrets
from datetime import timedelta

from node.context import Context
from node.errors import Conflict, NotFound
from node.i18n.messages import N_
from node.jobs import jobs
from node.people import audit, passkey_store, session_store, store, ways_in
from node.people.model import Person, digest
from node.people.passkey_checks import NewKey, pack
from node.people.passkey_store import Challenge, Passkey, Purpose
from node.storage.database import Transaction

LASTS = timedelta(minutes=5)
"""How long a question can be answered."""
MOST = 10
"""Passkeys of one person."""
MOST_OPEN = 5000
"""Questions that nobody has answered yet; the oldest go first."""
KNOWN = N_("This passkey is here already.")
TOO_MANY = N_("You have ten passkeys. Remove one of them first.")
LAST_WAY = N_("This is your only way in. Add another passkey, or set a password, first.")
NO_SUCH = N_("There is no such passkey.")


async def put(context: Context, purpose: Purpose, bound: str, handle: str | None = None) -> str:
    """A new question, base64url; `bound` tells the browser that it is put to."""
    challenge = secrets.token_urlsafe(32)
    kept = Challenge(
        digest=digest(challenge),
        bound=digest(bound),
        purpose=purpose,
        handle=handle,
        ends=context.now + LASTS,
    )
    await passkey_store.put(context.tx, kept, MOST_OPEN)
    return challenge


async def take(context: Context, challenge: str, purpose: Purpose, bound: str) -> Challenge | None:
    """The question that is answered now, and never again, right or wrong.

    None when it was answered, is too old, or was put to another browser or for something else.
    """
    found = await passkey_store.take(context.tx, digest(challenge))
    if found is None or context.now >= found.ends:
        return None
    return found if (found.purpose, found.bound) == (purpose, digest(bound)) else None


async def handle_of(tx: Transaction, person: Person | None) -> str:
    """What devices keep of a person: random, never her id, and the same for all her passkeys."""
    mine = await passkey_store.all_of(tx, person.id) if person else []
    return mine[0].handle if mine else pack(secrets.token_bytes(32))


async def add(context: Context, person: Person, new: NewKey, handle: str, name: str) -> Passkey:
    """The passkey that opens from now on. Raises: Conflict for one that is known, or too many."""
    if len(await passkey_store.all_of(context.tx, person.id)) >= MOST:
        raise Conflict(TOO_MANY)
    if await passkey_store.find(context.tx, new.credential):
        raise Conflict(KNOWN)
    passkey = Passkey(
        id=context.new_id(),
        person=person.id,
        handle=handle,
        credential=new.credential,
        public_key=new.public_key,
        counter=new.counter,
        name=name.strip()[:60],
        created=context.now,
    )
    await passkey_store.add(context.tx, passkey)
    await audit.note(context, person.id, "passkey", person.id)
    return passkey


async def use(context: Context, credential: str, counter: int) -> Person | None:
    """The person whose passkey has signed, as she is now; None when it opens nothing.

    A counter that did not go on is noted: there may be a copy of the key.
    """
    passkey = await passkey_store.find(context.tx, credential)
    person = await store.by_id(context.tx, passkey.person) if passkey else None
    if passkey is None or person is None or not person.active:
        return None
    if (counter or passkey.counter) and counter <= passkey.counter:
        await audit.note(context, audit.NODE, "passkey counter", person.id)
        return None
    await passkey_store.note_use(context.tx, passkey.id, counter, context.now)
    return person.at(context.now)


async def remove(context: Context, person: Person, passkey_id: str, *, keep: str | None) -> None:
    """A passkey opens nothing any more, and every session but `keep` ends.

    Raises: NotFound; Conflict where it is the last way in.
    """
    mine = await passkey_store.all_of(context.tx, person.id)
    if passkey_id not in {one.id for one in mine}:
        raise NotFound(NO_SUCH)
    if len(mine) == 1 and await store.password(context.tx, person.id) is None:
        raise Conflict(LAST_WAY)
    await ways_in.drop_passkey(context, person.id, passkey_id)
    await session_store.end_all(context.tx, person.id, keep)
    await audit.note(context, person.id, "passkey removed", person.id)


@jobs.every(timedelta(minutes=10))
async def forget(context: Context) -> None:
    """Drop questions that nobody answered in time."""
    await passkey_store.forget(context.tx, context.now)
