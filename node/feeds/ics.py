"""Calendars as iCalendar, written by hand: this is hot, small, and ours. Spec: RFC 5545, 7986.

What nobody may know is not in it: places are the public ones, addresses to join online are left out
where the address of the event is for those who take part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from node.events.model import Event, Place, State, local
from node.feeds.timezones import vtimezone
from node.i18n.languages import choose, is_tag
from node.text.sanitise import strip_bidi, web_link

_FOLD = 75
_RRULE = re.compile(r"FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)(?:;[A-Z]+=[A-Z0-9,+-]+)*")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_AHEAD = 10
"""Years of clock changes that go with an event that repeats."""
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def calendar(
    events: Sequence[Event],
    *,
    name: str,
    host: str,
    languages: Sequence[str],
    url_of: Callable[[Event], str],
    now: datetime,
) -> bytes:
    """The events as one calendar for a reader of `languages`.

    `host` completes the permanent UIDs; `now` (aware) says from when on clock changes matter.
    Deleted events are left out, cancelled ones stay and say so. Same events, same bytes.
    """
    kept = [event for event in events if event.state is not State.DELETED]
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Josoor Connect//Calendar//EN",
        "CALSCALE:GREGORIAN",
        f"NAME:{escape(name)}",
        f"X-WR-CALNAME:{escape(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
        *_zones(kept, now),
    ]
    for event in kept:
        lines += _event(event, host, languages, url_of(event))
    lines.append("END:VCALENDAR")
    return b"".join(fold(line) for line in lines)


def _zones(events: Sequence[Event], now: datetime) -> Iterator[str]:
    """A VTIMEZONE for each zone in use, over the years that its events need."""
    years: dict[str, tuple[int, int]] = {}
    for event in events:
        draft, ahead = event.draft, _AHEAD if event.draft.recurrence else 0
        first, last = years.get(draft.timezone, (9999, 0))
        end = max(draft.end.year, now.year) + ahead if ahead else draft.end.year
        years[draft.timezone] = min(first, draft.start.year), max(last, end)
    for zone in sorted(years):
        if not _is_utc(zone):
            yield from vtimezone(zone, *years[zone])


def _is_utc(zone: str) -> bool:
    return zone in {"UTC", "Etc/UTC", "Etc/GMT", "GMT", "Z"}


def _event(event: Event, host: str, languages: Sequence[str], url: str) -> Iterator[str]:
    draft = event.draft
    yield "BEGIN:VEVENT"
    yield f"UID:{_uid(event, host)}"
    yield f"DTSTAMP:{_utc(event.updated)}"
    yield f"CREATED:{_utc(event.published)}"
    yield f"LAST-MODIFIED:{_utc(event.updated)}"
    yield f"SEQUENCE:{event.sequence}"
    yield _moment("DTSTART", draft.start, draft.timezone)
    yield _moment("DTEND", draft.end, draft.timezone)
    if draft.recurrence and (rule := _rule(draft.recurrence)):
        yield f"RRULE:{rule}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield _text("SUMMARY", *choose(draft.name, languages))
    yield from _words(event, languages)
    yield from _where(event)
    if web_link(url):
        yield f"URL:{url}"
    yield "CLASS:PUBLIC"
    yield "END:VEVENT"


def _words(event: Event, languages: Sequence[str]) -> Iterator[str]:
    text, language = choose(event.draft.description, languages)
    if text:
        yield _text("DESCRIPTION", text, language)
    if event.cancelled and event.reason:
        yield _text("COMMENT", event.reason, "")
    if event.draft.tags:
        yield "CATEGORIES:" + ",".join(escape(tag) for tag in event.draft.tags)


def _where(event: Event) -> Iterator[str]:
    place = event.public_place()
    if place is not None:
        yield f"LOCATION:{escape(_address(place))}"
        if place.latitude is not None and place.longitude is not None:
            yield f"GEO:{place.latitude:.6f};{place.longitude:.6f}"
    online = event.draft.online_url
    if online and event.draft.exact_address == "public" and (link := web_link(online)):
        yield f"CONFERENCE;VALUE=URI:{link}"


def _address(place: Place) -> str:
    """Name, street, code and town, each once."""
    town = " ".join(part for part in (place.postal_code, place.city) if part)
    parts = dict.fromkeys(part for part in (place.name, place.street, town) if part)
    return ", ".join(parts)


def _uid(event: Event, host: str) -> str:
    """The same for ever, in every language, whatever changes."""
    return escape(event.id if "://" in event.id else f"{event.id}@{host}")


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _moment(name: str, moment: datetime, zone: str) -> str:
    if _is_utc(zone):
        return f"{name}:{_utc(moment)}"
    return f"{name};TZID={zone}:{local(moment, zone):%Y%m%dT%H%M%S}"


def _rule(recurrence: str) -> str | None:
    """The rule as it came if it is one rule and nothing else, else None."""
    rule = recurrence.strip().removeprefix("RRULE:").upper()
    return rule if _RRULE.fullmatch(rule) else None


def _text(name: str, text: str, language: str) -> str:
    parameter = f";LANGUAGE={language}" if is_tag(language) else ""
    return f"{name}{parameter}:{escape(text)}"


def escape(text: str) -> str:
    """A text as a value. Spec: RFC 5545 3.3.11."""
    lines = strip_bidi(text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", lines).translate(_ESCAPES)


def fold(line: str) -> bytes:
    """A content line in pieces of at most 75 octets, never cut within a character.

    Spec: RFC 5545 3.1
    """
    raw = line.encode()
    pieces, room = [], _FOLD
    while len(raw) > room:
        cut = room
        while raw[cut] & 0xC0 == 0x80:
            cut -= 1
        pieces.append(raw[:cut])
        raw, room = raw[cut:], _FOLD - 1  # the space that begins a continued line counts
    return b"\r\n ".join([*pieces, raw]) + b"\r\n"
