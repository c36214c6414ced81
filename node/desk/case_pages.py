"""At the desk: one case. What was reported as it was, by what kind of people, and the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from node.context import Context
from node.desk.decisions_pages import PATH as DECISIONS
from node.desk.frame import desk_page, language_of, reader
from node.desk.moderation_pages import PATH, TITLE
from node.desk.naming import names_for
from node.desk.telling import done
from node.errors import Invalid, NodeError, NotFound
from node.i18n import dates
from node.i18n.languages import direction
from node.i18n.messages import N_, translator
from node.moderation import appeals, case_store, cases
from node.moderation.case_model import (
    CHOICES,
    LONGEST_REASON,
    LONGEST_WORDS,
    Case,
    Complaint,
    Decision,
    Outcome,
    Verdict,
)
from node.moderation.consequences import takes_two_to_return
from node.moderation.deciding import contact_of, decide
from node.moderation.twos import ask_to_delete
from node.moderation.words import (
    CATEGORY_WORDS,
    DECISION_WORDS,
    KIND_WORDS,
    OUTCOME_WORDS,
    SOURCE_WORDS,
)
from node.people import audit
from node.people import store as people
from node.people.newness import nobody_confirms
from node.people.rights import Right
from node.services import NODE
from node.text.sanitise import strip_bidi
from node.web.forms import Form, form_of

_ONE = N_("A report")
_CHOOSE = N_("Please choose what is to be done.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A complaint; `contact` is what the reporter said of herself, "" for nothing."""

    category: str
    source: str
    words: str
    day: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Who read a message that was not meant for her, and when."""

    name: str
    when: str


async def get_case(request: web.Request) -> web.StreamResponse:
    """One case: what was reported as it was, by what kind of people, and what can be decided."""
    return await _one(request)


async def post_decide(request: web.Request) -> web.StreamResponse:
    """The decision, in force from now on."""
    form, person = await form_of(request), await reader(request)
    case_id = request.match_info["id"]
    try:
        await decide(request.app[NODE], case_id, _verdict(form), person.id)
    except NotFound:
        raise
    except NodeError as error:
        return await _one(request, error, form)
    return done(request, f"{PATH}/{case_id}", "decided")


def _verdict(form: Form) -> Verdict:
    try:
        decision = Decision(form.text("decision"))
    except ValueError:
        raise Invalid({"decision": _CHOOSE}) from None
    forward = form.text("words") if form.text("forward") == "yes" else None
    return Verdict(
        decision=decision,
        reason=strip_bidi(form.text("reason")),
        tell=form.text("tell") == "yes",
        forward=forward,
    )


async def post_appeal(request: web.Request) -> web.StreamResponse:
    """The answer to an appeal, by somebody who has not decided the case."""
    form, person = await form_of(request), await reader(request)
    case_id = request.match_info["id"]
    outcome = Outcome.OVERTURNED if form.text("outcome") == "overturned" else Outcome.UPHELD
    reason = strip_bidi(form.text("outcome_reason"))

    async def work(context: Context) -> Case:
        return await appeals.answer_appeal(context, case_id, outcome, reason, by=person.id)

    try:
        await request.app[NODE].act(work)
    except NotFound:
        raise
    except NodeError as error:
        fields = {"outcome_reason": str(error)} if isinstance(error, Invalid) else None
        return await _one(request, error, form, fields)
    return done(request, f"{PATH}/{case_id}", "decided")


async def post_delete_all(request: web.Request) -> web.StreamResponse:
    """A second person is asked whether everything of an author or a server is deleted."""
    form, person = await form_of(request), await reader(request)
    case_id, whole = request.match_info["id"], form.text("of")

    async def work(context: Context) -> None:
        case = await cases.find(context, case_id)
        if whole not in ("author", "server") or not case.host:
            raise NotFound(cases.NO_CASE)
        target = case.author if whole == "author" else case.host
        await ask_to_delete(context, target, form.text("reason") or f"case {case.id}", person.id)

    await request.app[NODE].act(work)
    return done(request, DECISIONS, "asked-second")


async def _one(
    request: web.Request,
    error: NodeError | None = None,
    form: Form | None = None,
    errors: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    node, person, language = request.app[NODE], await reader(request), await language_of(request)
    case_id, names_in = request.match_info["id"], await names_for(request)
    found = await node.act(lambda context: _looked_into(context, case_id, person.id, language))
    case, said, looks, names = found
    now = node.clock.now()
    alone = await node.look(lambda tx: nobody_confirms(tx, now, person, Right.MODERATE))
    return await desk_page(
        request,
        "desk_moderation_case.html",
        _ONE,
        trail=[(PATH, TITLE)],
        error=error,
        errors=errors,
        case=case,
        about=await node.look(lambda tx: names_in(tx).case(case)),
        kind=KIND_WORDS[case.kind],
        was_lang=case.snapshot.language or "",
        was_dir=direction(case.snapshot.language) if case.snapshot.language else "auto",
        said=[_said(each, contact_of(node, each), language) for each in said],
        looks=looks,
        choices=[(each.value, DECISION_WORDS[each]) for each in CHOICES[case.kind]],
        may_forward=bool(case.host) and any(each.forward for each in said),
        decision=DECISION_WORDS[case.decision] if case.decision else "",
        outcome=OUTCOME_WORDS[case.outcome] if case.outcome else "",
        decided_by=_who(case.decided_by, names, language),
        outcome_by=_who(case.outcome_by, names, language),
        two_return=takes_two_to_return(case),
        mine=case.decided_by == person.id,
        alone=alone,
        form=form or Form(()),
        longest=LONGEST_REASON,
        longest_words=LONGEST_WORDS,
    )


async def _looked_into(
    context: Context, case_id: str, person_id: str, language: str
) -> tuple[Case, list[Complaint], list[Looked], dict[str, str]]:
    """The case, what was said of it, who looked at it before, and everybody's name; this look is
    noted too."""
    case = await cases.find(context, case_id)
    await cases.look(context, case, person_id)
    names = {one.id: one.name for one in await people.everybody(context.tx)}
    said = await case_store.complaints(context.tx, case.id)
    looks = [
        Looked(name=names.get(each.person, each.person), when=dates.moment(each.at, language))
        for each in await case_store.looks(context.tx, case.id)
    ]
    return case, said, looks, names


def _said(complaint: Complaint, contact: str, language: str) -> Said:
    return Said(
        category=CATEGORY_WORDS[complaint.category],
        source=SOURCE_WORDS[complaint.source],
        words=complaint.words,
        day=dates.moment(complaint.created, language),
        contact=contact,
    )


def _who(by: str | None, names: Mapping[str, str], language: str) -> str:
    _ = translator(language).gettext
    words = {audit.COMMAND_LINE: _(N_("Somebody at the machine")), audit.NODE: _(N_("By itself"))}
    return names.get(by, words.get(by, "")) if by else ""
