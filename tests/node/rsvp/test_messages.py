"""Tests of node/rsvp/messages.py: what people are told, in all seven languages."""

from __future__ import annotations

from string import Formatter
from typing import Any

import pytest

from node.events.draft import read_draft
from node.events.model import Event
from node.rsvp.messages import Message, table
from node.rsvp.model import Answer, Door, Participation, Seat
from node.rsvp.question import _table as question_table
from node.rsvp.speaking import LANGUAGES, ours, spoken_by
from node.text.sanitise import clean, plain
from node.urls import Urls
from tests.conftest import NOW
from tests.support.nodes import EVENT

URLS = Urls("https://wien.example", "wien")
LINK = "https://wien.example/rsvp/secret"
SLUGS = {"full", "ended", "cancelled", "external", "no-rsvp", "crowded", "deleted", "other"}


def event(**changes: Any) -> Event:
    draft = read_draft({**EVENT, **changes}, language="de", timezone="Europe/Vienna")
    return Event(id="sprachcafe", draft=draft, published=NOW, updated=NOW)


def guest(seat: Seat = Seat.GOING) -> Participation:
    return Participation(
        id="1",
        event="sprachcafe",
        party="https://m.example/anna",
        door=Door.POLL,
        answer=Answer.YES,
        seat=seat,
        place=1,
        since=NOW,
        changed=NOW,
        heard_at=NOW,
    )


def said(kind: str, tag: str, seat: Seat = Seat.GOING, **more: Any) -> str:
    changes = more.pop("event", {})
    message = Message(kind, event(**changes), URLS, to=guest(seat), link=LINK, **more)
    return message.texts([tag])[tag]


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_language_says_everything_with_the_same_values():
    english = table()["en"]
    assert set(table()) == set(question_table()) == set(LANGUAGES)
    for tag in LANGUAGES:
        assert set(table()[tag]) == set(english), tag
        for key, sentence in table()[tag].items():
            assert places(sentence) == places(english[key]), (tag, key)
            assert sentence.strip() == sentence
        assert set(question_table()[tag]) == {"ask", "yes", "maybe", "no"}


def test_every_seat_and_every_refusal_has_a_sentence():
    assert {seat.value for seat in Seat} <= set(table()["en"])
    assert {f"not-{slug}" for slug in SLUGS} <= set(table()["en"])


def test_no_two_options_of_a_poll_are_alike():
    for words in question_table().values():
        assert len({words["yes"], words["maybe"], words["no"]}) == 3
        assert all(len(words[key]) <= 50 for key in ("yes", "maybe", "no"))


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_confirmation_says_what_when_and_where(tag: str):
    text = plain(said("going", tag))
    assert "2031" in text
    assert "18:00" in text
    assert "Praterstraße 1" in text
    assert table()[tag]["hint"] in text


def test_english_and_arabic_sentences_read_as_they_should():
    english = plain(said("going", "en")).splitlines()[0]
    assert (
        english == "You are coming to Language café: Friday 5 December 2031, from 18:00 to 21:00."
    )
    arabic = plain(said("waiting", "ar", Seat.WAITING, number=4))
    assert "رقمك في قائمة الانتظار هو 4." in arabic


def test_names_are_isolated_so_that_they_cannot_turn_the_line():
    text = said("going", "ar", event={"name": {"de": "Kochen\u202e & <b>Essen</b>"}})
    assert "\u2068Kochen &amp; &lt;b&gt;Essen&lt;/b&gt;\u2069" in text
    assert "\u202e" not in text


def test_what_is_said_is_already_clean():
    for key in ("going", "waiting", "refused", "cancelled"):
        text = said(key, "en", reason="<script>x</script>")
        bare = clean(text).replace(' rel="nofollow noopener noreferrer"', "")
        assert bare == text.replace("\u2068", "").replace("\u2069", "")


def test_the_exact_address_is_for_those_who_have_a_place():
    kept = {"exact_address": "participants", "online_url": "https://meet.example/secret"}
    for kind, seat in (("going", Seat.GOING), ("promoted", Seat.GOING), ("changed", Seat.GOING)):
        text = said(kind, "en", seat, event=kept)
        assert "Praterstraße 1" in text
        assert "https://meet.example/secret" in text
    for kind, seat in (
        ("waiting", Seat.WAITING),
        ("maybe", Seat.MAYBE),
        ("asked", Seat.ASKED),
        ("changed", Seat.WAITING),
        ("declined", Seat.DECLINED),
    ):
        text = said(kind, "en", seat, event=kept)
        assert "Praterstraße" not in text
        assert "meet.example" not in text


def test_the_first_link_is_the_public_one():
    online = {"online_url": "https://meet.example/secret"}
    for seat in Seat:
        text = said(seat.value, "en", seat, event=online)
        assert text.index("https://wien.example/e/sprachcafe") == text.index("https://")


def test_who_was_refused_gets_the_reason_and_no_link_to_change_it():
    text = said("refused", "de", Seat.REFUSED, reason="Nur für Frauen.")
    assert "Grund: \u2068Nur für Frauen.\u2069" in text
    assert LINK not in text
    assert LINK in said("going", "de")


def test_the_first_language_comes_first_and_unknown_ones_are_left_out():
    message = Message("left", event(), URLS)
    assert list(message.texts(["fa-AF", None, "de", "xx"])) == ["fa", "de"]
    assert list(message.texts([None])) == ["en"]


def test_near_languages_are_served():
    assert (ours("prs"), ours("uk-UA"), ours("sw"), ours(None)) == ("fa", "uk", None, None)


def test_a_profile_tells_its_language_by_its_first_map():
    assert spoken_by(b'{"summaryMap": {"tr": "x", "en": "y"}}') == "tr"
    assert spoken_by(b'{"name": "x", "nameMap": []}') is None
    assert spoken_by(b"[1]") is None
    assert spoken_by(b"{") is None
