"""Cases: opened by a report, decided with a reason, closed; who looked at what was private."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from federation.ports import RemoteActor
from node.context import Context
from node.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from node.happenings import happenings
from node.i18n.messages import N_
from node.moderation import actions, case_store, reports
from node.moderation.actions import ActorGone
from node.moderation.case_model import (
    CHOICES,
    LONGEST_REASON,
    LONGEST_WORDS,
    MOST_COMPLAINTS,
    MOST_OPEN,
    Case,
    CaseKind,
    CaseState,
    Category,
    Complaint,
    Decision,
    Reported,
    Snapshot,
    Source,
    Verdict,
)
from node.moderation.consequences import follow_through
from node.people import audit

Seal = Callable[[str, str], bytes]
"""Seals what a reporter said of herself: (the id of the complaint, her words)."""
NO_CASE = N_("There is no such case.")
HERSELF = N_("Nobody decides about herself.")
_FULL = N_("So much was reported that the team has to look at it first. Please try again later.")
_DONE = N_("This case is decided already.")


@dataclass(frozen=True, slots=True)
class CaseDecided:
    """Something was decided; whoever holds the thing does it, and lets its author know if `told`
    says so."""

    case: Case


@dataclass(frozen=True, slots=True)
class CaseClosed:
    """Nobody appealed in time: what was decided stays."""

    case: Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What somebody says against a thing. `contact` is kept sealed; `receipt` a digest."""

    source: Source
    category: Category = Category.OTHER
    words: str = ""
    forward: bool = False
    contact: str = ""
    receipt: str | None = None
    report: str | None = None


async def tell(
    context: Context, found: Reported, telling: Telling, seal: Seal | None = None
) -> Case:
    """The case that a complaint has opened or joined.

    Raises: TooMany when more waits than the team can look at; Invalid for words that are too long.
    """
    if len(telling.words) > LONGEST_WORDS:
        raise Invalid({"words": N_("This is too long. Please make it shorter.")})
    case = await case_store.open_about(context.tx, found.target)
    if case is None:
        case = await _open(context, found, telling.source)
    if len(await case_store.complaints(context.tx, case.id)) < MOST_COMPLAINTS:
        await _add_complaint(context, case, telling, seal)
    elif telling.report is not None:
        await reports.close(context.tx, telling.report, context.now)
    return case


async def _open(context: Context, found: Reported, source: Source) -> Case:
    waiting = (await case_store.counts(context.tx))[CaseState.OPEN.value]
    if waiting >= MOST_OPEN and source is not Source.TEAM:
        raise TooMany(_FULL, 3600)
    case = Case(
        id=context.new_id(),
        kind=found.kind,
        target=found.target,
        author=found.author,
        host=found.host,
        inbox=found.inbox,
        shared_inbox=found.shared_inbox,
        snapshot=found.snapshot,
        state=CaseState.OPEN,
        created=context.now,
    )
    await case_store.add(context.tx, case)
    return case


async def _add_complaint(context: Context, case: Case, telling: Telling, seal: Seal | None) -> None:
    complaint_id = context.new_id()
    named = seal is not None and bool(telling.contact)
    complaint = Complaint(
        id=complaint_id,
        case=case.id,
        source=telling.source,
        report=telling.report,
        category=telling.category,
        words=telling.words,
        forward=telling.forward,
        sealed=seal(complaint_id, telling.contact) if seal and named else None,
        receipt=telling.receipt,
        created=context.now,
    )
    await case_store.add_complaint(context.tx, complaint)


async def decide(
    context: Context, case_id: str, verdict: Verdict, *, by: str, accused: RemoteActor | None = None
) -> Case:
    """The case with its decision, which is in force now.

    `accused` is the author, where her server is to be told. What nobody can appeal against is
    closed at once. Raises: NotFound, Conflict, Invalid, NotAllowed.
    """
    case = await find(context, case_id)
    if case.state is not CaseState.OPEN:
        raise Conflict(_DONE)
    _check(case, verdict, by)
    if verdict.forward is not None and accused is not None:
        await _forward(context, case, verdict, accused)
    decided = replace(
        case,
        state=CaseState.DECIDED,
        decision=verdict.decision,
        reason=verdict.reason.strip(),
        decided_by=by,
        decided=context.now,
        told=_is_told(case, verdict),
    )
    decided = await follow_through(context, decided, by)
    if not decided.told:
        decided = replace(decided, state=CaseState.CLOSED, closed=context.now)
    await case_store.change(context.tx, decided)
    await _close_reports(context, case.id)
    await audit.note(context, by, f"case {verdict.decision.value}", case.id)
    await context.tell(CaseDecided(decided))
    return decided


def _check(case: Case, verdict: Verdict, by: str) -> None:
    if verdict.decision not in CHOICES[case.kind]:
        raise Invalid({"decision": N_("Please choose what is to be done.")})
    if not 1 <= len(verdict.reason.strip()) <= LONGEST_REASON:
        raise Invalid({"reason": N_("Please give a reason, in at most 1000 letters.")})
    if verdict.decision is Decision.SUSPEND_SERVER and verdict.forward is not None:
        raise Invalid({"forward": N_("A server that is suspended is told nothing any more.")})
    if case.kind is CaseKind.MEMBER and case.target == by:
        raise NotAllowed(HERSELF)


def _is_told(case: Case, verdict: Verdict) -> bool:
    """Only what is done to her words, or to her rights here: a rule about her is told to nobody,
    as it would only tell a harasser (security: DP09, E21)."""
    if verdict.decision is Decision.TAKE_RIGHTS:
        return True
    if verdict.decision is Decision.REMOVE:
        return verdict.tell
    hidden = verdict.decision is Decision.HIDE and case.kind is CaseKind.REPLY
    return hidden and verdict.tell and case.inbox is not None


async def _forward(context: Context, case: Case, verdict: Verdict, accused: RemoteActor) -> None:
    if case.author != accused.id:
        raise Conflict(N_("This is not whom the case is about."))
    complaints = await case_store.complaints(context.tx, case.id)
    if not any(each.forward for each in complaints):
        raise Invalid({"forward": N_("Nobody who reported this wants her words to be passed on.")})
    # What waits for the inbox of an actor ends when she is suspended; her server's own inbox stays.
    inbox = accused.shared_inbox or accused.inbox
    things = [case.target] if case.target != accused.id else []
    await actions.send_report(
        context, replace(accused, inbox=inbox), things, (verdict.forward or "")[:LONGEST_WORDS]
    )


async def look(context: Context, case: Case, by: str) -> None:
    """Write down that somebody reads a message that was not meant for her (security: DP13)."""
    if case.kind is CaseKind.MESSAGE:
        await case_store.note_look(context.tx, case.id, by, context.now)
        await audit.note(context, by, "look at a message", case.id)


async def find(context: Context, case_id: str) -> Case:
    """The case. Raises: NotFound."""
    case = await case_store.find(context.tx, case_id)
    if case is None:
        raise NotFound(NO_CASE)
    return case


async def close_of_report(context: Context, report: str, by: str) -> None:
    """Whoever closes a Flag decides that nothing comes of its case, if it is open still."""
    case = await case_store.case_of_report(context.tx, report)
    if case and case.state is CaseState.OPEN:
        verdict = Verdict(decision=Decision.NOTHING, reason=N_("The report was closed."))
        await decide(context, case.id, verdict, by=by)


async def _close_reports(context: Context, case_id: str) -> None:
    for report in await case_store.reports_of(context.tx, case_id):
        await reports.close(context.tx, report, context.now)


async def blank(context: Context, case: Case) -> None:
    """Keep no word of what a case is about."""
    await case_store.change(context.tx, replace(case, snapshot=Snapshot()))


@happenings.on(ActorGone)
async def forget_actor(context: Context, fact: ActorGone) -> None:
    """Of an actor that is no more no word is kept; about her there is nothing to decide."""
    for case in await case_store.about_author(context.tx, fact.actor):
        blank = replace(case, snapshot=Snapshot(), appeal=None)
        if case.state is CaseState.OPEN:
            blank = replace(
                blank,
                decision=Decision.NOTHING,
                reason=N_("Its author is no more."),
                decided_by=audit.NODE,
                decided=context.now,
            )
            await _close_reports(context, case.id)
        closed = case.closed or context.now
        await case_store.change(context.tx, replace(blank, state=CaseState.CLOSED, closed=closed))
