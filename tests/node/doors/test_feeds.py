"""Tests of the feeds that a node serves: calendars and news."""

from __future__ import annotations

from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import icalendar
import pytest

from tests.support.guests import Guest, publish

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize(("language", "title"), [("de", "Sprachcafé"), ("ar", "مقهى اللغة")])
async def test_the_calendar_is_read_by_calendar_programs(language: str, title: str, guest: Guest):
    address = await publish(guest)
    for path in ("/events.ics", f"{urlsplit(address).path}.ics"):
        answer = await guest.get(f"{path}?lang={language}")
        (found,) = icalendar.Calendar.from_ical(answer.body).walk("VEVENT")
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert str(found["SUMMARY"]) == title
        assert str(found["URL"]) == address


async def test_the_news_feeds_hold_the_event(guest: Guest):
    address = await publish(guest)
    atom = await guest.get("/events.atom?lang=ar")
    feed = await guest.get("/events.json?lang=ar")

    (entry,) = ET.fromstring(atom.body).findall(f"{ATOM}entry")
    assert atom.headers["Content-Type"].startswith("application/atom+xml")
    assert "مقهى اللغة" in str(entry.findtext(f"{ATOM}title"))
    (item,) = feed.json["items"]
    assert item["url"] == address
    assert "مقهى اللغة" in item["title"]
