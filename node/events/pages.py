"""Pages about events: the calendar by day, one event."""

from __future__ import annotations

from aiohttp import web

from node.community import actions as community_actions
from node.community.model import Community
from node.community.pages import view_of
from node.errors import NotFound
from node.events import store
from node.events.model import Event, State
from node.events.signup import sign_up
from node.events.summary import summaries
from node.events.views import event_card, event_page
from node.i18n.languages import choose
from node.i18n.messages import translator
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
    event_id = request.match_info["id"]

    async def read(tx: Transaction) -> tuple[Community, Event | None]:
        return await community_actions.the_community(tx), await store.find(tx, event_id)

    community, event = await node.look(read)
    if event is None:
        raise NotFound("There is no such event here.")
    if event.state is State.DELETED:
        raise web.HTTPGone(text="This event was deleted.")
    guest = guest_of(request, community.language)
    address = node.urls.event(event.id)
    view = view_of(community, guest, node)
    # the form is for one guest: what she sends becomes her own page
    ticket, now = secret_of_her_own(request), node.clock.now()
    person = (await visitor(request)).person
    member = person.name if person else None
    earlier = "" if person else answer_of(request)
    own = f"/rsvp/{earlier}" if earlier else ""
    shown = event_page(
        event,
        guest.languages,
        guest.ui_language,
        url=address,
        ics_url=f"/e/{event.id}.ics?lang={guest.ui_language}",
        activity_id=address,
        community=view,
        signup=sign_up(event, guest.ui_language, ticket=ticket, now=now, member=member, own=own),
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
    parts = await parts_of(request, address, guest)
    response = page(
        request, guest, "event.html", frame=frame, community=view, event=shown, parts=parts,
        desk=f"/desk/events/{event.id}" if may(person, Right.PUBLISH) else "",
    )  # fmt: skip
    return for_one_alone(response) if own else response
