"""Tests of node/i18n/dates.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from node.i18n import dates

START = datetime(2026, 12, 5, 18, 0, tzinfo=ZoneInfo("Europe/Vienna"))
END = START + timedelta(hours=3)
LANGUAGES = ("en", "de", "ar", "fa", "uk", "tr", "fr")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Saturday 5 December 2026, from 18:00 to 21:00"),
        ("de", "Samstag, 5. Dezember 2026, von 18:00 bis 21:00 Uhr"),
        ("ar", "السبت 5 ديسمبر 2026، من 18:00 إلى 21:00"),
        ("fa", "شنبه 5 دسامبر 2026، از 18:00 تا 21:00"),
        ("uk", "субота, 5 грудня 2026 року, з 18:00 до 21:00"),
        ("tr", "5 Aralık 2026 Cumartesi, saat 18:00 ile 21:00 arası"),
        ("fr", "samedi 5 décembre 2026, de 18:00 à 21:00"),
        ("de-AT", "Samstag, 5. Dezember 2026, von 18:00 bis 21:00 Uhr"),
        ("xx", "Saturday 5 December 2026, from 18:00 to 21:00"),
    ],
)
def test_a_moment_is_said_in_words_in_every_language(language: str, expected: str):
    assert dates.span(START, END, language) == expected


def test_the_first_of_a_month_is_counted_as_people_do():
    may = datetime(2027, 5, 1, 18, 0, tzinfo=UTC)

    assert dates.day(may, "fr") == "samedi 1er mai 2027"
    assert dates.day(may, "tr") == "1 Mayıs 2027 Cumartesi"


def test_an_evening_after_midnight_is_one_evening_and_a_camp_has_two_days():
    late, camp = START + timedelta(hours=8), START + timedelta(days=1)

    assert dates.span(START, late, "en") == "Saturday 5 December 2026, from 18:00 to 02:00"
    assert dates.span(START, camp, "en") == (
        "from Saturday 5 December 2026, 18:00, to Sunday 6 December 2026, 18:00"
    )


def test_a_moment_without_an_end_says_its_beginning():
    assert dates.span(START, None, "de") == "Samstag, 5. Dezember 2026, um 18:00 Uhr"
    assert dates.hours(START, START, "en") == "at 18:00"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_are_those_of_cldr(language: str):
    babel = pytest.importorskip("babel.dates", reason="Babel is not installed")
    said = dates.words(language)

    for days in range(366):
        moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days)
        expected = babel.format_date(moment, "EEEE|MMMM", locale=language).split("|")
        assert [said.weekdays[moment.weekday()], said.months[moment.month - 1]] == expected
    assert (len(said.weekdays_short), len(said.months_short)) == (7, 12)


def test_a_time_zone_that_nobody_knows_leaves_the_moment_as_it_is():
    assert dates.local(START, "Mars/Olympus") == START
    assert dates.local(START, "../../etc/passwd") == START
    assert dates.local(START, "UTC").hour == 17


def test_what_was_done_is_told_on_the_clock_of_the_community():
    at = datetime(2026, 12, 5, 23, 30, tzinfo=UTC)

    dates.tell_in("Europe/Vienna")

    assert dates.moment(at, "en") == "Sunday 6 December 2026, 00:30"
    assert dates.moment(at, "ar") == "الأحد 6 ديسمبر 2026، 00:30"
