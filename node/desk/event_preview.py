"""A look at an event before it goes out into the world."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web

from node.desk.event_editor import PATH, TITLE, Editing, resent
from node.desk.frame import desk_page
from node.events.model import Event, EventDraft
from node.events.summary import summaries
from node.events.views import EventPage, event_page
from node.i18n.languages import own_name
from node.i18n.messages import N_
from node.ids import new_id
from node.services import NODE
from node.web.forms import Form
from node.web.shown import Shown, shown
from node.web.whole import SURROUNDINGS

_PREVIEW = N_("So it will look")
SEEN = "yes"
"""What the field `seen` of a form says whose sender had this page before her."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One language of an event before it is published: its page, and the words for the network."""

    name: str
    page: EventPage
    summary: Shown


async def preview_page(
    request: web.Request, editing: Editing, form: Form, draft: EventDraft
) -> web.StreamResponse:
    """The event as it will look, in each of its languages; it goes on only from there.

    It is said where a new event is over already: most often the year is wrong.
    """
    guest, community = await request.app[SURROUNDINGS](request)
    now = request.app[NODE].clock.now()
    event = _shown_event(editing.event, draft, now)
    url = request.app[NODE].urls.event(event.id)
    told = summaries(event)
    pages = [
        Preview(
            name=own_name(tag),
            page=event_page(
                event,
                (tag,),
                guest.ui_language,
                url=url,
                ics_url="",
                activity_id=url,
                community=community,
            ),
            summary=shown(told, (tag,)),
        )
        for tag in draft.name
    ]
    return await desk_page(
        request,
        "desk_event_preview.html",
        _PREVIEW,
        trail=[(PATH, TITLE)],
        previews=pages,
        fields=resent(form, seen=SEEN),
        event=editing.event,
        over=is_over(request, editing, draft),
    )


def is_over(request: web.Request, editing: Editing, draft: EventDraft) -> bool:
    """Whether this would be a new event in the past."""
    return editing.event is None and draft.end <= request.app[NODE].clock.now()


def _shown_event(event: Event | None, draft: EventDraft, now: datetime) -> Event:
    if event is not None:
        return replace(event, draft=draft)
    return Event(id=new_id(now), draft=draft, published=now, updated=now)
