"""An answer as its own page shows it to whoever holds the link."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from node.events.model import Event
from node.events.signup import yes_word
from node.events.views import EventPage, event_page
from node.i18n.messages import translator
from node.rsvp import sentences
from node.rsvp.model import Door, NotPossible, Participation, Seat, check_joinable, check_open
from node.text.sanitise import strip_bidi
from node.web.frames import CommunityView
from node.web.pages import Guest


@dataclass(frozen=True, slots=True, kw_only=True)
class RsvpPage:
    """`sentence` says where she stands, `reason` what the team wrote; `closed` why nothing can be
    changed any more; `taken_back`: there is nothing left to take back."""

    event: EventPage
    sentence: str
    reason: str | None
    name: str
    asks_name: bool
    link: str
    yes: str
    closed: str | None
    taken_back: bool


def rsvp_page(
    event: Event,
    one: Participation,
    guest: Guest,
    *,
    number: int,
    link: str,
    community: CommunityView,
    activity_id: str,
    now: datetime,
) -> RsvpPage:
    """The page behind `link`; `number` is her place on the waiting list.

    The exact place stands there for those who have a seat, and for nobody else.
    """
    language = guest.ui_language
    return RsvpPage(
        event=event_page(
            _opened(event) if one.seat is Seat.GOING else event,
            guest.languages,
            language,
            url=activity_id,
            ics_url=f"/e/{event.id}.ics?lang={language}",
            activity_id=activity_id,
            community=community,
        ),
        sentence=sentences.standing(one, number, language),
        reason=strip_bidi(one.reason) if one.reason and one.seat is Seat.REFUSED else None,
        name=one.name or "",
        asks_name=one.door is Door.WEB,
        link=link,
        yes=_yes(event, one, language),
        closed=_closed(event, one, language, now),
        taken_back=one.seat is Seat.LEFT,
    )


def _opened(event: Event) -> Event:
    """The event as those see it who come."""
    return replace(event, draft=replace(event.draft, exact_address="public"))


def _yes(event: Event, one: Participation, language: str) -> str:
    """Who has a seat, or stands in line, keeps it with the same word."""
    if one.seat in (Seat.GOING, Seat.WAITING):
        return translator(language).gettext("I come")
    return yes_word(event, language)


def _closed(event: Event, one: Participation, language: str, now: datetime) -> str | None:
    try:
        check_open(event, now)
        check_joinable(event)
    except NotPossible as error:
        return sentences.refusal(error.reason, language)
    return None
