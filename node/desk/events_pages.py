"""At the desk: the community's events, from a beginning to a look at it and into the world."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from aiohttp import web

from node import once
from node.community import actions as community_actions
from node.community.model import Community
from node.context import Context
from node.desk.event_editor import (
    PATH,
    TITLE,
    Editing,
    community_of,
    editor_page,
    read_form,
    resent,
)
from node.desk.event_form import complaints_of, pairs_of
from node.desk.event_preview import SEEN, is_over, preview_page
from node.desk.event_series import next_date
from node.desk.event_templates import TEMPLATES
from node.desk.event_templates import pairs_of as template_pairs
from node.desk.event_words import ACCESSIBILITY
from node.desk.frame import desk_page, reader
from node.desk.nav import nav
from node.errors import Conflict, Invalid, NotFound
from node.events import acting, actions, store
from node.events.model import Event, EventDraft, State
from node.events.views import EventCard, event_card
from node.i18n.languages import own_name
from node.i18n.messages import N_
from node.i18n.speaking import listed
from node.people.rights import Right
from node.services import NODE
from node.storage.database import Transaction
from node.web.forms import Form, form_of
from node.web.whole import SURROUNDINGS, go_to

_BEGIN = N_("A new event")
_CHANGED = N_(
    "Somebody else has changed this event meanwhile. What you wrote is still here: sending it once "
    "more puts it in the place of theirs."
)
_CANCELLED = N_("This event was cancelled. You can copy it and publish a new one.")
_MOST_OVER = 20
UPLOAD = 10 * 1024 * 1024 + 64 * 1024
"""Bytes that may come with the form: one picture."""

nav.add(PATH, TITLE, Right.PUBLISH, rank=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An event in the list of the desk: its languages by name, and how many come."""

    card: EventCard
    languages: str
    going: int
    answers: bool


async def get_events(request: web.Request) -> web.StreamResponse:
    """What is planned, and what was lately."""
    node, now = request.app[NODE], request.app[NODE].clock.now()

    async def read(tx: Transaction) -> tuple[list[Event], list[Event]]:
        over = [each for each in await store.recent(tx) if each.draft.end <= now]
        over.sort(key=lambda each: each.draft.start, reverse=True)
        return await store.upcoming(tx, now), over[:_MOST_OVER]

    planned, over = await node.look(read)
    return await desk_page(
        request,
        "desk_events.html",
        TITLE,
        planned=[await _line(request, event) for event in planned],
        over=[await _line(request, event) for event in over],
    )


async def _line(request: web.Request, event: Event) -> Line:
    guest, _ = await request.app[SURROUNDINGS](request)
    return Line(
        card=event_card(event, guest.languages, guest.ui_language, f"/e/{event.id}"),
        languages=listed((own_name(tag) for tag in event.draft.name), guest.ui_language),
        going=event.going,
        answers=event.draft.join.value in ("free", "restricted"),
    )


async def get_begin(request: web.Request) -> web.StreamResponse:
    """Beginnings to choose from; one can also begin with nothing, or with an earlier event."""
    return await desk_page(
        request,
        "desk_events_begin.html",
        _BEGIN,
        trail=[(PATH, TITLE)],
        templates=[(name, each.name, each.about) for name, each in TEMPLATES.items()],
    )


async def get_new(request: web.Request) -> web.StreamResponse:
    """The form for a new event; `?template=` and `?copy=` fill it in."""
    editing = await _editing_new(request, request.query.get("copy", ""))
    return await editor_page(request, editing, _first(request, editing))


def _first(request: web.Request, editing: Editing) -> Form:
    community, template = editing.community, TEMPLATES.get(request.query.get("template", ""))
    if editing.base:
        pairs = pairs_of(editing.base, list(ACCESSIBILITY))
        # the day of another event is no good guess, but the next one of a series is
        kept = [pair for pair in pairs if pair[0] not in ("date", "date_end")]
        if following := next_date(editing.base, request.app[NODE].clock.now()):
            kept.append(("date", following.isoformat()))
        return Form((*kept, ("source", request.query["copy"])))
    usual = [
        ("timezone", community.timezone),
        ("place-city", community.city or ""),
        ("place-country", community.country or ""),
        *(("languages_spoken", tag) for tag in community.languages),
    ]
    chosen = template_pairs(template, community.languages) if template else []
    return Form((*chosen, *usual))


async def post_new(request: web.Request) -> web.StreamResponse:
    """A look at the event, back to the form, or out into the world: once, even if sent twice."""
    form = await form_of(request, upload=UPLOAD)
    editing = await _editing_new(request, form.text("source"))
    draft, form, errors = await read_form(request, form, editing)
    if draft is None:
        return await editor_page(request, editing, form, errors=errors, status=422)
    if form.text("go") == "edit":
        return await editor_page(request, editing, form)
    unseen = form.text("seen") != SEEN and is_over(request, editing, draft)
    if form.text("go") == "preview" or unseen:
        return await preview_page(request, editing, form, draft)
    try:
        return go_to(await _publish_once(request, draft, form.text("ticket")))
    except Invalid as error:
        errors = complaints_of(error.fields, editing.languages[0])
        return await editor_page(request, editing, form, errors=errors, status=422)


async def get_edit(request: web.Request) -> web.StreamResponse:
    """The form of an event that is there."""
    editing = await _editing(request)
    assert editing.event is not None
    pairs = pairs_of(editing.event.draft, list(ACCESSIBILITY))
    form = Form((*pairs, ("sequence", str(editing.event.sequence))))
    errors = {"": _CANCELLED} if editing.event.cancelled else None
    return await editor_page(request, editing, form, errors=errors)


async def post_edit(request: web.Request) -> web.StreamResponse:
    """The event with its new content, unless somebody else was quicker."""
    form, editing = await form_of(request, upload=UPLOAD), await _editing(request)
    assert editing.event is not None
    draft, form, errors = await read_form(request, form, editing)
    if draft is None:
        return await editor_page(request, editing, form, errors=errors, status=422)
    if form.text("go") == "edit":
        return await editor_page(request, editing, form)
    if form.text("go") == "preview":
        return await preview_page(request, editing, form, draft)
    return await _change(request, editing, form, draft)


async def _change(
    request: web.Request, editing: Editing, form: Form, draft: EventDraft
) -> web.StreamResponse:
    event_id, seen = request.match_info["id"], form.text("sequence")
    person = await reader(request)

    async def work(context: Context) -> Event:
        present = await actions.show(context, event_id)
        if present.draft == draft:
            return present
        if str(present.sequence) != seen:
            raise Conflict(_CHANGED)
        return await acting.update(context, event_id, draft, person.id)

    try:
        event = await request.app[NODE].act(work)
    except Invalid as error:
        errors = complaints_of(error.fields, editing.languages[0])
        return await editor_page(request, editing, form, errors=errors, status=422)
    except Conflict as error:
        now = await _editing(request)
        assert now.event is not None
        told = _CANCELLED if now.event.cancelled else str(error)
        again = Form(tuple(resent(form, sequence=str(now.event.sequence))))
        return await editor_page(request, now, again, errors={"": told}, status=409)
    return go_to(f"/e/{event.id}")


async def _publish_once(request: web.Request, draft: EventDraft, ticket: str) -> str:
    """The path of the event; of a form that was sent twice that of the first time."""
    node, person = request.app[NODE], await reader(request)
    key = hashlib.sha256(f"desk event\n{person.id}\n{ticket}".encode()).hexdigest()

    async def work(context: Context) -> str:
        event = await acting.publish(context, draft, person.id)
        there = {"Location": f"/e/{event.id}"}
        await once.answer(context.tx, key, status=303, headers=there, body=b"")
        return there["Location"]

    try:
        with once.marked(once.Mark(key, key)):
            return await node.act(work)
    except Conflict:
        earlier = await node.look(lambda tx: once.find(tx, key))
        return earlier.headers.get("Location", PATH) if earlier else PATH


async def _editing_new(request: web.Request, source: str) -> Editing:
    community = await community_of(request)
    if not source:
        return Editing(community=community)
    event = await request.app[NODE].look(lambda tx: store.find(tx, source))
    if event is None or event.state is State.DELETED:
        raise NotFound("There is no such event here.")
    return Editing(community=community, base=event.draft)


async def _editing(request: web.Request) -> Editing:
    community, event = await event_of(request)
    return Editing(community=community, event=event, base=event.draft)


async def event_of(request: web.Request) -> tuple[Community, Event]:
    """The community and the event in the path. Raises: NotFound, for deleted ones too."""
    event_id = request.match_info["id"]

    async def read(tx: Transaction) -> tuple[Community, Event | None]:
        return await community_actions.the_community(tx), await store.find(tx, event_id)

    community, event = await request.app[NODE].look(read)
    if event is None or event.state is State.DELETED:
        raise web.HTTPNotFound
    return community, event
