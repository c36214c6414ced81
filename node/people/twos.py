"""What ambassadors do only in twos: who becomes one of them, who is one no more, whom they erase.

A community begins with one ambassador: while nobody else has her right she does these alone. Where
the others are too new in theirs to confirm, they are done after three days, unless somebody of the
team objects. At the machine one person does them, since whoever is there can do anything.
Spec: security J19, DP14
"""

from __future__ import annotations

from datetime import datetime

from node.context import Context
from node.errors import Conflict, Invalid
from node.i18n.messages import N_
from node.people import actions, erasing
from node.people.approval_store import Approval
from node.people.approvals import approvals
from node.people.model import AFTERWARDS, Person, Role
from node.people.newness import is_alone
from node.people.rights import Right

MAKE = N_("make ambassador")
UNMAKE = N_("let be ambassador no more")
ERASE = N_("erase the account")
FOR_GOOD = N_("Two make somebody ambassador for good, not until a day.")
NOT_ALONE = N_(
    "One person alone does not do this to an ambassador. First let two of you end the role."
)
CLOSED = N_("This is the account of an ambassador. Before you open it again, give it another role.")
STEP_BACK = N_(
    "There are other ambassadors. First let two of you make somebody ambassador, then step back."
)
AT_THE_DESK = N_(
    "No program gives or takes the role of ambassador: do it at the desk, or at the machine."
)

_BY_PROGRAM = "API"


async def set_role(
    context: Context,
    by: Person,
    other: Person,
    role: Role,
    *,
    until: datetime | None = None,
    reason: str = "",
) -> bool:
    """Whether somebody has another role now; False while it waits for a second person.

    Whoever lets an ambassador be one no more makes her a member; two can then give another role.
    Raises: what `actions.set_role` and `approvals.ask` raise.
    """
    now = other.at(context.now)
    gains, loses = role is Role.AMBASSADOR, _is_another(by, now)
    if not (gains or loses) or await is_alone(context, by, Right.MANAGE_PEOPLE):
        await actions.set_role(context, other.id, role, until=until, by=by.id)
        return True
    if gains and until is not None:
        raise Invalid({"until": FOR_GOOD})
    await approvals.ask(context, by, MAKE if gains else UNMAKE, other.id, reason or role.value)
    return False


async def check_alone_may(context: Context, by: Person, other: Person) -> None:
    """Nothing where one person may close an account, or make a link to a new password for it.

    With a link to an ambassador's password one would confirm one's own wishes. Raises: Conflict.
    """
    if _is_another(by, other.at(context.now)):
        raise Conflict(NOT_ALONE)


async def check_alone_opens(context: Context, by: Person, other: Person) -> None:
    """Nothing where one person may open a closed account: not that of an ambassador, which would
    make one, unless nobody else has the right. Raises: Conflict."""
    lasting = other.at(context.now).role is Role.AMBASSADOR
    if lasting and not await is_alone(context, by, Right.MANAGE_PEOPLE):
        raise Conflict(CLOSED)


async def check_may_hand_over(context: Context, by: Person) -> None:
    """Nothing where a role can go on to somebody else by one person's word. Raises: Conflict."""
    if by.role is Role.AMBASSADOR and not await is_alone(context, by, Right.MANAGE_PEOPLE):
        raise Conflict(STEP_BACK)


async def check_program_may(
    context: Context, by: str, other: Person, role: Role | None = None
) -> None:
    """Nothing where a token is enough: it proves nobody's presence. `by`: an account's id, or who
    acts at the machine. Raises: Conflict; NotFound where the account is closed or gone.
    """
    holder = await actions.asker(context, by)
    if holder is None:
        return
    if role is Role.AMBASSADOR or _is_another(holder, other.at(context.now)):
        raise Conflict(AT_THE_DESK)


async def ask_to_erase(
    context: Context, by: str, other: Person, reason: str = _BY_PROGRAM
) -> Approval | None:
    """What waits for a second person now; None where one is enough: oneself, who is alone with the
    right, or at the machine. Raises: what `approvals.ask` raises; NotFound where who asks is gone.
    """
    asker = await actions.asker(context, by)
    if asker is None or asker.id == other.id or await is_alone(context, asker, Right.MANAGE_PEOPLE):
        return None
    return await approvals.ask(context, asker, ERASE, other.id, reason)


def _is_another(by: Person, other: Person) -> bool:
    return other.id != by.id and other.active and other.role is Role.AMBASSADOR


@approvals.on(MAKE, Right.MANAGE_PEOPLE, alone=True)
async def make(context: Context, approval: Approval) -> None:
    """Somebody is ambassador."""
    await actions.set_role(context, approval.target, Role.AMBASSADOR, by=approval.asked_by)


@approvals.on(UNMAKE, Right.MANAGE_PEOPLE, alone=True)
async def unmake(context: Context, approval: Approval) -> None:
    """Somebody is a member, and no ambassador."""
    await actions.set_role(context, approval.target, AFTERWARDS, by=approval.asked_by)


@approvals.on(ERASE, Right.MANAGE_PEOPLE, alone=True)
async def erase(context: Context, approval: Approval) -> None:
    """An account is closed, and erased when the time to change one's mind is over."""
    await erasing.erase_person(context, approval.target, after=erasing.REGRET, by=approval.asked_by)
