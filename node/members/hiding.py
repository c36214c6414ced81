"""Hide everything now: one touch, nothing to decide, and for 30 days a way back here.

Elsewhere there is no way back: every post is deleted there (`Delete`), and the actor's name and
words are taken out (`Update`); its followers stay, so that the others see only that it is silent.
Here the profile is nobody's, the pages answer as if they were not there, and no handle is found.
Shown again, posts are read on our own page only: what was deleted elsewhere does not come back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from node.context import Context
from node.jobs import jobs
from node.members import actions, persona_store, post_store, posting, speaking, store
from node.members.model import HIDDEN_LIFE, Persona, PostState, Visible
from node.people import session_store, silence_store
from node.people.erasing import REGRET, erase_person
from node.people.model import Person
from node.people.silence_store import Silence
from node.storage.database import Transaction


async def hide_everything(
    context: Context, person: Person, *, session: str | None, noted: bool = False
) -> None:
    """Nothing of hers is seen any more, and she is signed out everywhere but in `session`.

    `noted`: the ledger, which a restore follows, knows of it already.
    """
    if not noted:
        await silence_store.note(context, Silence.HIDDEN, person.id)
    profile = await store.profile(context.tx, person.id)
    if profile and profile.hidden_at is None:
        hidden = replace(
            profile,
            before_hiding=profile.visibility,
            visibility=Visible.NOBODY,
            hidden_at=context.now,
        )
        await store.put(context.tx, hidden)
    persona = await persona_store.of_person(context.tx, person.id)
    if persona and persona.hidden_at is None:
        await _hide(context, persona)
    await session_store.end_all(context.tx, person.id, session)


async def _hide(context: Context, persona: Persona) -> None:
    seen = (PostState.SHOWN, PostState.HOME)
    for post in await post_store.of_persona(context.tx, persona.id, *seen):
        if post.state is PostState.SHOWN:
            await posting.withdraw(context, persona, post)
        await post_store.change(context.tx, replace(post, state=PostState.HIDDEN))
    persona = replace(persona, hidden_at=context.now)
    await persona_store.change(context.tx, persona)
    await speaking.tell_of_itself(context, persona)


async def show_again(context: Context, person: Person, *, noted: bool = False) -> None:
    """What is still there of what she hid is seen as before, here; elsewhere its posts are gone."""
    if not noted:
        await silence_store.note(context, Silence.SHOWN, person.id)
    profile = await store.profile(context.tx, person.id)
    if profile and profile.before_hiding:
        shown = replace(
            profile, visibility=profile.before_hiding, before_hiding=None, hidden_at=None
        )
        await store.put(context.tx, shown)
    persona = await persona_store.of_person(context.tx, person.id)
    if persona and persona.hidden_at:
        persona = replace(persona, hidden_at=None)
        await persona_store.change(context.tx, persona)
        for post in await post_store.of_persona(context.tx, persona.id, PostState.HIDDEN):
            await post_store.change(context.tx, replace(post, state=PostState.HOME))
        await speaking.tell_of_itself(context, persona)


async def is_hidden(tx: Transaction, person: Person) -> bool:
    """Whether she hid everything, and can show it again."""
    profile = await actions.profile_of(tx, person)
    persona = await persona_store.of_person(tx, person.id)
    return profile.hidden_at is not None or bool(persona and persona.hidden_at)


@jobs.every(timedelta(hours=6))
async def forget_hidden(context: Context) -> None:
    """After 30 days posts that were hidden are gone here as well, and a profile stays private."""
    before = context.now - HIDDEN_LIFE
    await store.forget_hidden(context.tx, before)
    for persona in await persona_store.hidden_before(context.tx, before):
        for post in await post_store.of_persona(context.tx, persona.id, PostState.HIDDEN):
            await posting.delete(context, persona, post.id)


async def leave(context: Context, person: Person, *, regret: bool) -> str:
    """The number of her erasure: at once, or after 72 hours in which nothing of her is seen.

    Raises: Conflict when nobody would be ambassador any more.
    """
    if regret:
        await hide_everything(context, person, session=None)
    return await erase_person(context, person.id, after=REGRET if regret else timedelta(0))
