"""Tests of node/feeds/atom.py, jsonfeed.py and items.py."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from node.events.model import Event, State
from node.feeds import atom, jsonfeed
from tests.node.samples import NOW, event, url_of

A = "{http://www.w3.org/2005/Atom}"


def atom_of(*events: Event, language: str = "de", title: str = "Josoor Wien") -> ET.Element:
    return ET.fromstring(
        atom.feed(
            events,
            title=title,
            self_url="https://wien.example/events.atom?lang=de&a=b",
            home_url="https://wien.example/",
            languages=(language,),
            ui_language=language,
            url_of=url_of,
            now=NOW,
        )
    )


def json_of(*events: Event) -> Any:
    return json.loads(
        jsonfeed.feed(
            events,
            title="Josoor Wien",
            self_url="https://wien.example/events.json",
            home_url="https://wien.example/",
            languages=("de",),
            ui_language="de",
            url_of=url_of,
        )
    )


def test_atom_has_what_the_standard_wants():
    feed = atom_of(event())
    entry = feed.find(f"{A}entry")

    assert entry is not None
    assert feed.findtext(f"{A}updated") == "2026-11-02T12:00:00Z"
    assert entry.findtext(f"{A}id") == "https://wien.example/e/kochabend"
    assert entry.findtext(f"{A}title") == "Kochabend"
    assert entry.findtext(f"{A}summary") == (
        "Samstag, 5. Dezember 2026, von 18:00 bis 21:00 Uhr · \u2068Haus der Begegnung\u2069"
    )
    assert "<strong>zusammen</strong>" in (entry.findtext(f"{A}content") or "")


def test_an_empty_feed_is_as_old_as_now():
    assert atom_of().findtext(f"{A}updated") == "2026-11-22T06:00:00Z"


@given(st.text())
def test_no_title_breaks_the_feed(text: str):
    feed = atom_of(event(name={"de": text}, tags=(text,)), title=text)

    assert len(feed.findall(f"{A}entry")) == 1


def test_feeds_speak_the_readers_language_and_say_what_is_cancelled():
    feed = atom_of(event(state=State.CANCELLED), event(key="b", state=State.DELETED), language="ar")

    assert [title.text for title in feed.findall(f"{A}entry/{A}title")] == ["أُلغي: أمسية طبخ"]


def test_the_json_feed_has_the_same_items():
    feed = json_of(event())

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["items"] == [
        {
            "id": "https://wien.example/e/kochabend",
            "url": "https://wien.example/e/kochabend",
            "title": "Kochabend",
            "language": "de",
            "summary": "Samstag, 5. Dezember 2026, von 18:00 bis 21:00 Uhr · "
            "\u2068Haus der Begegnung\u2069",
            "content_html": "<p>Samstag, 5. Dezember 2026, von 18:00 bis 21:00 Uhr · "
            "\u2068Haus der Begegnung\u2069</p><p>Wir kochen <strong>zusammen</strong>.</p>",
            "date_published": "2026-11-01T12:00:00Z",
            "date_modified": "2026-11-02T12:00:00Z",
            "tags": ["josoor"],
            "_event": {
                "start": "2026-12-05T18:00:00+01:00",
                "end": "2026-12-05T21:00:00+01:00",
            },
        }
    ]
