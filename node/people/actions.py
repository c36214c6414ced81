"""What can be done about people and their access."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import timedelta

from node.context import Context
from node.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from node.people import store
from node.people.model import Person, Role, Scope, Token
from node.storage.database import Transaction

SETUP_LINK_LASTS = timedelta(minutes=30)
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{1,63}")


async def create(context: Context, name: str, role: Role) -> Person:
    """The new person. Raises: Invalid, Conflict if the name is taken."""
    if not _NAME.fullmatch(name):
        raise Invalid({"name": "has 2 to 64 small letters, digits, dots, dashes"})
    if await store.by_name(context.tx, name):
        raise Conflict(f"There is somebody called {name} already.")
    person = Person(id=context.new_id(), name=name, role=role, created=context.now)
    await store.add(context.tx, person)
    return person


async def set_role(context: Context, name: str, role: Role) -> Person:
    """The person in her new role. Raises: NotFound."""
    person = await _somebody(context, name)
    await store.set_role(context.tx, person.id, role)
    return await _somebody(context, name)


async def disable(context: Context, name: str) -> Person:
    """The person, whose tokens opened doors until now. Raises: NotFound."""
    person = await _somebody(context, name)
    await store.disable(context.tx, person.id, context.now)
    return await _somebody(context, name)


async def create_token(
    context: Context, name: str, scope: Scope, label: str | None
) -> tuple[str, Token]:
    """The secret, which is shown this once, and the token. Raises: NotFound, NotAllowed."""
    person = await _somebody(context, name)
    if person.disabled or not person.may(scope):
        raise NotAllowed(f"A {person.role.value} cannot have a token that may {scope.value}.")
    secret = f"josoor_{secrets.token_urlsafe(32)}"
    token = Token(
        id=context.new_id(),
        person=name,
        scope=scope,
        label=label,
        created=context.now,
        revoked=False,
    )
    await store.add_token(context.tx, token, person.id, digest(secret))
    return secret, token


async def revoke_token(context: Context, token_id: str) -> None:
    """End a token. Raises: NotFound."""
    if not await store.revoke(context.tx, token_id, context.now):
        raise NotFound("There is no such token.")


async def admit(tx: Transaction, secret: str, needed: Scope) -> Person:
    """Who holds this token, if it opens what is needed. Raises: NotSignedIn, NotAllowed."""
    found = await store.holder(tx, digest(secret))
    if found is None:
        raise NotSignedIn("The token is not known here, or was revoked.")
    person, scope = found
    if not scope.covers(needed) or not person.may(needed):
        raise NotAllowed(f"This token may not {needed.value}.")
    return person


async def make_setup_link(context: Context) -> str:
    """The secret of a new setup link, good for half an hour; earlier ones end."""
    secret = secrets.token_urlsafe(32)
    await store.add_setup_link(
        context.tx, digest(secret), context.now, context.now + SETUP_LINK_LASTS
    )
    return secret


async def use_setup_link(context: Context, secret: str) -> None:
    """Use the link up. Raises: NotFound."""
    if not await store.use_setup_link(context.tx, digest(secret), context.now):
        raise NotFound(
            "This setup link was used, or is too old. `josoor setup-link` makes another."
        )


def digest(secret: str) -> str:
    """What is kept of a secret."""
    # Bytes that are no UTF-8 come out of a header as halves of characters.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


async def _somebody(context: Context, name: str) -> Person:
    person = await store.by_name(context.tx, name)
    if person is None:
        raise NotFound(f"There is nobody called {name}.")
    return person
