"""Appeals: whom a decision concerns asks once that somebody else looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from node.context import Context
from node.errors import Conflict, Invalid, NotAllowed, NotFound
from node.i18n.messages import N_
from node.moderation import case_store, cases
from node.moderation.case_model import LONGEST_REASON, LONGEST_WORDS, Case, CaseState, Outcome
from node.moderation.consequences import undo
from node.moderation.known_as import known_as
from node.people import actions as people
from node.people import audit
from node.people.newness import is_new

_SECOND = N_("Somebody else has to look at an appeal against what you decided yourself.")
_NEW = N_("You are new in your role: you can answer an appeal when you have had it for three days.")
_NO_APPEAL = N_("There is nothing here against which you can appeal.")


@dataclass(frozen=True, slots=True)
class AppealAnswered:
    """Somebody else has looked at it; if overturned, whoever holds the thing shows it again."""

    case: Case


async def appeal(context: Context, case_id: str, authors: Sequence[str], words: str) -> Case:
    """The case, which somebody else looks at now. `authors`: every name of who appeals.

    Raises: NotFound, Conflict, Invalid.
    """
    case = await cases.find(context, case_id)
    if case.author not in authors:
        raise NotFound(cases.NO_CASE)
    if not case.may_be_appealed(context.now):
        raise Conflict(_NO_APPEAL)
    said = words.strip()[:LONGEST_WORDS]
    if not said:
        raise Invalid({"words": N_("Please write something.")})
    appealed = replace(case, state=CaseState.APPEALED, appeal=said, appealed=context.now)
    await case_store.change(context.tx, appealed)
    return appealed


async def answer_appeal(
    context: Context, case_id: str, outcome: Outcome, reason: str, *, by: str
) -> Case:
    """The closed case; what is overturned is undone.

    Raises: NotFound, Conflict, Invalid, NotAllowed for whoever decided it first or appealed, or is
    new in her role: an account made for it is nobody else.
    """
    case = await cases.find(context, case_id)
    if case.state is not CaseState.APPEALED:
        raise Conflict(_NO_APPEAL)
    if case.author in await known_as(context.tx, context.urls, by):
        raise NotAllowed(cases.HERSELF)
    if by == case.decided_by and by != audit.COMMAND_LINE:
        raise NotAllowed(_SECOND)
    person = await people.asker(context, by)
    if person is not None and is_new(person, context.now):
        raise NotAllowed(_NEW)
    if not 1 <= len(reason.strip()) <= LONGEST_REASON:
        raise Invalid({"reason": N_("Please give a reason, in at most 1000 letters.")})
    closed = replace(
        case,
        state=CaseState.CLOSED,
        outcome=outcome,
        outcome_reason=reason.strip(),
        outcome_by=by,
        closed=context.now,
    )
    if outcome is Outcome.OVERTURNED:
        await undo(context, closed, by)
    await case_store.change(context.tx, closed)
    await audit.note(context, by, f"appeal {outcome.value}", case.id)
    await context.tell(AppealAnswered(closed))
    return closed
