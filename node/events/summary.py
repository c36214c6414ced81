"""The few words that everybody must see: when, where, in which languages.

Mastodon shows of an event its name, this, and the link (mastodon: 3.4).
"""

from __future__ import annotations

from html import escape

from node.events.model import Event
from node.i18n import dates
from node.i18n.speaking import named

_CANCELLED = {
    "en": "Cancelled",
    "de": "Abgesagt",
    "ar": "أُلغي",
    "fa": "لغو شد",
    "uk": "Скасовано",
    "tr": "İptal edildi",
    "fr": "Annulé",
}
_NEW_TIME = {
    "en": "New date or time",
    "de": "Neuer Termin",
    "ar": "موعد جديد",
    "fa": "زمان جدید",
    "uk": "Нова дата або час",
    "tr": "Yeni tarih ya da saat",
    "fr": "Nouvelle date ou heure",
}
_NEW_PLACE = {
    "en": "New place",
    "de": "Neuer Ort",
    "ar": "مكان جديد",
    "fa": "مکان جدید",
    "uk": "Нове місце",
    "tr": "Yeni yer",
    "fr": "Nouveau lieu",
}
_NEW_BOTH = {
    "en": "New time and place",
    "de": "Neuer Termin und Ort",
    "ar": "موعد ومكان جديدان",
    "fa": "زمان و مکان جدید",
    "uk": "Новий час і нове місце",
    "tr": "Yeni zaman ve yer",
    "fr": "Nouvelle date et nouveau lieu",
}
_NOTICES = {"cancelled": _CANCELLED, "time": _NEW_TIME, "place": _NEW_PLACE, "both": _NEW_BOTH}
_COLON = {"en": ":", "fr": "\N{NO-BREAK SPACE}:"}
_ONLINE = {
    "en": "online",
    "de": "online",
    "ar": "عبر الإنترنت",
    "fa": "آنلاین",
    "uk": "онлайн",
    "tr": "çevrim içi",
    "fr": "en ligne",
}


def summaries(event: Event) -> dict[str, str]:
    """One line of HTML text per language of the event, the original first.

    A cancelled event says so first.
    """
    return {tag: _joined([*_state(event, tag), *_facts(event, tag)]) for tag in event.draft.name}


def notices(event: Event, change: str) -> dict[str, str]:
    """The same line with what has changed and the name before it, for a note of its own.

    `change` is cancelled, time, place or both; the reason of a cancellation comes last.
    """
    reason = [event.reason] if event.cancelled and event.reason else []
    return {
        tag: _joined(
            [
                f"{_word(_NOTICES[change], tag)}{_word(_COLON, tag)} {name}",
                *_facts(event, tag),
                *reason,
            ]
        )
        for tag, name in event.draft.name.items()
    }


def called_off(event: Event, tag: str) -> str:
    """That the event is off, and why, as a line of HTML text."""
    return _joined([_word(_CANCELLED, tag), *([event.reason] if event.reason else [])])


def _state(event: Event, tag: str) -> list[str]:
    return [_word(_CANCELLED, tag)] if event.cancelled else []


def _joined(parts: list[str]) -> str:
    return " · ".join(escape(part, quote=False) for part in parts)


def _facts(event: Event, tag: str) -> list[str]:
    draft = event.draft
    parts = [dates.span(draft.start, draft.end, tag), *_where(event, tag)]
    if draft.languages_spoken:
        parts.append(named(draft.languages_spoken, tag))
    return parts


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
