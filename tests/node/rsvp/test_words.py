"""Tests of node/rsvp/words.py: yes, no and maybe in seven languages, and what is none of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from node.rsvp.model import Answer
from node.rsvp.speaking import LANGUAGES
from node.rsvp.words import LONGEST, _data, _tokens, understand

SAID = json.loads(Path(__file__).with_name("words_said.json").read_text("utf-8"))
CASES = [
    (language, answer, text)
    for language, answers in SAID.items()
    for answer, texts in answers.items()
    for text in texts
]


@pytest.mark.parametrize(("language", "answer", "text"), CASES)
def test_what_people_write_is_understood(language: str, answer: str, text: str):
    found = understand(text)

    if answer == "none":
        assert found is None
    else:
        assert found is not None
        assert found.answer is Answer(answer)
        assert found.language == (None if language == "signs" else language)


def test_every_language_has_cases_of_every_kind():
    assert set(SAID) == {*LANGUAGES, "signs"}
    assert all(set(SAID[tag]) == {"yes", "no", "maybe", "none"} for tag in LANGUAGES)


def test_every_language_of_ours_has_words_of_every_kind():
    assert set(_data()) == {*LANGUAGES, "signs"}
    for tag in LANGUAGES:
        assert set(_data()[tag]) == {"yes", "no", "maybe", "filler", "sign"}


def test_no_phrase_means_two_things_in_one_language():
    for tag, kinds in _data().items():
        seen: dict[tuple[str, ...], str] = {}
        for kind, phrases in kinds.items():
            for phrase in phrases:
                tokens = _tokens(phrase)
                assert tokens, (tag, phrase)
                assert seen.setdefault(tokens, kind) == kind, (tag, phrase)


def test_every_phrase_alone_is_read_as_what_it_stands_for():
    for tag in LANGUAGES:
        for kind in ("yes", "no", "maybe"):
            for phrase in _data()[tag][kind]:
                found = understand(phrase, likely=[tag])
                assert found is not None, (tag, phrase)
                assert found.answer is Answer(kind), (tag, phrase)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_thanks_and_greetings_around_a_phrase_do_not_turn_it_round(tag: str):
    for kind in ("yes", "no", "maybe"):
        for phrase in _data()[tag][kind]:
            for filler in _data()[tag]["filler"]:
                for text in (f"{filler}, {phrase}!", f"{phrase}. {filler}"):
                    found = understand(text, likely=[tag])
                    assert found is None or found.answer is Answer(kind), (tag, text)


def test_a_nod_to_a_message_that_tells_what_is_so_is_no_answer():
    for text in ("👍", "ok", "✅ 🙏", "Alles klar, danke!", "تمام، شكرا"):
        assert understand(text) is not None
        assert understand(text, signs_count=False) is None
    assert understand("👍 ja, ich komme", signs_count=False) is not None


def test_the_likely_language_decides_where_two_have_the_word():
    found = understand("ok", likely=["de"])
    assert found is not None
    assert found.language == "de"


def test_a_letter_is_no_answer():
    assert understand("yes " * LONGEST) is None
    assert understand("") is None
