"""What only two may decide: one asks, another confirms, and only then is it done.

Both have been in their roles for three days, and who confirms since before it was asked for: else
whoever gives roles would make herself a second account, and ask or confirm with it. Saying no has
no such limit.

Where nobody else could confirm, it is enough of most things that three days pass: everybody of the
team sees at the desk what will be done, each of them can object, and who asked can take it back.
Spec: rights table, "two-person rule"; security J19, DP14

A room says what confirming does:

    @approvals.on("suspend server", Right.BLOCK_SERVERS, alone=True)
    async def suspend(context, approval): ...
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

from node.context import Context
from node.errors import Conflict, Invalid, NodeError, NotAllowed, NotFound
from node.happenings import Restored, happenings
from node.i18n.messages import N_
from node.ids import rfc3339
from node.jobs import jobs
from node.people import approval_store, audit, store
from node.people.approval_store import Approval, waiting
from node.people.model import Person
from node.people.rights import Right, may
from node.storage.database import Transaction

__all__ = [
    "Approval",
    "Approvals",
    "TooNew",
    "approvals",
    "is_alone",
    "is_new",
    "newness",
    "nobody_confirms",
    "nobody_else",
    "see_to_time",
]

WAITS = timedelta(days=7)
ALONE_AFTER = timedelta(hours=72)
"""For so long the team can object to what one does alone, and is somebody new in her role."""
_MOST_WAITING = 50
_GONE = N_("This does not wait any more.")

_NOT_YET = N_("You are new in your role. You can confirm this from %(moment)s on, and object now.")
_ASKER = N_(
    "Whoever asked for this is new in the role. You can confirm it from %(moment)s on, and object "
    "now."
)
_LATER = N_(
    "This was asked for before you had your role: somebody else has to confirm it, and you can "
    "object. What is asked for from now on you can confirm from %(moment)s on."
)

Done = Callable[[Context, Approval], Awaitable[None]]


class TooNew(NotAllowed):
    """One of the two is too new in her role: `moment` is from when on it can be confirmed.

    `sentence` is a message in which it is filled in. `this`: what was asked for; else only what is
    asked for from now on, since whoever wants to confirm came later.
    """

    def __init__(self, sentence: str, moment: datetime) -> None:
        self.sentence, self.moment, self.this = sentence, moment, sentence is not _LATER
        super().__init__(sentence % {"moment": rfc3339(moment)})


class Approvals:
    """What can be decided in twos, with the right that both need."""

    def __init__(self) -> None:
        self._table: dict[str, tuple[Right, Done, bool]] = {}

    def on(self, verb: str, right: Right, *, alone: bool = False) -> Callable[[Done], Done]:
        """Let the decorated function be what happens once two who have `right` want it.

        `alone`: or when three days have passed, if nobody else could confirm it when it was asked
        for, and none objects.
        """

        def add(done: Done) -> Done:
            assert verb not in self._table, f"{verb} is there already"
            self._table[verb] = (right, done, alone)
            return done

        return add

    def right_of(self, verb: str) -> Right:
        """The right that both need. Raises: NotFound."""
        if verb not in self._table:
            raise NotFound("Nothing of the kind is decided here.")
        return self._table[verb][0]

    def may_object(self, person: Person, approval: Approval) -> bool:
        """Whether somebody may see that it waits, and say no: who could confirm it; of what one
        alone will do, everybody of the team."""
        all_of_the_team = approval.due is not None and may(person, Right.SEE_AUDIT)
        return all_of_the_team or may(person, self.right_of(approval.verb))

    async def ask(
        self, context: Context, by: Person, verb: str, target: str, reason: str
    ) -> Approval:
        """What now waits for a second person. Raises: NotFound, NotAllowed, Invalid, Conflict."""
        if not may(by, self.right_of(verb)):
            raise NotFound(_GONE)
        if not 1 <= len(reason.strip()) <= 500:
            raise Invalid({"reason": "has 1 to 500 letters"})
        open_ones = await waiting(context.tx, context.now)
        if any((one.verb, one.target) == (verb, target) for one in open_ones):
            raise Conflict("Somebody asked for this already. It waits for a second person.")
        if len(open_ones) >= _MOST_WAITING:
            raise Conflict("Too much is waiting. Decide some of it first.")
        right, _, by_itself = self._table[verb]
        by_itself = by_itself and await nobody_confirms(context.tx, context.now, by, right)
        approval = Approval(
            id=context.new_id(),
            verb=verb,
            target=target,
            reason=reason.strip(),
            asked_by=by.id,
            asked=context.now,
            ends=context.now + WAITS,
            state="waiting",
            due=context.now + ALONE_AFTER if by_itself else None,
        )
        await approval_store.add(context.tx, approval)
        await audit.note(context, by.id, f"ask: {verb}", approval.id)
        return approval

    async def confirm(self, context: Context, by: Person | None, approval_id: str) -> Approval:
        """What is done now, in the same transaction. `by` None: somebody at the machine.

        Raises: NotFound, NotAllowed when the same person asked for it, TooNew.
        """
        approval = await self._open(context, approval_id)
        if by is not None:
            await self._check_confirms(context, by.id, approval)
        await _decide(context, by.id if by else audit.COMMAND_LINE, approval, "confirmed")
        await self._table[approval.verb][1](context, approval)
        return approval

    async def refuse(self, context: Context, by: Person | None, approval_id: str) -> Approval:
        """What is not done; whoever asked may take it back herself. Raises: NotFound."""
        approval = await self._open(context, approval_id)
        if by is not None and not self.may_object(by, approval):
            raise NotFound(_GONE)
        await _decide(context, by.id if by else audit.COMMAND_LINE, approval, "refused")
        return approval

    async def see_to(self, context: Context, approval: Approval) -> None:
        """Carry out what is due, where who asked may still do it and it still can be done.

        Whoever came meanwhile is not waited for: she could not confirm it, only object.
        Raises: NotFound.
        """
        waits = await self._open(context, approval.id)
        asker, state = await _present(context, waits.asked_by), "expired"
        if may(asker, self.right_of(waits.verb)):
            # One that cannot be done any more is not to keep the others waiting.
            with suppress(NodeError):
                await self._table[waits.verb][1](context, waits)
                state = "confirmed"
        await _decide(context, audit.NODE, waits, state)

    async def _check_confirms(self, context: Context, by: str, approval: Approval) -> None:
        """Nothing where she may confirm it, as things stand in this very transaction."""
        person = await _present(context, by)
        if person is None or not may(person, self.right_of(approval.verb)):
            raise NotFound(_GONE)
        if approval.asked_by == by:
            raise NotAllowed("Somebody else has to confirm what you asked for.")
        asker = await store.by_id(context.tx, approval.asked_by)
        if asker is None:
            raise NotFound(_GONE)
        if (new := newness(person, asker, approval, context.now)) is not None:
            raise new

    async def _open(self, context: Context, approval_id: str) -> Approval:
        for approval in await waiting(context.tx, context.now):
            if approval.id == approval_id:
                return approval
        raise NotFound(_GONE)


approvals = Approvals()
"""What is decided in twos on this node; rooms fill it."""


async def is_alone(context: Context, by: Person, right: Right) -> bool:
    """Whether nobody else here has this right, however new in it."""
    return await nobody_else(context.tx, context.now, by, right)


async def nobody_else(tx: Transaction, now: datetime, by: Person, right: Right) -> bool:
    """The same, for a page that only reads."""
    everybody = [one.at(now) for one in await store.everybody(tx)]
    return not any(may(one, right) for one in everybody if one.id != by.id)


async def nobody_confirms(tx: Transaction, now: datetime, by: Person, right: Right) -> bool:
    """Whether nobody else could confirm now what she asks for: she is new in her role, or all are
    who have the right too."""
    everybody = [one.at(now) for one in await store.everybody(tx)]
    able = {one.id for one in everybody if may(one, right) and one.since + ALONE_AFTER <= now}
    return by.id not in able or able == {by.id}


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


async def _present(context: Context, person_id: str) -> Person | None:
    """Somebody with the role that she has now."""
    person = await store.by_id(context.tx, person_id)
    return person.at(context.now) if person else None


@jobs.every(timedelta(minutes=5))
async def see_to_time(context: Context) -> None:
    """Carry out what nobody objected to, end what nobody decided, forget what is a year old."""
    for approval in await waiting(context.tx, context.now):
        if approval.due is not None and approval.due <= context.now:
            await approvals.see_to(context, approval)
    for approval in await approval_store.too_late(context.tx, context.now):
        await _decide(context, audit.NODE, approval, "expired")
    await approval_store.forget(context.tx, context.now)


@happenings.on(Restored)
async def wait_anew(context: Context, fact: Restored) -> None:
    """Somebody may have objected since the backup was made: the three days begin anew."""
    await approval_store.put_off(context.tx, context.now + ALONE_AFTER, context.now + WAITS)


async def _decide(context: Context, by: str, approval: Approval, state: str) -> None:
    if not await approval_store.decide(context.tx, approval.id, state, by, context.now):
        raise NotFound(_GONE)
    await audit.note(context, by, f"{state}: {approval.verb}", approval.id)
