"""At the desk: what was reported, cases that the team opens itself, waves of strangers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from node.context import Context
from node.desk.frame import desk_page, language_of, reader
from node.desk.naming import names_for
from node.desk.nav import nav
from node.desk.telling import done
from node.desk.waiting import waiting
from node.errors import Invalid, NodeError, NotFound
from node.i18n import dates
from node.i18n.messages import N_, translator
from node.moderation import case_store, cases, reportable, waves
from node.moderation.case_model import Case, CaseKind, CaseState, Category, Source
from node.moderation.cases import Telling
from node.moderation.waves import Wave
from node.moderation.words import CATEGORY_WORDS, DECISION_WORDS, KIND_WORDS, STATE_WORDS
from node.people.rights import Right
from node.services import NODE
from node.storage.database import Transaction
from node.text.sanitise import strip_bidi
from node.web.forms import Form, form_of

PATH = "/desk/moderation"
TITLE = N_("Reports")
_NOT_FOUND = N_("There is nothing here that could be meant.")

nav.add(PATH, TITLE, Right.MODERATE, rank=32)


@waiting.on(PATH, N_("Reports to be decided"), Right.MODERATE)
async def open_cases(tx: Transaction, now: datetime) -> int:
    """How many cases nobody has decided."""
    return (await case_store.counts(tx))[CaseState.OPEN.value]


@waiting.on(f"{PATH}?state=appealed", N_("Appeals"), Right.MODERATE)
async def open_appeals(tx: Transaction, now: datetime) -> int:
    """How many appeals nobody has answered."""
    return (await case_store.counts(tx))[CaseState.APPEALED.value]


@waiting.on(f"{PATH}#wave", N_("Strangers who write all at once: their words wait"), Right.MODERATE)
async def strangers(tx: Transaction, now: datetime) -> int:
    """How many have come with the wave that goes on."""
    wave = await waves.current(tx, now)
    return wave.strangers if wave else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A case in the list; of a message no word stands there."""

    id: str
    kind: str
    name: str
    day: str
    decision: str


async def get_cases(request: web.Request) -> web.StreamResponse:
    """What was reported; `?state=` for what is decided, appealed, closed."""
    return await _list(request)


async def _list(
    request: web.Request, error: NodeError | None = None, form: Form | None = None
) -> web.StreamResponse:
    given = request.query.get("state", CaseState.OPEN.value)
    if given not in {state.value for state in CaseState}:
        raise web.HTTPNotFound
    node, language = request.app[NODE], await language_of(request)
    _, now = translator(language).gettext, node.clock.now()

    names_in = await names_for(request)

    async def read(tx: Transaction) -> tuple[list[Row], dict[str, int], Wave | None]:
        listed, names = await case_store.listing(tx, CaseState(given)), names_in(tx)
        return (
            [_row(case, await names.case(case), language) for case in listed],
            await case_store.counts(tx),
            await waves.current(tx, now),
        )

    found, counts, wave = await node.look(read)
    return await desk_page(
        request,
        "desk_moderation.html",
        TITLE,
        error=error,
        form=form or Form(()),
        state=given,
        states=[(each.value, word, counts[each.value]) for each, word in STATE_WORDS.items()],
        categories=[(each.value, _(word)) for each, word in CATEGORY_WORDS.items()],
        rows=found,
        wave=wave,
        wave_ends=dates.clock(dates.here(wave.ends)) if wave else "",
    )


async def post_open(request: web.Request) -> web.StreamResponse:
    """A case that the team opens itself."""
    form = await form_of(request)

    async def work(context: Context) -> Case:
        found = await reportable.find(context.tx, context.urls, form.text("target"))
        # What was said to the team alone is opened from its own page, by whoever may read it.
        if not form.text("target") or found is None or found.kind is CaseKind.MESSAGE:
            raise Invalid({"target": _NOT_FOUND})
        return await cases.tell(context, found, _telling(form))

    try:
        case = await request.app[NODE].act(work)
    except NodeError as error:
        return await _list(request, error, form)
    return done(request, f"{PATH}/{case.id}", "saved")


async def post_report(request: web.Request) -> web.StreamResponse:
    """What somebody of the team reports of what people say, messages too."""
    form, name = await form_of(request), request.match_info["id"]

    async def work(context: Context) -> None:
        found = await reportable.find(context.tx, context.urls, name)
        if found is None:
            raise NotFound(_NOT_FOUND)
        await cases.tell(context, found, _telling(form))

    await request.app[NODE].act(work)
    return done(request, f"/desk/conversations/{name}", "saved")


def _telling(form: Form) -> Telling:
    categories = {category.value: category for category in Category}
    return Telling(
        source=Source.TEAM,
        category=categories.get(form.text("category"), Category.OTHER),
        words=strip_bidi(form.text("words")),
        forward=True,
    )


async def post_end_wave(request: web.Request) -> web.StreamResponse:
    """The wave is over; what waits still waits."""
    person = await reader(request)
    await request.app[NODE].act(lambda context: waves.end(context, person.id))
    return done(request, PATH, "saved")


def _row(case: Case, name: str, language: str) -> Row:
    return Row(
        id=case.id,
        kind=KIND_WORDS[case.kind],
        name=name,
        day=dates.moment(case.created, language),
        decision=DECISION_WORDS[case.decision] if case.decision else "",
    )
