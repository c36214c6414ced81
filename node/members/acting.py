"""A member gets an actor of her own because she asks for it; she changes it, and takes it back."""

from __future__ import annotations

from dataclasses import replace

from activitypub.names import PUBLIC
from keys.vault import Vault
from node.community import store as community_store
from node.community.federate import follower_inboxes
from node.community.keyring import Pair, seal_pair
from node.context import Context
from node.errors import Conflict, NotAllowed, NotFound
from node.i18n.messages import N_
from node.members import persona_store, speaking, store
from node.members.model import (
    LONGEST_BIO,
    LONGEST_NAME,
    Consent,
    Persona,
    hidden_id,
    is_free_handle,
)
from node.moderation.actions import ActorGone
from node.moderation.cases import forget_actor
from node.people import silence_store
from node.people.model import Person, Role
from node.people.silence_store import Silence
from node.reading import Reader, language_tag, line, prose
from node.storage.buried import bury_actor
from node.storage.database import Transaction

BAD_HANDLE = N_("A handle has 2 to 30 small Latin letters, numbers, dots or dashes.")
TAKEN = N_("This handle is not free. Please choose another one.")
NOT_READ = N_("Please say that you have read this.")
ONE_ALREADY = N_("You have a public account already.")
NEWCOMER = N_("Ask your team to make you a member first.")
NONE = N_("You have no public account.")


async def ask_for(
    context: Context, person: Person, document: object, *, pair: Pair, vault: Vault
) -> Persona:
    """The new persona, with keys that no other actor has. `document`: `handle`, `name`, `summary`,
    `language`, and `understood`, which must be true.

    Raises: NotAllowed for newcomers, Conflict where she has one, Invalid.
    """
    if not person.active or person.at(context.now).role is Role.NEWCOMER:
        raise NotAllowed(NEWCOMER)
    if await persona_store.of_person(context.tx, person.id):
        raise Conflict(ONE_ALREADY)
    persona = await _read(context, person, document)
    await persona_store.add(context.tx, persona)
    actor = context.urls.member(persona.id)
    # The day is enough: what is kept tells no more than it must.
    made = context.now.replace(hour=0, minute=0, second=0, microsecond=0)
    for key in seal_pair(actor, pair, vault, made, number=1):
        await community_store.add_key(context.tx, key)
    await _note(context, person.id, given=True)
    return persona


async def _read(context: Context, person: Person, document: object) -> Persona:
    known = ("handle", "name", "summary", "language", "understood")
    reader = Reader(document, known=known)
    handle = reader.required("handle", line(64), "").removeprefix("@").lower()
    if "handle" not in reader.complaints:
        if not is_free_handle(handle, context.urls.handle):
            reader.complain("handle", BAD_HANDLE)
        elif await persona_store.was_taken(context.tx, handle):
            reader.complain("handle", TAKEN)
    if not isinstance(document, dict) or document.get("understood") is not True:
        reader.complain("understood", NOT_READ)
    persona = Persona(
        id=hidden_id(),
        person=person.id,
        handle=handle,
        name=reader.field("name", line(LONGEST_NAME), handle),
        summary=reader.field("summary", prose(LONGEST_BIO), ""),
        language=reader.field("language", language_tag, person.language or "en"),
        created=context.now.replace(hour=0, minute=0, second=0, microsecond=0),
    )
    reader.finish()
    return persona


async def mine(tx: Transaction, person: Person) -> Persona:
    """A person's persona. Raises: NotFound where she has none."""
    persona = await persona_store.of_person(tx, person.id)
    if persona is None:
        raise NotFound(NONE)
    return persona


async def change(context: Context, person: Person, document: object) -> Persona:
    """The persona with other words about itself, told to its followers.

    Raises: NotFound, Invalid.
    """
    before = await mine(context.tx, person)
    reader = Reader(document, known=("name", "summary", "language"))
    cleared = isinstance(document, dict) and document.get("summary") in (None, "")
    after = replace(
        before,
        name=reader.field("name", line(LONGEST_NAME), before.name),
        summary="" if cleared else reader.field("summary", prose(LONGEST_BIO), before.summary),
        language=reader.field("language", language_tag, before.language),
    )
    reader.finish()
    if after != before:
        await persona_store.change(context.tx, after)
        if not after.hidden_at:
            await speaking.tell_of_itself(context, after)
    return after


async def take_back(context: Context, person: Person) -> None:
    """The persona is no more, here and wherever anything of it went. Raises: NotFound."""
    persona = await mine(context.tx, person)
    await silence_store.note(context, Silence.RETIRED, persona.id)
    await retire_actor(context, context.urls.member(persona.id))
    await _note(context, person.id, given=False)


async def retire_actor(context: Context, actor: str) -> None:
    """Delete a member's actor for ever; nothing where it is none, or is gone already.

    Its posts are gone here at once, its address answers 410 from now on, and `Delete` goes to every
    host that ever got anything of it. Its keys live until all were told (node/storage/buried.py).
    """
    persona = await persona_store.by_actor(context.tx, context.urls, actor)
    if persona is None:
        return
    said = speaking.activity(context, persona, "Delete", actor)
    said["to"] = [PUBLIC]
    ways = await follower_inboxes(context, actor)
    await speaking.send(context, said, about=actor, ways=ways, erases=True)
    await bury_actor(context.tx, actor, context.now)
    await persona_store.drop(context.tx, persona, context.urls)
    await forget_actor(context, ActorGone(actor))


async def _note(context: Context, person: str, *, given: bool) -> None:
    await store.note_consent(
        context.tx, context.new_id(), person, Consent.FEDIVERSE, given, context.now
    )
