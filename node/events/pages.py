"""Pages about events: the calendar by day, one event."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from node.community import actions as community_actions
from node.community.model import Community
from node.community.pages import view_of
from node.errors import NotFound
from node.events import store
from node.events.model import Event, State
from node.events.signup import SignUp, sign_up
from node.events.summary import summaries
from node.events.views import event_card, event_page
from node.i18n.languages import choose
from node.i18n.messages import translator
from node.people.model import Person
from node.people.rights import Right, may
from node.services import NODE
from node.storage.database import Transaction
from node.text.sanitise import plain
from node.web.answered import answer_of
from node.web.frames import page_frame
from node.web.pages import for_one_alone, guest_of, page
from node.web.parts import parts_of
from node.web.visitor import visitor
from node.web.whole_answers import secret_of_her_own


async def get_events(request: web.Request) -> web.Response:
    """What is on, by day; `?tag=` narrows it."""
    node = request.app[NODE]
    tag = request.query.get("tag", "").casefold()

    async def read(tx: Transaction) -> tuple[Community, list[Event]]:
        community = await community_actions.the_community(tx)
        return community, await store.upcoming(tx, node.clock.now())

    community, events = await node.look(read)
    guest = guest_of(request, community.language)
    cards = [
        event_card(event, guest.languages, guest.ui_language, node.urls.event(event.id))
        for event in events
        if not tag or tag in (one.casefold() for one in event.draft.tags)
    ]
    frame = page_frame(
        "/events",
        translator(guest.ui_language).gettext("Dates"),
        guest.ui_language,
        origin=node.urls.origin,
    )
    view = view_of(community, guest, node)
    return page(request, guest, "events.html", frame=frame, community=view, events=cards)


async def get_event(request: web.Request) -> web.Response:
    """One event with all that a guest must know. A deleted one is gone, and its page says so."""
    node = request.app[NODE]
    community, event = await node.look(partial(_that_stands, event_id=request.match_info["id"]))
    guest = guest_of(request, community.language)
    person = (await visitor(request)).person
    own = "" if person else _own_page(request)
    address, view = node.urls.event(event.id), view_of(community, guest, node)
    shown = event_page(
        event,
        guest.languages,
        guest.ui_language,
        url=address,
        ics_url=f"/e/{event.id}.ics?lang={guest.ui_language}",
        activity_id=address,
        community=view,
        signup=_signup(request, event, guest.ui_language, person, own),
    )
    frame = page_frame(
        f"/e/{event.id}",
        shown.card.name.text,
        guest.ui_language,
        origin=node.urls.origin,
        description=plain(choose(summaries(event), guest.languages)[0]),
        alternate_activity=address,
        kind="article",
    )
    response = page(
        request, guest, "event.html", frame=frame, community=view, event=shown,
        parts=await parts_of(request, address, guest),
        desk=f"/desk/events/{event.id}" if may(person, Right.PUBLISH) else "",
    )  # fmt: skip
    return for_one_alone(response) if own else response


async def _that_stands(tx: Transaction, event_id: str) -> tuple[Community, Event]:
    event = await store.find(tx, event_id)
    if event is None:
        raise NotFound("There is no such event here.")
    if event.state is State.DELETED:
        raise web.HTTPGone(text="This event was deleted.")
    return await community_actions.the_community(tx), event


def _own_page(request: web.Request) -> str:
    """Where a guest finds the answer that she gave in this browser; "" if she gave none."""
    earlier = answer_of(request.app[NODE], request)
    return f"/rsvp/{earlier}" if earlier else ""


def _signup(
    request: web.Request, event: Event, language: str, person: Person | None, own: str
) -> SignUp | None:
    """The box in which she says whether she comes; what she sends becomes her own page."""
    return sign_up(
        event,
        language,
        ticket=secret_of_her_own(request),
        now=request.app[NODE].clock.now(),
        member=person.name if person else None,
        own=own,
    )
