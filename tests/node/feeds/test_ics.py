"""Tests of node/feeds/ics.py and timezones.py, with the icalendar library as oracle."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.events.model import Event, State
from node.feeds.ics import calendar, fold
from node.feeds.timezones import vtimezone
from node.text.sanitise import strip_bidi
from tests.node.samples import NOW, event, url_of

words = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]))


def written(*events: Event, languages: tuple[str, ...] = ("de",), name: str = "Josoor") -> bytes:
    return calendar(
        events, name=name, host="wien.example", languages=languages, url_of=url_of, now=NOW
    )


def read(data: bytes) -> Any:
    """The only event of a calendar, as the library understands it."""
    (found,) = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert not found.errors
    return found


def test_the_library_reads_what_we_wrote():
    found = read(written(event(sequence=3)))

    assert found["UID"] == "kochabend@wien.example"
    assert found["SUMMARY"] == "Kochabend"
    assert found["SUMMARY"].params["LANGUAGE"] == "de"
    assert found.decoded("DTSTART") == datetime(2026, 12, 5, 17, 0, tzinfo=UTC)
    assert found["DTSTART"].params["TZID"] == "Europe/Vienna"
    assert found["LOCATION"] == "Haus der Begegnung, Praterstraße 1, 1020 Wien"
    assert found["URL"] == "https://wien.example/e/kochabend"
    assert (found["SEQUENCE"], found["STATUS"]) == (3, "CONFIRMED")
    assert found.decoded("LAST-MODIFIED") == datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@given(words.filter(str.strip), words)
def test_every_text_comes_back_as_it_was(name: str, description: str):
    found = read(written(event(name={"de": name}, description={"de": description}), name=name))

    assert str(found["SUMMARY"]) == strip_bidi(name)
    if description.strip():
        assert str(found["DESCRIPTION"]) == strip_bidi(description)


def test_no_text_can_begin_a_line_of_its_own():
    data = written(event(name={"de": "a\r\nBEGIN:VALARM\rb\nc\x00"}, tags=("x\nEND:VEVENT",)))

    assert str(read(data)["SUMMARY"]) == "a\nBEGIN:VALARM\nb\nc"
    assert b"\r\nBEGIN:VALARM" not in data


@given(st.text(alphabet=st.sampled_from("aä€𐍈س"), max_size=400))
def test_lines_are_folded_at_75_octets_and_never_within_a_character(text: str):
    lines = fold(text).removesuffix(b"\r\n").split(b"\r\n ")

    assert all(len(line) <= 74 for line in lines[1:])
    assert len(lines[0]) <= 75
    assert "".join(line.decode() for line in lines) == text


def test_a_reader_gets_the_calendar_in_her_language_with_the_same_identity():
    german, arabic = read(written(event())), read(written(event(), languages=("ar",)))

    assert str(arabic["SUMMARY"]) == "أمسية طبخ"
    assert arabic["UID"] == german["UID"]


def test_a_cancelled_event_stays_and_a_deleted_one_goes():
    cancelled = written(event(state=State.CANCELLED, reason="Kein Strom."))

    assert read(cancelled)["STATUS"] == "CANCELLED"
    assert str(read(cancelled)["COMMENT"]) == "Kein Strom."
    assert b"VEVENT" not in written(event(state=State.DELETED))


def test_an_event_that_repeats_says_how_and_nothing_else_gets_through():
    assert read(written(event(recurrence="FREQ=MONTHLY;BYDAY=1SA")))["RRULE"]["FREQ"] == ["MONTHLY"]
    assert "RRULE" not in read(written(event(recurrence="FREQ=DAILY\r\nX:1")))


def test_a_kept_address_is_not_in_the_calendar():
    data = written(event(exact_address="participants", online_url="https://meet.example/x"))

    assert b"Praterstra" not in data
    assert b"meet.example" not in data
    assert b"GEO" not in data
    assert str(read(data)["LOCATION"]) == "1020 Wien"


def test_the_same_events_give_the_same_bytes():
    assert written(event(), event(key="b")) == written(event(), event(key="b"))


def test_an_empty_calendar_is_a_calendar():
    found = icalendar.Calendar.from_ical(written())

    assert found["REFRESH-INTERVAL"].to_ical() == b"PT6H"
    assert found["X-PUBLISHED-TTL"] == "PT6H"


@pytest.mark.parametrize(
    "zone",
    ["Europe/Vienna", "America/New_York", "Africa/Casablanca", "Asia/Tehran", "Asia/Kolkata",
     "Australia/Lord_Howe", "Asia/Beirut"],
)  # fmt: skip
def test_our_clock_changes_are_those_of_the_zone(zone: str):
    text = "\r\n".join(vtimezone(zone, 2026, 2027)) + "\r\n"
    parsed: Any = icalendar.Timezone.from_ical(text)
    ours = parsed.to_tz(lookup_tzid=False)
    theirs = ZoneInfo(zone)

    for hours in range(0, 2 * 365 * 24, 7):
        there = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)).astimezone(theirs)
        naive = there.replace(tzinfo=None)
        sure = naive.replace(tzinfo=theirs).utcoffset() == (
            naive.replace(tzinfo=theirs, fold=1).utcoffset()
        )
        if sure:  # within the hour that comes twice or not at all, nobody can tell
            assert naive.replace(tzinfo=ours).utcoffset() == there.utcoffset()


def test_a_zone_covers_all_its_events_and_utc_needs_none():
    later = event(
        key="b",
        start=datetime(2028, 7, 1, 12, tzinfo=UTC),
        end=datetime(2028, 7, 1, 13, tzinfo=UTC),
    )
    data = written(event(), later)

    assert data.count(b"BEGIN:VTIMEZONE") == 1
    assert b"DTSTART:20280326T020000" in data
    assert b"VTIMEZONE" not in written(event(timezone="UTC"))
    assert b"DTSTART:20261205T170000Z" in written(event(timezone="UTC"))
