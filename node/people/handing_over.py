"""Handing a role over: somebody else has it, and whoever had it steps back, in one act."""

from __future__ import annotations

from node.context import Context
from node.errors import Conflict
from node.i18n.messages import N_
from node.people import actions, audit
from node.people.model import AFTERWARDS, Person, Role

TO_ONESELF = N_("Please choose somebody else.")
NOT_HERE = N_("This account is closed, or not open yet.")


async def hand_over(
    context: Context,
    name: str,
    to: str,
    *,
    then: Role = AFTERWARDS,
    by: str = audit.COMMAND_LINE,
) -> Person:
    """Who has the role of `name` from now on, for good; `name` is `then` afterwards.

    Both are signed out everywhere. `name` and `to` are names or ids. Raises: NotFound, Conflict.
    """
    giver = (await actions.somebody(context, name)).at(context.now)
    receiver = await actions.somebody(context, to)
    if giver.id == receiver.id:
        raise Conflict(TO_ONESELF)
    if not receiver.active:
        raise Conflict(NOT_HERE)
    made = await actions.set_role(context, receiver.id, giver.role, by=by)
    await actions.set_role(context, giver.id, then, by=by)
    return made
