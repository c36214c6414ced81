"""Pages for everybody: reporting something, the receipt for it, and appealing for members."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web

from node.context import Context
from node.errors import Invalid, NodeError
from node.i18n import dates
from node.i18n.messages import N_
from node.moderation import appeals, case_store, reportable
from node.moderation.case_model import (
    APPEALS_WITHIN,
    LONGEST_CONTACT,
    LONGEST_WORDS,
    Case,
    CaseKind,
    CaseState,
    Category,
    Decision,
    Outcome,
    Reported,
    Source,
)
from node.moderation.cases import Telling, tell
from node.moderation.deciding import seal_for
from node.moderation.known_as import known_as
from node.moderation.words import CATEGORY_WORDS, DECISION_WORDS, OUTCOME_WORDS
from node.people.model import Person, digest
from node.services import NODE
from node.storage.database import Transaction
from node.text.sanitise import plain, strip_bidi
from node.web.forms import Form, form_of
from node.web.limits import LIMITS, Limit, limit_source
from node.web.visitor import visitor
from node.web.whole import SURROUNDINGS, go_to, whole_page

OF_A_SOURCE: Final = Limit("report, source", 20, 3600)
OF_AN_ACCOUNT: Final = Limit("report, account", 50, 86_400)
"""Spec: limits 4.5"""
OF_ALL: Final = Limit("report, everybody", 300, 3600)
_EXCERPT = 280
_REPORT, _RECEIPT = N_("Report this"), N_("Your report")
_MINE = N_("Decisions about me")
_CHOOSE = N_("Please choose what is wrong.")


@dataclass(frozen=True, slots=True, kw_only=True)
class MineView:
    """A decision about whoever reads it."""

    id: str
    decision: str
    about: str
    reason: str
    day: str
    until: str
    appeal: str | None
    outcome: str
    outcome_reason: str
    open: bool


async def get_report(request: web.Request) -> web.StreamResponse:
    """The form to report something that everybody can see."""
    found = await _reported(request, request.query.get("about", ""))
    return await _form(request, found, request.query.get("about", ""))


async def post_report(request: web.Request) -> web.StreamResponse:
    """What was reported, with the team now; its receipt is the page that follows."""
    form = await form_of(request)
    about = form.text("about")
    found = await _reported(request, about)
    person = (await visitor(request)).person
    secret = secrets.token_urlsafe(32)
    try:
        telling = _telling(form, person, digest(secret))
        _check_flood(request, person)
        seal = seal_for(request.app[NODE])
        await request.app[NODE].act(lambda context: tell(context, found, telling, seal))
    except NodeError as error:
        return await _form(request, found, about, form, error)
    return go_to(f"/report/{secret}")


def _telling(form: Form, person: Person | None, receipt: str) -> Telling:
    categories = {category.value: category for category in Category}
    if form.text("category") not in categories:
        raise Invalid({"category": _CHOOSE})
    return Telling(
        source=Source.MEMBER if person else Source.HERE,
        category=categories[form.text("category")],
        words=strip_bidi(form.text("words")),
        forward=form.text("forward") == "yes",
        contact=form.text("contact")[:LONGEST_CONTACT],
        receipt=receipt,
    )


def _check_flood(request: web.Request, person: Person | None) -> None:
    """Raises: TooMany."""
    limit_source(request, OF_A_SOURCE)
    if person is not None:
        request.app[LIMITS].count(OF_AN_ACCOUNT, person.id)
    request.app[LIMITS].count(OF_ALL)


async def _reported(request: web.Request, name: str) -> Reported:
    """What everybody can see. Raises: HTTPNotFound for everything else, whether or not it is
    there (security: K01)."""
    node = request.app[NODE]
    found = await node.look(lambda tx: reportable.find(tx, node.urls, name)) if name else None
    if found is None or not found.public:
        raise web.HTTPNotFound
    return found


async def _form(
    request: web.Request,
    found: Reported,
    about: str,
    form: Form | None = None,
    error: NodeError | None = None,
) -> web.StreamResponse:
    return await whole_page(
        request,
        "report.html",
        _REPORT,
        error=error,
        about=about,
        excerpt=plain(found.snapshot.html)[:_EXCERPT],
        snapshot=found.snapshot,
        host=found.host,
        categories=[(each.value, word) for each, word in CATEGORY_WORDS.items()],
        form=form or Form(()),
        longest=LONGEST_WORDS,
        longest_contact=LONGEST_CONTACT,
    )


async def get_receipt(request: web.Request) -> web.StreamResponse:
    """How far a report has come, for whoever has the link."""
    secret = request.match_info["secret"]
    found = await request.app[NODE].look(lambda tx: case_store.by_receipt(tx, digest(secret)))
    if found is None:
        raise web.HTTPNotFound
    complaint, case = found
    guest, _ = await request.app[SURROUNDINGS](request)
    return await whole_page(
        request,
        "report_receipt.html",
        _RECEIPT,
        day=dates.day(complaint.created, guest.ui_language),
        number=complaint.id[-8:].upper(),
        looked=case.state is not CaseState.OPEN,
        acted=_acted(case),
    )


def _acted(case: Case) -> bool:
    return case.decision is not Decision.NOTHING and case.outcome is not Outcome.OVERTURNED


async def get_mine(request: web.Request) -> web.StreamResponse:
    """What was decided about whoever asks, and the form to appeal."""
    return await _mine(request)


async def post_appeal(request: web.Request) -> web.StreamResponse:
    """An appeal, with somebody else of the team now."""
    form, person = await form_of(request), (await visitor(request)).person
    assert person is not None, "the policy of the route has let a guest through"

    async def work(context: Context) -> Case:
        words = strip_bidi(form.text("words"))
        names = await known_as(context.tx, context.urls, person.id)
        return await appeals.appeal(context, form.text("id"), names, words)

    try:
        await request.app[NODE].act(work)
    except NodeError as error:
        return await _mine(request, error, form)
    return go_to("/me/decisions")


async def _mine(
    request: web.Request, error: NodeError | None = None, form: Form | None = None
) -> web.StreamResponse:
    node, person = request.app[NODE], (await visitor(request)).person
    assert person is not None, "the policy of the route has let a guest through"
    guest, _ = await request.app[SURROUNDINGS](request)

    async def read(tx: Transaction) -> list[Case]:
        names = await known_as(tx, node.urls, person.id)
        return [case for name in names for case in await case_store.about_author(tx, name)]

    found = await node.look(read)
    now = node.clock.now()
    return await whole_page(
        request,
        "me_decisions.html",
        _MINE,
        error=error,
        form=form or Form(()),
        decisions=[
            _view(case, now, guest.ui_language)
            for case in found
            if case.kind in (CaseKind.MEMBER, CaseKind.POST) and case.told
        ],
        longest=LONGEST_WORDS,
    )


def _view(case: Case, now: datetime, language: str) -> MineView:
    assert case.decision is not None
    assert case.decided is not None
    return MineView(
        id=case.id,
        decision=DECISION_WORDS[case.decision],
        about=case.snapshot.about or "",
        reason=case.reason or "",
        day=dates.day(case.decided, language),
        until=dates.day(case.decided + APPEALS_WITHIN, language),
        appeal=case.appeal,
        outcome=OUTCOME_WORDS[case.outcome] if case.outcome else "",
        outcome_reason=case.outcome_reason or "",
        open=case.may_be_appealed(now),
    )
