"""The few words that everybody must see: when, where, in which languages.

Mastodon shows of an event its name, this, and the link (mastodon: 3.4).
"""

from __future__ import annotations

from html import escape

from node.events.model import Event
from node.i18n import dates
from node.i18n.names import language_name

_CANCELLED = {
    "en": "Cancelled",
    "de": "Abgesagt",
    "ar": "أُلغي",
    "fa": "لغو شد",
    "uk": "Скасовано",
    "tr": "İptal edildi",
    "fr": "Annulé",
}
_ONLINE = {
    "en": "online",
    "de": "online",
    "ar": "عبر الإنترنت",
    "fa": "آنلاین",
    "uk": "онлайн",
    "tr": "çevrim içi",
    "fr": "en ligne",
}


def summaries(event: Event, *, cancelled_word: bool = False) -> dict[str, str]:
    """One line of HTML text per language of the event, the original first.

    A cancelled event says so first; `cancelled_word` adds its name and the reason, for a note.
    """
    return {tag: _line(event, tag, named=cancelled_word) for tag in event.draft.name}


def _line(event: Event, tag: str, *, named: bool) -> str:
    draft = event.draft
    parts = [dates.span(draft.start, draft.end, tag), *_where(event, tag)]
    if draft.languages_spoken:
        parts.append(", ".join(language_name(one, tag) for one in draft.languages_spoken))
    if event.cancelled:
        word = _word(_CANCELLED, tag)
        parts.insert(0, f"{word}: {draft.name[tag]}" if named else word)
        if named and event.reason:
            parts.append(event.reason)
    return " · ".join(escape(part, quote=False) for part in parts)


def _where(event: Event, tag: str) -> list[str]:
    place = event.public_place()
    found = []
    if place:
        district = " ".join(part for part in (place.postal_code, place.city) if part)
        found.append(place.name)
        if district and district not in place.name:
            found[-1] += f", {district}"
    if event.draft.online_url:
        found.append(_word(_ONLINE, tag))
    return found


def _word(table: dict[str, str], tag: str) -> str:
    return table.get(tag.split("-", 1)[0], table["en"])
