"""Ways back in, without e-mail: a link from an ambassador, a recovery code from paper."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from node.context import Context
from node.errors import Conflict, NotAllowed, NotFound
from node.i18n.messages import N_
from node.people import audit, link_store, session_store, store, ways_in
from node.people.entering import USED_UP, new_link
from node.people.model import Person, Purpose, clean_name, digest

RESET_LASTS = timedelta(minutes=60)
CODES = 10
_CODE_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
WRONG_CODE = N_("This name and this code do not belong together.")


async def make_reset_link(context: Context, person: Person, by: str) -> str:
    """The secret of a link to a new password, good for an hour; earlier ones end.

    Whoever made it hands it over; what the node sends by itself, to an address of hers, is not in
    the log: that she keeps one is her own business. Raises: Conflict.
    """
    if not person.active:
        raise Conflict("This account is closed, or not open yet.")
    await link_store.end_resets(context.tx, person.id)
    secret = secrets.token_urlsafe(32)
    link = new_link(context, Purpose.RESET, RESET_LASTS, 1, None, person=person.id)
    await link_store.add(context.tx, link, digest(secret))
    if by != audit.NODE:
        await audit.note(context, by, "reset-link", person.id)
    return secret


async def use_reset_link(context: Context, secret: str, password: str) -> Person:
    """The person whose password was set anew; her sessions and passkeys have ended.

    She is new in her role: who made the link may be who uses it. Raises: NotFound.
    """
    link = await link_store.find(context.tx, Purpose.RESET, digest(secret))
    if link is None or not await link_store.use(context.tx, link.id, context.now):
        raise NotFound(USED_UP)
    person = await store.by_id(context.tx, link.person or "")
    if person is None or not person.active:
        raise NotFound(USED_UP)
    await store.set_role_since(context.tx, person.id, context.now)
    await _begin_anew(context, person, password)
    return person


async def recover(context: Context, name: str, code: str, password: str) -> Person:
    """The same by a recovery code, which is used up.

    Raises: NotAllowed, in the same words whatever was wrong.
    """
    person = await store.by_name(context.tx, clean_name(name) or "")
    if person is None or not person.active:
        raise NotAllowed(WRONG_CODE)
    if not await ways_in.use_code(context, person.id, code_digest(code)):
        raise NotAllowed(WRONG_CODE)
    await _begin_anew(context, person, password)
    return person


async def _begin_anew(context: Context, person: Person, password: str) -> None:
    """Only the new password opens: a passkey may be of whoever made this necessary."""
    await set_password(context, person, password)
    await ways_in.drop_passkeys(context, person.id)


async def set_password(
    context: Context, person: Person, password: str, *, keep: str | None = None
) -> None:
    """Keep the digest of a new password and end every session but `keep` (security: J03)."""
    await ways_in.set_password(context, person.id, password)
    await session_store.end_all(context.tx, person.id, keep)
    await link_store.end_resets(context.tx, person.id)
    await audit.note(context, person.id, "password", person.id)


async def new_codes(context: Context, person: Person) -> Sequence[str]:
    """Ten recovery codes, shown this once, in place of those before."""
    codes = [_code() for _ in range(CODES)]
    await ways_in.set_codes(context, person.id, [code_digest(code) for code in codes])
    await audit.note(context, person.id, "recovery codes", person.id)
    return codes


def code_digest(code: str) -> str:
    """What is kept of a recovery code, however somebody typed it from paper."""
    typed = code.lower().translate(str.maketrans("oil", "011"))
    return digest("".join(letter for letter in typed if letter in _CODE_LETTERS))


def _code() -> str:
    letters = "".join(secrets.choice(_CODE_LETTERS) for _ in range(16))
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))
