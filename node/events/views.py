"""Events as a reader sees them: a card in a list, a whole page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from node.events.model import Event, EventDraft, JoinMode, Place, Shift
from node.events.picture_view import PictureView, picture_view
from node.events.signup import SignUp
from node.events.structured import schema_event
from node.i18n import dates
from node.i18n.languages import Texts
from node.i18n.messages import translator
from node.i18n.names import language_name
from node.text.markdown import to_html
from node.text.sanitise import strip_bidi, web_link
from node.web.frames import CommunityView
from node.web.shown import LanguageLink, Shown, Tile, _primary, language_link, shown, tile


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCard:
    """One event in a list.

    `day` sorts (2026-12-05), `day_title` reads ("Saturday 5 December 2026"), `time` is "from 18:00
    to 21:00"; `languages` are names in the language of the page.
    """

    id: str
    url: str
    name: Shown
    tile: Tile
    day: str
    day_title: str
    time: str
    place: Shown | None
    languages: Sequence[str]
    needs: Sequence[Shown]
    cancelled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """One event with all that a guest must know.

    `description_html` is clean already; `untranslated` says that the page's language has no text
    and the original is shown; `join` is a sentence; `action` the outside address to sign up at;
    `online` says it is online, `online_url` is None where only those who take part may know it;
    `signup` is where people say whether they come, None where they do not say it here.
    """

    card: EventCard
    activity_id: str
    description: Shown
    description_html: str
    place_lines: Sequence[str]
    place_note: str | None
    map_url: str | None
    online: bool
    online_url: str | None
    join: str
    action: str | None
    capacity: int | None
    accessibility: Sequence[str]
    tags: Sequence[str]
    reason: str | None
    repeats: bool
    untranslated: bool
    other_languages: Sequence[LanguageLink]
    ics_url: str
    signup: SignUp | None = None
    structured: Mapping[str, Any] = field(default_factory=dict)
    picture: PictureView | None = None


def event_card(event: Event, languages: Sequence[str], ui_language: str, url: str) -> EventCard:
    """One event for a list, for a reader of `languages`, on a page in `ui_language`."""
    draft = event.draft
    start, end = dates.local(draft.start, draft.timezone), dates.local(draft.end, draft.timezone)
    return EventCard(
        id=event.id,
        url=url,
        name=shown(draft.name, languages),
        tile=tile(start, end, ui_language),
        day=start.date().isoformat(),
        day_title=dates.day(start, ui_language),
        time=dates.hours(start, end, ui_language),
        place=_place_line(event.public_place()),
        languages=[language_name(tag, ui_language) for tag in draft.languages_spoken],
        needs=[] if event.cancelled else _needs(draft.shifts, languages),
        cancelled=event.cancelled,
    )


def _needs(shifts: Sequence[Shift], languages: Sequence[str]) -> list[Shown]:
    """What hands are needed for, with their number: "2 × Cooking"."""
    needed = [(shift.places, shown(shift.task, languages)) for shift in shifts if shift.places > 0]
    return [replace(task, text=f"{places} × {task.text}") for places, task in needed]


def _place_line(place: Place | None) -> Shown | None:
    """Name, then code and town, each once."""
    if place is None:
        return None
    town = " ".join(part for part in (place.postal_code, place.city) if part)
    parts = [place.name] + ([town] if town and town not in place.name else [])
    return Shown(text=strip_bidi(", ".join(part for part in parts if part)))


def event_page(
    event: Event,
    languages: Sequence[str],
    ui_language: str,
    *,
    url: str,
    ics_url: str,
    activity_id: str,
    community: CommunityView,
    signup: SignUp | None = None,
) -> EventPage:
    """One event as a whole page.

    `url` is its absolute web address, `activity_id` its permanent id.
    """
    draft = event.draft
    card = event_card(event, languages, ui_language, url)
    description = shown(draft.description, languages)
    place, hidden = event.public_place(), draft.exact_address != "public"
    return EventPage(
        card=card,
        activity_id=activity_id,
        description=description,
        description_html=to_html(description.text),
        place_lines=_place_lines(place),
        place_note=_place_note(ui_language) if hidden else None,
        map_url=_map_url(place),
        online=draft.online_url is not None,
        online_url=None if hidden or not draft.online_url else web_link(draft.online_url),
        join=_join_words(draft, ui_language),
        action=_action(event),
        capacity=draft.capacity,
        accessibility=[_accessibility_word(word, ui_language) for word in draft.accessibility],
        tags=[strip_bidi(tag) for tag in draft.tags],
        reason=strip_bidi(event.reason) if event.cancelled and event.reason else None,
        repeats=draft.recurrence is not None,
        untranslated=_primary(card.name.lang) != _primary(ui_language),
        other_languages=_other_languages(draft.name, card.name.lang, url),
        ics_url=ics_url,
        picture=picture_view(draft.picture, languages, url),
        signup=signup,
        structured=schema_event(
            event, languages, url=url, organiser=community.name.text, organiser_url=community.url
        ),
    )


def _other_languages(texts: Texts, current: str, url: str) -> list[LanguageLink]:
    path = urlsplit(url).path or "/"
    return [language_link(path, tag) for tag in texts if tag != current and texts[tag]]


def _place_lines(place: Place | None) -> list[str]:
    if place is None:
        return []
    town = " ".join(part for part in (place.postal_code, place.city) if part)
    lines = [place.name, place.street or "", town if town != place.name else ""]
    return [strip_bidi(line) for line in lines if line]


def _place_note(ui_language: str) -> str:
    _ = translator(ui_language).gettext
    return _("You get the exact address when you take part.")


def _map_url(place: Place | None) -> str | None:
    """A map to open by hand; nothing is fetched from there by the page."""
    if place is None or place.latitude is None or place.longitude is None:
        return None
    at = f"{place.latitude:.5f}", f"{place.longitude:.5f}"
    return f"https://www.openstreetmap.org/?mlat={at[0]}&mlon={at[1]}#map=17/{at[0]}/{at[1]}"


def _action(event: Event) -> str | None:
    draft = event.draft
    if draft.join is not JoinMode.EXTERNAL or event.cancelled or not draft.external_url:
        return None
    return web_link(draft.external_url)


def _join_words(draft: EventDraft, ui_language: str) -> str:
    _ = translator(ui_language).gettext
    if draft.join is JoinMode.FREE and draft.capacity is not None:
        return _("Everybody is welcome. Please tell us that you come.")
    words: Mapping[JoinMode, Callable[[], str]] = {
        JoinMode.FREE: lambda: _("Everybody is welcome. Just come."),
        JoinMode.RESTRICTED: lambda: _("Please ask us for a place first."),
        JoinMode.EXTERNAL: lambda: _("Please sign up on another website."),
        JoinMode.NONE: lambda: _("You do not need to sign up."),
    }
    return words[draft.join]()


def _accessibility_word(word: str, ui_language: str) -> str:
    """The usual marks in the page's language; anything else as the people wrote it."""
    _ = translator(ui_language).gettext
    known: Mapping[str, Callable[[], str]] = {
        "wheelchair": lambda: _("Step-free, good for wheelchairs"),
        "childcare": lambda: _("We look after children"),
        "sign-language": lambda: _("Sign language"),
        "quiet": lambda: _("There is a quiet room"),
        "hearing-loop": lambda: _("Hearing loop"),
        "interpreter": lambda: _("With interpreters"),
    }
    return known[word]() if word in known else strip_bidi(word)
