"""Passwords, passkeys and recovery codes as they come and go.

Whatever goes is noted for the ledger of erasures: a backup from before does not bring it back.
"""

from __future__ import annotations

from collections.abc import Sequence

from node.context import Context
from node.people import audit, link_store, passkey_store, store
from node.people.silence_store import Thing, name_of, note_gone
from node.storage.database import Transaction

_SHUT_OUT = (
    "select count(*) as many from person where disabled_at is null and pending = 0 "
    "and password is null and id not in (select person from passkey) "
    "and id not in (select person from recovery_code)"
)


async def set_password(context: Context, person_id: str, digest: str) -> None:
    """Keep the digest of a password; the one before opens no more."""
    if mark := await store.password_mark(context.tx, person_id):
        await note_gone(context, Thing.PASSWORD, f"{person_id} {mark}")
    await store.set_password(context.tx, person_id, digest)


async def drop_passkey(context: Context, person_id: str, passkey_id: str) -> None:
    """A passkey of hers opens no more; nothing where it is not hers."""
    if await passkey_store.drop(context.tx, passkey_id, person_id):
        await note_gone(context, Thing.PASSKEY, passkey_id)


async def drop_passkeys(context: Context, person_id: str) -> None:
    """None of her passkeys opens any more."""
    for passkey in await passkey_store.all_of(context.tx, person_id):
        await drop_passkey(context, person_id, passkey.id)


async def set_codes(context: Context, person_id: str, digests: Sequence[str]) -> None:
    """Give a person these recovery codes; those before open no more."""
    for before in await link_store.codes_of(context.tx, person_id):
        await note_gone(context, Thing.CODE, before)
    await link_store.set_codes(context.tx, person_id, digests)


async def use_code(context: Context, person_id: str, digest: str) -> bool:
    """Use a recovery code up; False if it is none of hers."""
    used = await link_store.use_code(context.tx, person_id, digest)
    if used:
        await note_gone(context, Thing.CODE, digest)
    return used


async def shut_out(tx: Transaction) -> int:
    """How many have an open account and nothing to come in by, unless somebody makes a link."""
    row = await tx.row(_SHUT_OUT)
    return int(row["many"]) if row else 0


async def names(tx: Transaction) -> set[str]:
    """Every way in that is here, under the name that it would have in the ledger."""
    passkeys = await tx.rows("select id from passkey")
    codes = await tx.rows("select digest from recovery_code")
    marks = await store.password_marks(tx)
    return (
        {name_of(Thing.PASSKEY, row["id"]) for row in passkeys}
        | {name_of(Thing.CODE, row["digest"]) for row in codes}
        | {name_of(Thing.PASSWORD, f"{person} {mark}") for person, mark in marks.items()}
    )


async def end_password(context: Context, which: str) -> None:
    """After a restore: the password that was replaced since opens no more, and she has none."""
    person_id, _, mark = which.partition(" ")
    if await store.password_mark(context.tx, person_id) == mark:
        await store.set_password(context.tx, person_id, None)
        await audit.note(context, audit.NODE, "password ended", person_id)


async def end_passkey(context: Context, passkey_id: str) -> None:
    """The same of a passkey that was removed since."""
    passkey = await passkey_store.by_id(context.tx, passkey_id)
    if passkey is not None:
        await passkey_store.drop(context.tx, passkey.id, passkey.person)
        await audit.note(context, audit.NODE, "passkey removed", passkey.person)


async def end_code(context: Context, digest: str) -> None:
    """The same of a recovery code that was used or replaced since."""
    await link_store.drop_code(context.tx, digest)
