"""The first run: pages behind the setup link are kept one by one, and count only at the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from node.context import Context
from node.errors import Invalid, NotFound
from node.i18n.messages import N_
from node.jobs import jobs
from node.people import audit, coming_back, entering, setup_store, store, token_store
from node.people.actions import SETUP_LINK_LASTS
from node.people.model import Person, Role, clean_name, digest
from node.storage.database import Transaction

USED_UP = N_("This setup link was used, or is too old. Type `josoor setup-link` for another one.")
_DRAFTS_LAST = timedelta(days=7)


async def holds(tx: Transaction, secret: str, now: datetime) -> bool:
    """Whether the link opens the pages of the first run."""
    return await token_store.setup_link_holds(tx, digest(secret), now)


async def was_just_used(tx: Transaction, secret: str, now: datetime) -> bool:
    """Whether it was used up a moment ago: then the same form may have been sent twice."""
    return await setup_store.was_used(tx, digest(secret), now - SETUP_LINK_LASTS)


async def keep_step(context: Context, secret: str, step: str, fields: setup_store.Pairs) -> None:
    """Keep what was typed on one page; the link holds for another half an hour.

    Raises: NotFound when it holds no more.
    """
    until = context.now + SETUP_LINK_LASTS
    if not await setup_store.prolong(context.tx, digest(secret), context.now, until):
        raise NotFound(USED_UP)
    await setup_store.set_draft(context.tx, step, fields, context.now)


async def finish(
    context: Context, secret: str, name: str, password: str | None, language: str
) -> tuple[Person, Sequence[str]]:
    """The first ambassador and her recovery codes, shown this once; the link is used up.

    `password` is its digest; None: a passkey is kept. Raises: NotFound, Invalid.
    """
    if not await token_store.use_setup_link(context.tx, digest(secret), context.now):
        raise NotFound(USED_UP)
    await setup_store.drop_drafts(context.tx)
    person = await _ambassador(context, name, language)
    if password is not None:
        await store.set_password(context.tx, person.id, password)
    return person, await coming_back.new_codes(context, person)


async def _ambassador(context: Context, name: str, language: str) -> Person:
    clean = clean_name(name)
    if clean is None:
        raise Invalid({"name": entering.BAD_NAME})
    if await store.by_name(context.tx, clean):
        raise Invalid({"name": entering.TAKEN})
    person = Person(
        id=context.new_id(),
        name=clean,
        role=Role.AMBASSADOR,
        created=context.now,
        language=language,
    )
    await store.add(context.tx, person)
    await audit.note(context, person.id, "create", person.id)
    return person


@jobs.every(timedelta(hours=6))
async def forget(context: Context) -> None:
    """Forget what was typed and never finished."""
    await setup_store.drop_drafts(context.tx, context.now - _DRAFTS_LAST)
