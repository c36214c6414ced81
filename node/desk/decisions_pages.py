"""At the desk: what is decided in twos, what nobody else here can confirm, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from node.desk.frame import desk_page, language_of, reader
from node.desk.nav import nav
from node.desk.telling import done
from node.desk.waiting import waiting
from node.i18n import dates
from node.i18n.messages import N_, translator
from node.moderation.ruling import change
from node.people import approval_store, store
from node.people.approval_store import Approval
from node.people.approvals import approvals
from node.people.model import Person
from node.people.newness import TooNew, newness
from node.people.rights import Right, may
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import form_of

PATH = "/desk/decisions"
_DECISIONS = N_("In twos")
_OUTCOMES = {
    "confirmed": N_("It was confirmed, and done."),
    "refused": N_("Somebody else said no. It was not done."),
    "expired": N_("Nobody confirmed it in time, or it was not possible any more. It was not done."),
}
_BY_ITSELF = N_("Nobody objected. It was done.")

nav.add(PATH, _DECISIONS, Right.SEE_AUDIT, rank=80)


@waiting.on(PATH, N_("Decisions that need a second person"), Right.MODERATE)
async def decisions(tx: Transaction, now: datetime) -> int:
    """How much waits for a second person."""
    return sum(each.due is None for each in await approval_store.waiting(tx, now))


@waiting.on(f"{PATH}#alone", N_("Done by one person soon, if nobody objects"), Right.SEE_AUDIT)
async def lone_wishes(tx: Transaction, now: datetime) -> int:
    """How much is carried out soon because nobody else could confirm it."""
    return sum(each.due is not None for each in await approval_store.waiting(tx, now))


@waiting.for_each(f"{PATH}#ended", N_("What came of your wishes"), Right.SEE_AUDIT)
async def ended(tx: Transaction, now: datetime, person: Person) -> int:
    """How many of her own wishes were decided without her."""
    return len(await approval_store.outcomes(tx, person.id, now))


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionView:
    """What waits for a second person; `mine`: the reader asked for it.

    `confirms`: she can confirm it now. `new`: she cannot, since one of the two is new in her role;
    which, and from when on. `stuck`: nobody else can now, and where it is not `due` nobody will.
    `due` and `ends` are moments in words, `due` and `new` "" for none.
    """

    approval: Approval
    target: str
    asked_by: str
    mine: bool
    confirms: bool
    new: str
    stuck: bool
    due: str
    ends: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeView:
    """What came of a wish of the reader's; `word` is a message."""

    verb: str
    target: str
    word: str


async def get_decisions(request: web.Request) -> web.StreamResponse:
    """What waits for a second person."""
    return await _page(request)


async def _page(request: web.Request, error: TooNew | None = None) -> web.Response:
    node, person = request.app[NODE], await reader(request)
    now, language = node.clock.now(), await language_of(request)

    async def read(tx: Transaction) -> tuple[list[DecisionView], list[OutcomeView]]:
        everybody = [one.at(now) for one in await store.everybody(tx)]
        seen = [
            _decision(one, everybody, person, now, language)
            for one in await approval_store.waiting(tx, now)
            if approvals.may_object(person, one)
        ]
        names = {each.id: each.name for each in everybody}
        return seen, [
            _outcome(one, names) for one in await approval_store.outcomes(tx, person.id, now)
        ]

    found, came = await node.look(read)
    invites = may(person, Right.INVITE)
    return await desk_page(
        request,
        "desk_decisions.html",
        _DECISIONS,
        error=error,
        errors={"": _too_new(error, language)} if error else None,
        decisions=found,
        came=came,
        invites=invites,
        stuck=any(each.stuck for each in found),
    )


async def post_decision(request: web.Request) -> web.StreamResponse:
    """Confirmed and done, or refused. Nobody confirms what she asked for herself, or as long as
    she is new in her role."""
    form, person = await form_of(request), await reader(request)
    decide = approvals.confirm if form.text("answer") == "yes" else approvals.refuse
    # What two have decided may be a rule: it is in force before anybody is answered.
    try:
        await change(request.app[NODE], lambda context: decide(context, person, form.text("id")))
    except TooNew as error:
        return await _page(request, error)
    return done(request, PATH, "decided")


async def post_seen(request: web.Request) -> web.StreamResponse:
    """What came of the reader's wishes is shown no more."""
    person = await reader(request)
    await request.app[NODE].act(
        lambda context: approval_store.put_away(context.tx, person.id, context.now)
    )
    return done(request, PATH, "saved")


def _decision(
    approval: Approval, everybody: list[Person], person: Person, now: datetime, language: str
) -> DecisionView:
    names = {each.id: each.name for each in everybody}
    right, mine = approvals.right_of(approval.verb), approval.asked_by == person.id
    able = [each for each in everybody if may(each, right) and each.id != approval.asked_by]
    asker = next((each for each in everybody if each.id == approval.asked_by), person)
    new = {each.id: newness(each, asker, approval, now) for each in able}
    mine_new = new.get(person.id)
    return DecisionView(
        approval=approval,
        target=names.get(approval.target, approval.target),
        asked_by=names.get(approval.asked_by, ""),
        mine=mine,
        confirms=person.id in new and mine_new is None,
        new=_too_new(mine_new, language) if mine_new else "",
        stuck=not any(_is_enough(each, approval) for each in new.values()),
        due=dates.moment(approval.due, language) if approval.due else "",
        ends=dates.moment(approval.ends, language),
    )


def _is_enough(new: TooNew | None, approval: Approval) -> bool:
    """Whether somebody who is as new as this confirms it: now, or where it waits for her, later."""
    return new is None or (new.this and approval.due is None)


def _too_new(error: TooNew, language: str) -> str:
    """The sentence in the language of the page."""
    moment = dates.moment(error.moment, language)
    return translator(language).gettext(error.sentence) % {"moment": moment}


def _outcome(approval: Approval, names: dict[str, str]) -> OutcomeView:
    by_itself = approval.state == "confirmed" and approval.decided_by not in names
    return OutcomeView(
        verb=approval.verb,
        target=names.get(approval.target, approval.target),
        word=_BY_ITSELF if by_itself else _OUTCOMES[approval.state],
    )
