"""What only two may decide: one asks, another confirms, and only then is it done.

Spec: rights table, "two-person rule"; security J19, DP14

A room says what confirming does:

    @approvals.on("suspend server")
    async def suspend(context, approval): ...
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from node.context import Context
from node.errors import Conflict, Invalid, NotAllowed, NotFound
from node.ids import moment, stamp
from node.jobs import jobs
from node.people import audit, store
from node.people.model import Person
from node.people.rights import Right, may
from node.storage.database import Row, Transaction

WAITS = timedelta(days=7)
KEPT = timedelta(days=366)
_MOST_WAITING = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Something that waits for a second person. `target` and `reason` are for her to judge by."""

    id: str
    verb: str
    target: str
    reason: str
    asked_by: str
    asked: datetime
    ends: datetime
    state: str


Done = Callable[[Context, Approval], Awaitable[None]]


class Approvals:
    """What can be decided in twos, with the right that both need."""

    def __init__(self) -> None:
        self._table: dict[str, tuple[Right, Done]] = {}

    def on(self, verb: str, right: Right) -> Callable[[Done], Done]:
        """Let the decorated function be what happens once two who have `right` want it."""

        def add(done: Done) -> Done:
            assert verb not in self._table, f"{verb} is there already"
            self._table[verb] = (right, done)
            return done

        return add

    def right_of(self, verb: str) -> Right:
        """The right that both need. Raises: NotFound."""
        if verb not in self._table:
            raise NotFound("Nothing of the kind is decided here.")
        return self._table[verb][0]

    async def ask(
        self, context: Context, by: Person, verb: str, target: str, reason: str
    ) -> Approval:
        """What now waits for a second person. Raises: NotFound, NotAllowed, Invalid, Conflict."""
        self._check(by, verb)
        if not 1 <= len(reason.strip()) <= 500:
            raise Invalid({"reason": "has 1 to 500 letters"})
        open_ones = await waiting(context.tx, context.now)
        if any((one.verb, one.target) == (verb, target) for one in open_ones):
            raise Conflict("Somebody asked for this already. It waits for a second person.")
        if len(open_ones) >= _MOST_WAITING:
            raise Conflict("Too much is waiting. Decide some of it first.")
        approval = Approval(
            id=context.new_id(),
            verb=verb,
            target=target,
            reason=reason.strip(),
            asked_by=by.id,
            asked=context.now,
            ends=context.now + WAITS,
            state="waiting",
        )
        await _add(context.tx, approval)
        await audit.note(context, by.id, f"ask: {verb}", approval.id)
        return approval

    async def confirm(self, context: Context, by: Person, approval_id: str) -> Approval:
        """What is done now, in the same transaction.

        Raises: NotFound, NotAllowed when the same person asked for it.
        """
        approval = await self._open(context, by, approval_id)
        if approval.asked_by == by.id:
            raise NotAllowed("Somebody else has to confirm what you asked for.")
        await _decide(context, by, approval, "confirmed")
        await self._table[approval.verb][1](context, approval)
        return approval

    async def refuse(self, context: Context, by: Person, approval_id: str) -> Approval:
        """What is not done; whoever asked may take it back herself. Raises: NotFound."""
        approval = await self._open(context, by, approval_id)
        await _decide(context, by, approval, "refused")
        return approval

    async def _open(self, context: Context, by: Person, approval_id: str) -> Approval:
        for approval in await waiting(context.tx, context.now):
            if approval.id == approval_id:
                self._check(by, approval.verb)
                return approval
        raise NotFound("This does not wait any more.")

    def _check(self, by: Person, verb: str) -> None:
        if not may(by, self.right_of(verb)):
            raise NotFound("This does not wait any more.")


approvals = Approvals()
"""What is decided in twos on this node; rooms fill it."""


async def is_alone(context: Context, by: Person, right: Right) -> bool:
    """Whether nobody else here has this right, so that nobody else could confirm."""
    everybody = [one.at(context.now) for one in await store.everybody(context.tx)]
    return not any(may(one, right) for one in everybody if one.id != by.id)


async def waiting(tx: Transaction, now: datetime) -> list[Approval]:
    """What waits for a second person, oldest first."""
    rows = await tx.rows(
        "select * from approval where state = 'waiting' and ends > :now order by id", now=stamp(now)
    )
    return [_approval(row) for row in rows]


@jobs.every(timedelta(hours=1))
async def forget(context: Context) -> None:
    """Drop what nobody decided in time, and what was decided a year ago."""
    await context.tx.run(
        "delete from approval where (state = 'waiting' and ends <= :now) or ends < :before",
        now=stamp(context.now),
        before=stamp(context.now - KEPT),
    )


async def _add(tx: Transaction, approval: Approval) -> None:
    await tx.run(
        "insert into approval (id, verb, target, reason, asked_by, asked, ends, state) "
        "values (:id, :verb, :target, :reason, :by, :asked, :ends, 'waiting')",
        id=approval.id,
        verb=approval.verb,
        target=approval.target,
        reason=approval.reason,
        by=approval.asked_by,
        asked=stamp(approval.asked),
        ends=stamp(approval.ends),
    )


async def _decide(context: Context, by: Person, approval: Approval, state: str) -> None:
    changed = await context.tx.run(
        "update approval set state = :state, decided_by = :by, decided = :now "
        "where id = :id and state = 'waiting'",
        state=state,
        by=by.id,
        now=stamp(context.now),
        id=approval.id,
    )
    if changed != 1:
        raise NotFound("This does not wait any more.")
    await audit.note(context, by.id, f"{state}: {approval.verb}", approval.id)


def _approval(row: Row) -> Approval:
    return Approval(
        id=row["id"],
        verb=row["verb"],
        target=row["target"],
        reason=row["reason"],
        asked_by=row["asked_by"],
        asked=moment(row["asked"]),
        ends=moment(row["ends"]),
        state=row["state"],
    )
