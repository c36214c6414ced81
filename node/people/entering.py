"""Ways in: invitations, and asking to be let in; the ways back are in `coming_back`."""

from __future__ import annotations

import secrets
from datetime import timedelta

from node.context import Context
from node.errors import Conflict, Invalid, NotAllowed, NotFound
from node.i18n.messages import N_
from node.ids import stamp
from node.jobs import jobs
from node.people import audit, link_store, standing, store
from node.people.model import (
    EntryLink,
    Person,
    Purpose,
    Role,
    SignUp,
    clean_name,
    digest,
)
from node.people.rights import invitable
from node.people.standing import Standing
from node.storage.database import Transaction

MOST_OPEN_INVITATIONS = 10
"""Of one person. Spec: limits 4.5"""
LONGEST_INVITATION = timedelta(days=90)
MOST_USES = 100
MOST_WAITING = 20
"""People who asked to be let in and wait for an answer."""
STAFF_AWAY = timedelta(days=7)
"""Without anybody who could answer for so long, nobody can ask to be let in (security: J15)."""
USED_UP = N_("This link was used already, or is too old. Please ask for a new one.")
TAKEN = N_("Somebody here has this name already. Please choose another one.")
BAD_NAME = N_("A name has 2 to 64 small Latin letters, numbers, dots or dashes.")
BAD_REASON = N_("Please write one to three sentences.")
NOT_NOW = N_("At the moment nobody can ask to join here. Please ask for an invitation.")
NO_AMBASSADOR = N_("Nobody comes in as ambassador. Invite her, and then give her the role.")
BAD_DAYS = N_("Please give a number of days from 1 to 90.")
BAD_USES = N_("Please give a number of people from 1 to 100.")
TOO_MANY_OPEN = N_("You have ten open invitations. End one of them first.")


async def invite(
    context: Context, role: Role, *, days: int = 7, uses: int = 1, by: Person | None = None
) -> tuple[str, EntryLink]:
    """The secret of a new invitation, shown this once, and the invitation.

    `by` None: from the command line. Raises: Invalid, NotAllowed.
    """
    _check_numbers(days, uses)
    if by is not None:
        await _check_inviter(context, by, role)
    secret = secrets.token_urlsafe(32)
    link = new_link(context, Purpose.INVITE, timedelta(days=days), uses, by, role=role)
    await link_store.add(context.tx, link, digest(secret))
    await audit.note(context, by.id if by else audit.COMMAND_LINE, "invite", link.id)
    return secret, link


def _check_numbers(days: int, uses: int) -> None:
    wrong = {}
    if not 1 <= days <= LONGEST_INVITATION.days:
        wrong["days"] = BAD_DAYS
    if not 1 <= uses <= MOST_USES:
        wrong["uses"] = BAD_USES
    if wrong:
        raise Invalid(wrong)


async def _check_inviter(context: Context, by: Person, role: Role) -> None:
    # who she is by now: whoever looked before this transaction may have seen an earlier role
    found = await store.by_id(context.tx, by.id)
    allowed = invitable(found.at(context.now).role) if found and found.active else frozenset()
    if not allowed:
        raise NotAllowed("You cannot invite anybody here.")
    if role not in allowed:
        most = Role.VOLUNTEER in allowed
        raise NotAllowed(NO_AMBASSADOR if most else "You can invite newcomers and members.")
    mine = [one for one in await link_store.invitations(context.tx, context.now)
            if one.made_by == by.id]  # fmt: skip
    if len(mine) >= MOST_OPEN_INVITATIONS:
        raise Conflict(TOO_MANY_OPEN)


async def join(
    context: Context, secret: str, name: str, password: str | None, language: str | None = None
) -> Person:
    """The new person whom an invitation lets in. `password` is its digest; None: a passkey is kept.

    Raises: NotFound when the link holds no more, or who made it could not make it now; Invalid.
    """
    link = await link_store.find(context.tx, Purpose.INVITE, digest(secret))
    if link is None or not await _is_backed(context, link):
        raise NotFound(USED_UP)
    if not await link_store.use(context.tx, link.id, context.now):
        raise NotFound(USED_UP)
    assert link.role is not None
    person = await _add(context, name, link.role, password, language=language)
    await audit.note(context, person.id, "join", link.id)
    return person


async def _is_backed(context: Context, link: EntryLink) -> bool:
    """Whether who made an invitation is here and could make it now; so is one from the machine."""
    if link.made_by is None:
        return True
    maker = await store.by_id(context.tx, link.made_by)
    if maker is None or not maker.active:
        return False
    return link.role in invitable(maker.at(context.now).role)


async def apply(
    context: Context, name: str, password: str, reason: str, language: str | None = None
) -> Person:
    """Somebody who asked to be let in, and waits. Raises: NotAllowed, Conflict, Invalid."""
    if not await takes_applications(context):
        raise NotAllowed(NOT_NOW)
    if not 1 <= len(reason.strip()) <= 500:
        raise Invalid({"reason": BAD_REASON})
    return await _add(
        context, name, Role.NEWCOMER, password, language=language, reason=reason.strip()
    )


async def takes_applications(context: Context) -> bool:
    """Whether the community opens the door, somebody is there to answer, and few are waiting."""
    if await sign_up(context.tx) is not SignUp.APPROVAL:
        return False
    seen = await store.setting(context.tx, "staff_seen")
    if seen is None or seen < stamp(context.now - STAFF_AWAY)[:10]:
        return False
    return len(await store.applications(context.tx)) < MOST_WAITING


async def sign_up(tx: Transaction) -> SignUp:
    """How somebody comes in; by invitation where nobody said."""
    return SignUp(await store.setting(tx, "sign_up") or SignUp.INVITATION.value)


async def set_sign_up(context: Context, mode: SignUp, by: str) -> None:
    """Say how somebody comes in."""
    await store.set_setting(context.tx, "sign_up", mode.value)
    await audit.note(context, by, f"sign-up {mode.value}", "community")


async def answer(context: Context, person_id: str, *, yes: bool, by: str) -> Person:
    """Whoever asked to be let in, who now is, or is forgotten. Raises: NotFound."""
    person = await store.by_id(context.tx, person_id)
    if person is None or not person.pending:
        raise NotFound("Nobody with this name waits for an answer.")
    if yes:
        await store.let_in(context.tx, person.id, context.now)
    else:
        await store.drop(context.tx, person.id)
        await standing.note(context, Standing.AWAY, person.id)
    await audit.note(context, by, "let in" if yes else "turn away", person.id)
    return person


async def _add(
    context: Context,
    name: str,
    role: Role,
    password: str | None,
    *,
    language: str | None,
    reason: str | None = None,
) -> Person:
    clean = clean_name(name)
    if clean is None:
        raise Invalid({"name": BAD_NAME})
    if await store.by_name(context.tx, clean):
        raise Invalid({"name": TAKEN})
    person = Person(
        id=context.new_id(),
        name=clean,
        role=role,
        created=context.now,
        pending=reason is not None,
        language=language,
    )
    await store.add(context.tx, person, reason)
    if password is not None:
        await store.set_password(context.tx, person.id, password)
    return person


def new_link(
    context: Context, purpose: Purpose, lasts: timedelta, uses: int, by: Person | None, *,
    role: Role | None = None, person: str | None = None,
) -> EntryLink:  # fmt: skip
    """A link that opens a door for so long and so often, as it is kept."""
    return EntryLink(
        id=context.new_id(),
        purpose=purpose,
        role=role,
        person=person,
        made_by=by.id if by else None,
        created=context.now,
        ends=context.now + lasts,
        uses=0,
        most_uses=uses,
    )


@jobs.every(timedelta(hours=1))
async def forget(context: Context) -> None:
    """Drop links that ended a day ago: until then it can be seen that they were used."""
    await link_store.forget(context.tx, context.now - timedelta(days=1))


async def rename(context: Context, person: Person, name: str) -> None:
    """Give oneself another name. Raises: Invalid."""
    clean = clean_name(name)
    if clean is None:
        raise Invalid({"name": BAD_NAME})
    other = await store.by_name(context.tx, clean)
    if other is not None and other.id != person.id:
        raise Invalid({"name": TAKEN})
    await store.rename(context.tx, person.id, clean)
    await audit.note(context, person.id, "rename", person.id)
