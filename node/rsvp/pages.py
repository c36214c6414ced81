"""Answering on the web: a form on the event's page, and a page of one's own behind a link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiohttp import web

from node.community import actions as community_actions
from node.community.model import Community
from node.community.pages import view_of
from node.context import Context
from node.errors import Invalid, NotFound
from node.events import store as events_store
from node.events.model import Event, State
from node.i18n.messages import translator
from node.rsvp import actions, links, sentences, store
from node.rsvp.model import Answer, Door, NotPossible, Participation, Seat
from node.rsvp.views import rsvp_page
from node.services import NODE
from node.storage.database import Transaction
from node.web import answered
from node.web.forms import Form, form_of
from node.web.frames import page_frame
from node.web.limits import LIMITS, Limit, limit_source
from node.web.pages import for_one_alone, guest_of, page
from node.web.visitor import Visitor, visitor
from node.web.whole import go_to

OF_A_SOURCE: Final = Limit("answer, source", 60, 600)
"""A whole café may sit behind one address."""
OF_AN_EVENT: Final = Limit("answer, event", 500, 3600)
_NO_EVENT = "There is no such event here."
_NO_LINK = "This link leads nowhere any more."
_TAKE_BACK = "take-back"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    community: Community
    one: Participation
    event: Event
    number: int


async def post_answer(request: web.Request) -> web.StreamResponse:
    """Somebody says on the event's page whether she comes; she is led to her own page.

    Sending the form twice is one answer: the ticket in it becomes the link.
    """
    form, event_id = await form_of(request), request.match_info["id"]
    word = _word(form)
    _check_flood(request, event_id)
    person = await visitor(request)
    ticket = await _ticket(request, form, person)
    language = guest_of(request, "en").ui_language

    async def work(context: Context) -> datetime:
        one = await actions.answer(
            context,
            event_id,
            party=_party(person, ticket),
            answer=word,
            door=Door.MEMBER if person.person else Door.WEB,
            at=context.now,
            name=person.person.name if person.person else form.text("name"),
            language=language,
        )
        await links.link_to(context, one, ticket)
        event = await events_store.find(context.tx, event_id)
        return event.draft.end if event else context.now

    node = request.app[NODE]
    try:
        ends = await node.act(work)
    except NotPossible as error:
        return await _impossible(request, event_id, error)
    response = go_to(f"/rsvp/{ticket}")
    if not person.person:
        answered.remember(node, response, event_id, ticket, ends)
    return response


async def _ticket(request: web.Request, form: Form, person: Visitor) -> str:
    """What the answer is found by: that of an earlier answer in this browser, if there is one and
    nobody else answers now. Raises: Invalid."""
    node, anew = request.app[NODE], bool(person.person or form.get("other"))
    earlier = "" if anew else answered.answer_of(node, request)
    if earlier:
        one = await node.look(lambda tx: links.find(tx, earlier))
        if one and one.event == request.match_info["id"] and one.party == _party(person, earlier):
            return earlier
    ticket = form.get("ticket", "")
    if not links.is_secret(ticket):
        raise Invalid({"ticket": "is missing; please open the page again"})
    return ticket


async def get_rsvp(request: web.Request) -> web.StreamResponse:
    """Where somebody stands, and what she can still change; for whoever holds the link."""
    node, secret = request.app[NODE], request.match_info["secret"]
    found = await node.look(lambda tx: _find(tx, secret))
    guest = guest_of(request, found.community.language)
    view = view_of(found.community, guest, node)
    shown = rsvp_page(
        found.event,
        found.one,
        guest,
        number=found.number,
        link=node.urls.rsvp(secret),
        community=view,
        activity_id=node.urls.event(found.event.id),
        now=node.clock.now(),
    )
    title = translator(guest.ui_language).gettext("Your answer")
    frame = page_frame(
        request.path, title, guest.ui_language, origin=node.urls.origin, indexed=False
    )
    return for_one_alone(page(request, guest, "rsvp.html", frame=frame, community=view, rsvp=shown))


async def post_rsvp(request: web.Request) -> web.StreamResponse:
    """Somebody changes her answer, or takes it back."""
    node, secret, form = request.app[NODE], request.match_info["secret"], await form_of(request)
    _check_flood(request)
    one = await node.look(lambda tx: links.find(tx, secret))
    if one is None:
        raise NotFound(_NO_LINK)
    word = None if form.get("answer") == _TAKE_BACK else _word(form)
    try:
        await node.act(lambda context: _change(context, one, word, form))
    except NotPossible as error:
        return await _impossible(request, one.event, error)
    response = go_to(f"/rsvp/{secret}")
    if word is None:
        answered.forget(node, response, one.event)
    return response


async def _change(context: Context, one: Participation, word: Answer | None, form: Form) -> None:
    if word is None:
        await actions.withdraw(context, one.event, party=one.party, at=context.now)
        return
    await actions.answer(
        context,
        one.event,
        party=one.party,
        answer=word,
        door=one.door,
        at=context.now,
        name=form.text("name") if one.door is Door.WEB else None,
        activity_id=one.activity_id,
    )


def _word(form: Form) -> Answer:
    try:
        return Answer(form.get("answer", ""))
    except ValueError:
        raise Invalid({"answer": "is yes, maybe or no"}) from None


def _party(person: Visitor, ticket: str) -> str:
    if person.person:
        return f"member:{person.person.id}"
    return f"web:{links.digest(ticket)}"


def _check_flood(request: web.Request, event_id: str | None = None) -> None:
    """Raises: TooMany. `event_id` is counted for new answers."""
    limit_source(request, OF_A_SOURCE)
    if event_id is not None:
        request.app[LIMITS].count(OF_AN_EVENT, event_id)


async def _find(tx: Transaction, secret: str) -> _Found:
    one = await links.find(tx, secret)
    event = await events_store.find(tx, one.event) if one else None
    if one is None or event is None or event.state is State.DELETED:
        raise NotFound(_NO_LINK)
    waits = one.seat is Seat.WAITING
    return _Found(
        community=await community_actions.the_community(tx),
        one=one,
        event=event,
        number=await store.number_in_line(tx, one) if waits else 0,
    )


async def _impossible(
    request: web.Request, event_id: str, error: NotPossible
) -> web.StreamResponse:
    """Why it cannot be answered so, with the way back to the event."""
    node = request.app[NODE]

    async def read(tx: Transaction) -> Community:
        if await events_store.find(tx, event_id) is None:
            raise NotFound(_NO_EVENT)
        return await community_actions.the_community(tx)

    community = await node.look(read)
    guest = guest_of(request, community.language)
    sentence = sentences.refusal(error.reason, guest.ui_language)
    frame = page_frame(
        f"/e/{event_id}", sentence, guest.ui_language, origin=node.urls.origin, indexed=False
    )
    response = page(
        request,
        guest,
        "rsvp_closed.html",
        frame=frame,
        community=view_of(community, guest, node),
        sentence=sentence,
        back=f"/e/{event_id}",
    )
    response.set_status(error.status)
    return for_one_alone(response)
