"""Who may be the second of two: somebody else, who is not new in her role.

Whoever gives roles could else make herself a second account, and ask or confirm with it.
Spec: rights table, "two-person rule"; security J19
"""

from __future__ import annotations

from datetime import datetime, timedelta

from node.context import Context
from node.errors import NotAllowed
from node.i18n.messages import N_
from node.ids import rfc3339
from node.people import store
from node.people.approval_store import Approval
from node.people.model import Person
from node.people.rights import Right, may
from node.storage.database import Transaction

ALONE_AFTER = timedelta(hours=72)
"""For so long the team can object to what one does alone, and is somebody new in her role."""

_NOT_YET = N_("You are new in your role. You can confirm this from %(moment)s on, and object now.")
_ASKER = N_(
    "Whoever asked for this is new in the role. You can confirm it from %(moment)s on, and object "
    "now."
)
_LATER = N_(
    "This was asked for before you had your role: somebody else has to confirm it, and you can "
    "object. What is asked for from now on you can confirm from %(moment)s on."
)


class TooNew(NotAllowed):
    """One of the two is too new in her role: `moment` is from when on it can be confirmed.

    `sentence` is a message in which it is filled in. `this`: what was asked for; else only what is
    asked for from now on, since whoever wants to confirm came later.
    """

    def __init__(self, sentence: str, moment: datetime) -> None:
        self.sentence, self.moment, self.this = sentence, moment, sentence is not _LATER
        super().__init__(sentence % {"moment": rfc3339(moment)})


async def is_alone(context: Context, by: Person, right: Right) -> bool:
    """Whether nobody else here has this right, however new in it."""
    return await nobody_else(context.tx, context.now, by, right)


async def nobody_else(tx: Transaction, now: datetime, by: Person, right: Right) -> bool:
    """The same, for a page that only reads."""
    everybody = [one.at(now) for one in await store.everybody(tx)]
    return not any(may(one, right) for one in everybody if one.id != by.id)


async def nobody_confirms(tx: Transaction, now: datetime, by: Person, right: Right) -> bool:
    """Whether nobody else who has the right has had it for long enough to confirm now what she asks
    for. That she is new herself does not count: a new password would make her alone."""
    everybody = [one.at(now) for one in await store.everybody(tx)]
    able = {one.id for one in everybody if may(one, right) and one.since + ALONE_AFTER <= now}
    return able <= {by.id}


def is_new(person: Person, now: datetime) -> bool:
    """Whether somebody is too new in her role to be the second of two."""
    return person.since + ALONE_AFTER > now


def newness(person: Person, asker: Person, approval: Approval, now: datetime) -> TooNew | None:
    """What keeps somebody who has the right from confirming it; None where nothing does."""
    if person.since >= approval.asked:
        return TooNew(_LATER, person.since + ALONE_AFTER)
    begins = max(person.since, asker.since) + ALONE_AFTER
    if begins <= now:
        return None
    return TooNew(_NOT_YET if person.since >= asker.since else _ASKER, begins)
