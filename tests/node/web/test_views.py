"""Tests of node/web/views.py."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from node.events import views as event_views
from node.network import views as network_views
from node.web import frames, shown
from tests.node.samples import event


def test_a_card_has_tile_time_place_languages_and_needs():
    card = event_views.event_card(event(), ("de",), "de", "/e/1")

    assert (card.tile.weekday, card.tile.day, card.tile.month) == ("Sa", "5", "Dez")
    assert card.tile.machine == "2026-12-05T18:00+01:00"
    assert card.time == "von 18:00 bis 21:00 Uhr"
    assert str(card.place) == "Haus der Begegnung, 1020 Wien"
    assert card.languages == ["Arabisch", "Deutsch"]
    assert [str(need) for need in card.needs] == ["2 × Kochen"]


def test_an_event_kept_in_utc_is_shown_on_its_own_clock():
    start, end = datetime(2026, 12, 5, 23, 30, tzinfo=UTC), datetime(2026, 12, 6, 1, tzinfo=UTC)
    card = event_views.event_card(event(start=start, end=end), ("de",), "en", "/e/1")

    assert (card.day, card.time) == ("2026-12-06", "from 00:30 to 02:00")


def test_a_card_shows_the_original_where_there_is_no_translation():
    card = event_views.event_card(event(name={"de": "Kochabend"}), ("ar",), "ar", "/e/1")

    assert (card.name.text, card.name.lang, card.name.dir) == ("Kochabend", "de", "ltr")
    assert card.tile.weekday == "السبت"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Josoor Berlin", "B"), ("جسور بيروت", "ب"), ("جسور القاهرة", "ق"), ("Josoor", "J"),
     ("", "•"), ("  ", "•"), ("«Haus»", "H")],
)  # fmt: skip
def test_a_round_mark_has_the_letter_of_the_communitys_own_name(name: str, expected: str):
    assert shown.initial(name) == expected


def test_a_remote_card_is_harmless_and_short():
    card = network_views.remote_card(
        name="a\u202eb", language=None, summary="Wort " * 200, url="javascript:x",
        community="Josoor Berlin", kind="Idea", ui_language="de",
    )  # fmt: skip

    assert (card.name.text, card.name.lang, card.name.dir) == ("ab", "", "auto")
    assert card.summary is not None
    assert len(card.summary.text) <= 240
    assert (card.url, card.when, card.kind, card.initial) == (None, None, "Idee", "B")


def test_a_remote_event_is_shown_on_the_clock_of_its_place():
    card = network_views.remote_card(
        name="x", language="ar", summary="", url="https://b.example/1", community="B",
        kind="Event", ui_language="en", start=datetime(2026, 12, 20, 16, tzinfo=UTC),
        timezone="Asia/Beirut",
    )  # fmt: skip

    assert card.when == "Sunday 20 December 2026, at 18:00"


def test_a_community_without_words_of_its_own_has_ours():
    here = frames.community_view(
        names={"de": "Josoor Wien"}, handle="@wien@wien.example", url="https://wien.example/",
        languages=("ar",), ui_language="ar",
    )  # fmt: skip

    assert (here.headline.text, here.headline.dir) == ("الوصول أسهل معاً.", "rtl")
    assert (here.handle, here.lede, here.about_html) == ("@wien@wien.example", None, "")


def test_the_words_under_the_headline_are_the_first_paragraph_without_marks():
    here = frames.community_view(
        names={"de": "x"}, handle="x@y", url="https://y/", languages=("de",), ui_language="de",
        summaries={"de": "Wir sind **viele**.\n\nUnd mehr."},
    )  # fmt: skip

    assert here.lede is not None
    assert here.lede.text == "Wir sind viele."


def test_a_community_without_a_name_is_called_by_its_host():
    card = network_views.remote_card(
        name="x", language=None, summary="", url=None, community="https://berlin.example/actor",
        kind="Note", ui_language="de",
    )  # fmt: skip

    assert (card.community.text, card.initial, card.kind) == ("berlin.example", "B", "Beitrag")
