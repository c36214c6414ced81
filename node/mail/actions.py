"""What can be done about e-mail: give an address, confirm it, choose, take it back, get help."""

from __future__ import annotations

from datetime import datetime

from keys.vault import Vault
from node.context import Context
from node.errors import Conflict, Invalid, NotFound
from node.i18n.messages import N_
from node.mail import queue_store, sealing, store, withdrawing
from node.mail.model import Address, Kind, State, clean_address
from node.people import passkey_store
from node.people import store as people
from node.people.entering import USED_UP
from node.people.model import Person, digest
from node.people.rights import STAFF
from node.storage.database import Transaction

BAD = N_("This is no e-mail address that can be used here. It has plain Latin letters and one @.")
YOURS = N_("This is your address already.")
ELSEWHERE = N_("This address belongs to another account here. Remove it there first.")


async def give(context: Context, vault: Vault, person: Person, text: str, language: str) -> None:
    """Write to an address that somebody says is hers; until she confirms it, the one before stays.

    The answer is the same whether somebody else has it. Raises: Invalid.
    """
    address = _clean(text)
    key = await sealing.index_key(context.tx, vault)
    found = sealing.digest_of(key, address)
    kept = await store.of_person(context.tx, person.id, State.KEPT)
    if kept and kept.digest == found:
        raise Invalid({"address": YOURS})
    await store.drop_of(context.tx, person.id, State.ASKED)
    new_id = context.new_id()
    asked = Address(
        id=new_id,
        person=person.id,
        state=State.ASKED,
        sealed=sealing.seal(vault, new_id, address),
        digest=found,
        language=language,
        created=context.now,
    )
    await store.add(context.tx, asked)
    await _send(context, Kind.CONFIRM, new_id)


async def confirm(context: Context, secret: str) -> None:
    """Use an address from now on; it and the one before get a word.

    Raises: NotFound when the link holds no more, Conflict when it is another account's.
    """
    asked = await confirmable(context.tx, secret, context.now)
    if asked is None:
        raise NotFound(USED_UP)
    other = await store.kept_with(context.tx, asked.digest)
    if other is not None and other.person != asked.person:
        raise Conflict(ELSEWHERE)
    before = await store.of_person(context.tx, asked.person, State.KEPT)
    if before is not None:
        await store.drop_of(context.tx, asked.person, State.LEAVING)
        await store.leave(context.tx, before.id)
        await withdrawing.note_end(context, before)
        await _send(context, Kind.CHANGED, before.id)
    if not await store.keep(context.tx, asked.id, before):
        raise NotFound(USED_UP)
    await _send(context, Kind.KEPT, asked.id)


async def confirmable(tx: Transaction, secret: str, now: datetime) -> Address | None:
    """The address that this link confirms; None when it holds no more."""
    asked = await store.asked_with(tx, digest(secret))
    if asked is None or asked.confirm_ends is None or asked.confirm_ends <= now:
        return None
    person = await people.by_id(tx, asked.person)
    return asked if person and person.active else None


async def remove(context: Context, person: Person) -> None:
    """Forget every address of a person, and what waits for them."""
    if kept := await store.of_person(context.tx, person.id, State.KEPT):
        await withdrawing.note_end(context, kept)
    await store.drop_of(context.tx, person.id)


async def choose(context: Context, person: Person, *, recovers: bool, news: bool) -> None:
    """For what her address is used. Raises: NotFound where she has none."""
    kept = await store.of_person(context.tx, person.id, State.KEPT)
    if kept is None:
        raise NotFound(N_("There is no address of yours here."))
    await withdrawing.note_choice(context, kept, recovers=recovers, news=news)
    since = (kept.news_from or context.now) if news else None
    await store.choose(context.tx, kept.id, recovers=recovers, news_from=since)


async def stop(context: Context, vault: Vault, secret: str) -> None:
    """No more word about what is new, by the link that stands in each; done twice it is done.

    Raises: NotFound for a link that is none of ours.
    """
    address_id = await stopped_by(context.tx, vault, secret)
    if address_id is None:
        raise NotFound(USED_UP)
    found = await store.find(context.tx, address_id)
    if found is not None:
        await withdrawing.note_choice(context, found, recovers=found.recovers, news=False)
        await store.choose(context.tx, address_id, recovers=found.recovers, news_from=None)


async def stopped_by(tx: Transaction, vault: Vault, secret: str) -> str | None:
    """The id of the address to which such a link was sent; None for any other link."""
    key = await sealing.known_key(tx, vault)
    return sealing.address_of_stop(key, secret) if key else None


async def ask_for_help(context: Context, vault: Vault, text: str) -> None:
    """Let a link to a new password be sent to an address, if it is somebody's here.

    Nothing is looked up: for every address the same is written down (security: J10).
    Raises: Invalid.
    """
    key = await sealing.index_key(context.tx, vault)
    found = sealing.digest_of(key, _clean(text))
    await queue_store.add(
        context.tx, context.new_id(), Kind.RECOVER, context.now, digest=found
    )  # fmt: skip


async def may_recover(tx: Transaction, person: Person | None, now: datetime) -> bool:
    """Whether a link to a new password may be sent to somebody by mail.

    Not to the team, for whose accounts a mailbox that was broken into is too little; and not to
    whoever has a passkey, which the link would end.
    """
    if person is None or not person.active or person.at(now).role in STAFF:
        return False
    return not await passkey_store.all_of(tx, person.id)


async def _send(context: Context, kind: Kind, address_id: str) -> None:
    await queue_store.add(context.tx, context.new_id(), kind, context.now, address=address_id)


def _clean(text: str) -> str:
    address = clean_address(text)
    if address is None:
        raise Invalid({"address": BAD})
    return address
