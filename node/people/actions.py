"""What can be done about people and their access."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from node.context import Context
from node.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from node.i18n.messages import N_
from node.jobs import jobs
from node.people import audit, link_store, session_store, standing, store, token_store
from node.people.model import (
    AFTERWARDS,
    Person,
    Role,
    Scope,
    Token,
    clean_name,
    digest,
)
from node.people.rights import Right, invitable, may
from node.people.standing import Standing
from node.storage.database import Transaction

SETUP_LINK_LASTS = timedelta(minutes=30)
LAST = N_("There would be no ambassador left. Make somebody else ambassador first.")


async def create(
    context: Context, name: str, role: Role, *, by: str = audit.COMMAND_LINE
) -> Person:
    """The new person, who has no password yet. Raises: Invalid, Conflict if the name is taken."""
    clean = clean_name(name)
    if clean is None or clean != name:
        raise Invalid({"name": "has 2 to 64 small letters, digits, dots, dashes"})
    if await store.by_name(context.tx, name):
        raise Conflict(f"There is somebody called {name} already.")
    person = Person(id=context.new_id(), name=name, role=role, created=context.now)
    await store.add(context.tx, person)
    await audit.note(context, by, "create", person.id)
    return person


async def set_role(
    context: Context,
    name: str,
    role: Role,
    *,
    until: datetime | None = None,
    by: str = audit.COMMAND_LINE,
    noted: bool = False,
) -> Person:
    """The person in her new role, for good or until a moment; signed out, wherever she was.

    `noted`: the ledger of erasures says so already; then the last one's goes too. Raises: NotFound,
    Invalid, Conflict when nobody would be ambassador any more.
    """
    person = await somebody(context, name)
    if until is not None and until <= context.now:
        raise Invalid({"until": "is over already"})
    if not noted and (role is not Role.AMBASSADOR or until is not None):
        await check_not_last(context, person)
    await _change_role(context, person, role, until, by)
    if not noted:
        await standing.note_role(context, person.id, role, until)
    return await somebody(context, person.id)


async def _change_role(
    context: Context, person: Person, role: Role, until: datetime | None, by: str
) -> None:
    """Sessions end, and so does every token that opens more than the new role (security: J03).

    So do links to a new password: whoever has one was let near the old role, not the new one.
    So do her invitations to what she could no longer invite to. A role that was away in between
    begins anew; one that is only given longer does not.
    """
    before = person.at(context.now)
    since = before.since if before.role is role else context.now
    await store.set_role(context.tx, person.id, role, until, since=since)
    await session_store.end_all(context.tx, person.id)
    await link_store.end_resets(context.tx, person.id)
    await link_store.end_invitations(context.tx, person.id, but=invitable(role))
    now = await store.by_id(context.tx, person.id)
    assert now is not None
    scopes = [scope for scope in Scope if now.may(scope)]
    await token_store.revoke_beyond(context.tx, person.id, scopes, context.now)
    await audit.note(context, by, f"role {role.value}", person.id)


async def check_not_last(context: Context, person: Person) -> None:
    """Nothing when somebody else is ambassador for good, or she is not."""
    lasting = {
        one.id
        for one in await store.everybody(context.tx)
        if one.role is Role.AMBASSADOR and one.role_until is None and one.active
    }
    if lasting == {person.id}:
        raise Conflict(LAST)


@jobs.every(timedelta(minutes=5))
async def end_roles(context: Context) -> None:
    """Let roles end that were given for a time; they open nothing from that moment anyway."""
    for person in await store.ended_roles(context.tx, context.now):
        await _change_role(context, person, AFTERWARDS, None, audit.NODE)


async def disable(
    context: Context, name: str, *, by: str = audit.COMMAND_LINE, noted: bool = False
) -> Person:
    """The person, whose sessions, tokens and links opened doors until now.

    `noted`: the ledger of erasures says so already, or says more. Raises: NotFound; Conflict when
    the last ambassador would be shut out from a page.
    """
    person = await somebody(context, name)
    if not noted:
        if by != audit.COMMAND_LINE:
            await check_not_last(context, person)
        await standing.note(context, Standing.CLOSED, person.id)
    await store.set_disabled(context.tx, person.id, context.now)
    await session_store.end_all(context.tx, person.id)
    await link_store.end_all_of(context.tx, person.id)
    await token_store.revoke_beyond(context.tx, person.id, (), context.now)
    await audit.note(context, by, "disable", person.id)
    return await somebody(context, person.id)


async def enable(
    context: Context, name: str, *, by: str = audit.COMMAND_LINE, noted: bool = False
) -> Person:
    """The person, who may come in again with her password; new in her role. Raises: NotFound."""
    person = await somebody(context, name)
    if person.disabled:
        await store.set_role_since(context.tx, person.id, context.now)
    await store.set_disabled(context.tx, person.id, None)
    if not noted:
        await standing.note(context, Standing.OPEN, person.id)
    await audit.note(context, by, "enable", person.id)
    return await somebody(context, person.id)


async def create_token(
    context: Context, name: str, scope: Scope, label: str | None
) -> tuple[str, Token]:
    """The secret, which is shown this once, and the token. Raises: NotFound, NotAllowed."""
    person = (await somebody(context, name)).at(context.now)
    if not person.active or not person.may(scope):
        raise NotAllowed(f"A {person.role.value} cannot have a token that may {scope.value}.")
    secret = f"josoor_{secrets.token_urlsafe(32)}"
    token = Token(
        id=context.new_id(),
        person=person.name,
        scope=scope,
        label=label[:100] if label else None,
        created=context.now,
        revoked=False,
    )
    await token_store.add_token(context.tx, token, person.id, digest(secret))
    await audit.note(context, person.id, f"token {scope.value}", token.id)
    return secret, token


async def revoke_token(context: Context, token_id: str, *, by: str = audit.COMMAND_LINE) -> None:
    """End a token. Raises: NotFound."""
    if not await token_store.revoke(context.tx, token_id, context.now):
        raise NotFound("There is no such token.")
    await audit.note(context, by, "revoke token", token_id)


async def admit(
    tx: Transaction, secret: str, needed: Scope, *, now: datetime, right: Right | None = None
) -> Person:
    """Who holds this token, if it opens what is needed and she still may.

    `right` None: what the scope stands for. Raises: NotSignedIn, NotAllowed.
    """
    found = await token_store.holder(tx, digest(secret))
    if found is None:
        raise NotSignedIn("The token is not known here, or was revoked.")
    person, scope = found[0].at(now), found[1]
    allowed = person.may(needed) if right is None else may(person, right)
    if not scope.covers(needed) or not allowed:
        raise NotAllowed(f"This token may not {needed.value}.")
    return person


async def make_setup_link(context: Context) -> str:
    """The secret of a new setup link, good for half an hour; earlier ones end."""
    secret = secrets.token_urlsafe(32)
    await token_store.add_setup_link(
        context.tx, digest(secret), context.now, context.now + SETUP_LINK_LASTS
    )
    return secret


async def use_setup_link(context: Context, secret: str) -> None:
    """Use the link up. Raises: NotFound."""
    if not await token_store.use_setup_link(context.tx, digest(secret), context.now):
        raise NotFound(
            "This setup link was used, or is too old. `josoor setup-link` makes another."
        )


async def asker(context: Context, by: str) -> Person | None:
    """Who asks, with the role that she has now; None only where somebody at the machine does.

    An account that is closed or gone meanwhile is nobody at the machine. Raises: NotFound.
    """
    if by == audit.COMMAND_LINE:
        return None
    person = await store.by_id(context.tx, by)
    if person is None or not person.active:
        raise NotFound(N_("There is nobody with this name."))
    return person.at(context.now)


async def somebody(context: Context, name: str) -> Person:
    """The person of that name, or with that id. Raises: NotFound."""
    person = await store.by_id(context.tx, name) or await store.by_name(context.tx, name)
    if person is None:
        raise NotFound(f"There is nobody called {name}.")
    return person
