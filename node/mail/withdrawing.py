"""Addresses that were taken back, and what they are used for no more: noted for the ledger of
erasures, so that an older backup brings no mail back that somebody has ended.
"""

from __future__ import annotations

from typing import Final

from node.context import Context
from node.mail import store
from node.mail.model import Address
from node.people.silence_store import Thing, name_of, note_gone
from node.storage.database import Transaction

_HERE: Final = {
    Thing.ADDRESS: "select id from mail_address",
    Thing.HELP: "select id from mail_address where recovers = 1",
    Thing.NEWS: "select id from mail_address where news_from is not null",
}


async def note_end(context: Context, address: Address) -> None:
    """An address that was confirmed gets no more mails."""
    await note_gone(context, Thing.ADDRESS, address.id)


async def note_choice(context: Context, before: Address, *, recovers: bool, news: bool) -> None:
    """What an address is used for from now on, where that is less than before."""
    if before.recovers and not recovers:
        await note_gone(context, Thing.HELP, before.id)
    if before.news_from and not news:
        await note_gone(context, Thing.NEWS, before.id)


async def names(tx: Transaction) -> set[str]:
    """Every address that is here and what it is used for, as the ledger would name it."""
    return {name_of(thing, row["id"]) for thing, sql in _HERE.items() for row in await tx.rows(sql)}


async def end(context: Context, address_id: str) -> None:
    """After a restore: an address that was removed or exchanged since is forgotten."""
    await store.drop(context.tx, address_id)


async def end_help(context: Context, address_id: str) -> None:
    """The same of the links to a new password that its owner wanted no more."""
    if found := await store.find(context.tx, address_id):
        await store.choose(context.tx, found.id, recovers=False, news_from=found.news_from)


async def end_news(context: Context, address_id: str) -> None:
    """The same of the word about what is new."""
    if found := await store.find(context.tx, address_id):
        await store.choose(context.tx, found.id, recovers=found.recovers, news_from=None)
