"""The calendar for other programs: iCalendar, Atom, JSON Feed."""

from __future__ import annotations

from aiohttp import web

from node.community import actions as community_actions
from node.community.model import Community
from node.errors import NotFound
from node.events import store
from node.events.model import Event, State
from node.feeds import atom, ics, jsonfeed
from node.i18n.languages import choose
from node.services import NODE
from node.storage.database import Transaction
from node.web.answers import document_answer
from node.web.pages import guest_of

_MOST = 200


async def get_calendar(request: web.Request) -> web.StreamResponse:
    """All that is to come, and what was cancelled of it. Spec: RFC 5545"""
    community, events = await _read(request)
    return _calendar(request, community, events)


async def get_event_calendar(request: web.Request) -> web.StreamResponse:
    """One event to put into one's own calendar."""
    node = request.app[NODE]
    event_id = request.match_info["id"]

    async def read(tx: Transaction) -> tuple[Community, Event | None]:
        return await community_actions.the_community(tx), await store.find(tx, event_id)

    community, event = await node.look(read)
    if event is None or event.state is State.DELETED:
        raise NotFound("There is no such event here.")
    return _calendar(request, community, [event])


async def get_atom(request: web.Request) -> web.StreamResponse:
    """What was published, newest first. Spec: RFC 4287"""
    node = request.app[NODE]
    community, events = await _read(request, newest=True)
    guest = guest_of(request, community.language)
    body = atom.feed(
        events,
        title=choose(community.name, guest.languages)[0],
        self_url=f"{node.urls.origin}/events.atom",
        home_url=f"{node.urls.origin}/events",
        languages=guest.languages,
        ui_language=guest.ui_language,
        url_of=lambda event: node.urls.event(event.id),
        now=max((event.updated for event in events), default=community.created),
    )
    return document_answer(request, body, "application/atom+xml; charset=utf-8")


async def get_json_feed(request: web.Request) -> web.StreamResponse:
    """What was published, for programs that like JSON better. Spec: JSON Feed 1.1"""
    node = request.app[NODE]
    community, events = await _read(request, newest=True)
    guest = guest_of(request, community.language)
    body = jsonfeed.feed(
        events,
        title=choose(community.name, guest.languages)[0],
        self_url=f"{node.urls.origin}/events.json",
        home_url=f"{node.urls.origin}/events",
        languages=guest.languages,
        ui_language=guest.ui_language,
        url_of=lambda event: node.urls.event(event.id),
    )
    return document_answer(request, body, "application/feed+json")


async def _read(request: web.Request, *, newest: bool = False) -> tuple[Community, list[Event]]:
    node = request.app[NODE]

    async def read(tx: Transaction) -> tuple[Community, list[Event]]:
        community = await community_actions.the_community(tx)
        if newest:
            return community, await store.recent(tx, _MOST)
        return community, await store.upcoming(tx, node.clock.now(), _MOST)

    return await node.look(read)


def _calendar(
    request: web.Request, community: Community, events: list[Event]
) -> web.StreamResponse:
    node = request.app[NODE]
    languages = guest_of(request, community.language).languages
    body = ics.calendar(
        events,
        name=choose(community.name, languages)[0],
        host=node.urls.authority,
        languages=languages,
        url_of=lambda event: node.urls.event(event.id),
        now=max((event.updated for event in events), default=community.created),
    )
    headers = {"Content-Disposition": 'inline; filename="events.ics"'}
    return document_answer(request, body, "text/calendar; charset=utf-8", headers)
