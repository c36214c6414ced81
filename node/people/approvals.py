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

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial

from node.context import Context
from node.errors import Conflict, Invalid, NodeError, NotAllowed, NotFound
from node.happenings import Restored, happenings
from node.i18n.messages import N_
from node.jobs import Act, jobs
from node.people import approval_store, audit, store
from node.people.approval_store import Approval, waiting
from node.people.model import Person
from node.people.newness import ALONE_AFTER, newness, nobody_confirms
from node.people.rights import Right, may

WAITS = timedelta(days=7)
MOST_WAITING = 20
"""Of one asker: who asks for much keeps nobody else from asking."""
_GONE = N_("This does not wait any more.")

_SAME = N_("Somebody asked for this already. It waits for a second person.")
_MUCH = N_("Twenty things that you asked for wait. Let others decide, or take some back, first.")

Done = Callable[[Context, Approval], Awaitable[None]]
_log = logging.getLogger(__name__)


class WaitsAlready(Conflict):
    """Somebody asked for the very same, and it waits for a second person."""


class TooMuchWaits(Conflict):
    """Who asks has asked for as much as may wait of one person."""


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
            raise WaitsAlready(_SAME)
        if sum(one.asked_by == by.id for one in open_ones) >= MOST_WAITING:
            raise TooMuchWaits(_MUCH)
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
        """Carry out what is due, where who asked may still do it.

        Whoever came meanwhile is not waited for: she could not confirm it, only object.
        Raises: NotFound; NodeError where it cannot be done any more, and nothing of it is to stay.
        """
        waits = await self._open(context, approval.id)
        asker = await _present(context, waits.asked_by)
        still = may(asker, self.right_of(waits.verb))
        if still:
            await self._table[waits.verb][1](context, waits)
        await _decide(context, audit.NODE, waits, "confirmed" if still else "expired")

    async def see_to_all(self, act: Act) -> None:
        """Carry out whatever is due, each by itself: one that cannot be done expires, and one that
        fails is tried again until it ends; neither keeps the others waiting."""
        for approval in await act(_due):
            try:
                await act(partial(self.see_to, approval=approval))
            except NodeError:
                # somebody may have decided it meanwhile
                with suppress(NotFound):
                    await act(partial(_expire, approval=approval))
            except Exception:
                _log.exception("What one alone asked for failed; it is tried again.")

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


async def _present(context: Context, person_id: str) -> Person | None:
    """Somebody with the role that she has now."""
    person = await store.by_id(context.tx, person_id)
    return person.at(context.now) if person else None


@jobs.in_steps(timedelta(minutes=5))
async def see_to_time(act: Act) -> None:
    """Carry out what nobody objected to, end what nobody decided, forget what is a year old."""
    await approvals.see_to_all(act)
    await act(_end)


async def _due(context: Context) -> Sequence[Approval]:
    open_ones = await waiting(context.tx, context.now)
    return [one for one in open_ones if one.due is not None and one.due <= context.now]


async def _end(context: Context) -> None:
    for approval in await approval_store.too_late(context.tx, context.now):
        await _expire(context, approval)
    await approval_store.forget(context.tx, context.now)


async def _expire(context: Context, approval: Approval) -> None:
    await _decide(context, audit.NODE, approval, "expired")


@happenings.on(Restored)
async def wait_anew(context: Context, fact: Restored) -> None:
    """Somebody may have objected since the backup was made: the three days begin anew."""
    await approval_store.put_off(context.tx, context.now + ALONE_AFTER, context.now + WAITS)


async def _decide(context: Context, by: str, approval: Approval, state: str) -> None:
    if not await approval_store.decide(context.tx, approval.id, state, by, context.now):
        raise NotFound(_GONE)
    await audit.note(context, by, f"{state}: {approval.verb}", approval.id)
