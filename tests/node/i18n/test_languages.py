"""Tests of node/i18n/languages.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.i18n.languages import (
    UI_LANGUAGES,
    choose,
    direction,
    negotiate,
    own_name,
    reader_languages,
)
from node.i18n.names import language_name


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("ar", "rtl"), ("fa-AF", "rtl"), ("prs", "rtl"), ("ku", "ltr"), ("ku-Arab-IQ", "rtl"),
     ("de", "ltr"), ("uk", "ltr"), ("az-Latn", "ltr"), ("pa-Arab", "rtl")],
)  # fmt: skip
def test_a_direction_is_that_of_the_script_and_else_of_the_language(tag: str, expected: str):
    assert direction(tag) == expected


def test_the_interface_speaks_the_languages_of_those_who_read_it():
    assert set(UI_LANGUAGES) == {"en", "de", "ar", "fa", "uk", "tr", "fr"}


def test_languages_are_called_what_their_speakers_call_them():
    names = [own_name(tag) for tag in ("en", "de", "ar", "fa", "uk", "tr", "fr")]

    assert names == ["English", "Deutsch", "العربية", "فارسی", "Українська", "Türkçe", "Français"]
    assert own_name("de-AT") == "Deutsch"
    assert own_name("xx") == "xx"


def test_a_language_is_named_in_the_language_of_the_page():
    assert language_name("ar", "de") == "Arabisch"
    assert language_name("uk", "ar") == "الأوكرانية"
    assert language_name("uk", "fr") == "ukrainien"
    assert language_name("de", "tr-TR") == "Almanca"
    assert language_name("de", "pt-BR") == "German"
    assert language_name("xx", "de") == "xx"


def test_what_is_asked_for_comes_before_the_cookie_and_that_before_the_browser():
    header = "en;q=0.5, de-AT"

    assert negotiate(header, UI_LANGUAGES) == "de"
    assert negotiate(header, UI_LANGUAGES, cookie="en") == "en"
    assert negotiate(header, UI_LANGUAGES, asked="ar", cookie="en") == "ar"


def test_a_language_that_is_not_spoken_here_falls_through_to_the_next():
    assert negotiate("ku, ar;q=0.8", UI_LANGUAGES, asked="es") == "ar"
    assert negotiate("ku", UI_LANGUAGES) == "en"
    assert negotiate("", ("de", "en")) == "de"


def test_a_refused_language_is_not_taken():
    assert reader_languages("de;q=0, ar;q=0.1") == ("ar",)


def test_a_reader_takes_the_language_of_a_region_and_the_language_alone():
    assert reader_languages("de-AT, en;q=0.3", "ar", None) == ("ar", "de-AT", "de", "en")


@given(st.text(), st.none() | st.text(), st.none() | st.text())
def test_no_header_is_too_odd_to_answer(header: str, asked: str | None, cookie: str | None):
    assert negotiate(header, UI_LANGUAGES, asked=asked, cookie=cookie) in UI_LANGUAGES
    assert len(reader_languages(header * 50, asked, cookie)) <= 12


def test_a_reader_gets_the_best_text_and_else_the_original():
    texts = {"de": "Hallo", "ar": "مرحبا", "en": " "}

    assert choose(texts, ("en", "ar")) == ("مرحبا", "ar")
    assert choose(texts, ("fr",)) == ("Hallo", "de")
    assert choose(texts, ("de-CH",)) == ("Hallo", "de")
    assert choose({"fa": "سلام"}, ("prs", "en")) == ("سلام", "fa")
    assert choose({}, ("de",)) == ("", "")
