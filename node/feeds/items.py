"""What an event says in a feed of news: one shape for Atom and JSON Feed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from node.events.model import Event, State, local
from node.i18n import dates
from node.i18n.languages import choose
from node.i18n.messages import translator
from node.text.markdown import to_html
from node.text.sanitise import strip_bidi


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One event as news. `content_html` is clean; moments are in UTC and of fixed width."""

    url: str
    title: str
    language: str
    summary: str
    content_html: str
    published: str
    updated: str
    start: str
    end: str
    tags: Sequence[str]


def items(
    events: Sequence[Event],
    languages: Sequence[str],
    ui_language: str,
    url_of: Callable[[Event], str],
) -> list[Item]:
    """The events for one reader, last changed first; deleted ones are left out."""
    kept = [event for event in events if event.state is not State.DELETED]
    kept.sort(key=lambda event: event.updated, reverse=True)
    return [_item(event, languages, ui_language, url_of(event)) for event in kept]


def _item(event: Event, languages: Sequence[str], ui_language: str, url: str) -> Item:
    draft, summary = event.draft, _summary(event, ui_language)
    title, language = choose(draft.name, languages)
    return Item(
        url=url,
        title=_title(strip_bidi(title), event, ui_language),
        language=language,
        summary=summary,
        content_html=f"<p>{escape(summary)}</p>{to_html(choose(draft.description, languages)[0])}",
        published=moment(event.published),
        updated=moment(event.updated),
        start=local(draft.start, draft.timezone).isoformat(),
        end=local(draft.end, draft.timezone).isoformat(),
        tags=[strip_bidi(tag) for tag in draft.tags],
    )


def _title(title: str, event: Event, ui_language: str) -> str:
    _ = translator(ui_language).gettext
    return f"{_('Cancelled')}{_(':')} {title}" if event.cancelled else title


def _summary(event: Event, ui_language: str) -> str:
    """When and where, in words."""
    draft, place = event.draft, event.public_place()
    start, end = local(draft.start, draft.timezone), local(draft.end, draft.timezone)
    said = dates.span(start, end, ui_language)
    # Names of places are often in another script: isolated, they keep their own direction.
    return f"{said} · \u2068{strip_bidi(place.name)}\u2069" if place and place.name else said


def moment(value: datetime) -> str:
    """ "2026-12-05T17:00:00Z". Spec: RFC 3339."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
