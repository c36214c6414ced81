"""How Persian and Ukrainian are written and counted: letters, joints, digits and forms of address."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from node.i18n import extract
from node.i18n.messages import LOCALES, translator

LTR, END, MARK = "\u2066", "\u2069", "\u200e"
JOINT = "\u200c"
COMING = "%(num)s person comes.", "%(num)s people come."
_NOT_PERSIAN = re.compile(r"[يكىةإ٠-٩۰-۹]")
_APART = re.compile(r"\bن?می |\w (?:ها|های|هایی)\b|\w‌ | ‌")
_NOT_UKRAINIAN = re.compile(r"[ыэёъ'’]", re.IGNORECASE)
_SAYS_THOU = re.compile(r"\b(?:ти|тебе|тобі|твій|твоя|твоє|твої|твого|твоїх)\b", re.IGNORECASE)
_TURNS_ROUND = re.compile(rf"[^(\w{LTR}{MARK}]@\w|\w:(?=[ .])(?<=member:)|://(?![\w{END}{MARK}])")


def said(language: str) -> Iterator[str]:
    """Every form of every message."""
    catalog = extract.read(LOCALES / language / "LC_MESSAGES" / "josoor.po")
    for message in catalog:
        forms = [message.string] if isinstance(message.string, str) else message.string or []
        yield from (form for form in forms if message.id and form)


def test_persian_has_its_own_letters_and_latin_digits():
    assert [form for form in said("fa") if _NOT_PERSIAN.search(form)] == []


def test_persian_joins_what_belongs_together():
    assert JOINT in "".join(said("fa"))
    assert [form for form in said("fa") if _APART.search(form)] == []


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_addresses_do_not_turn_round_between_words_from_right_to_left(language: str):
    assert [form for form in said(language) if _TURNS_ROUND.search(form)] == []


def test_ukrainian_has_its_own_letters_and_apostrophe():
    assert [form for form in said("uk") if _NOT_UKRAINIAN.search(form)] == []


def test_ukrainian_says_you_to_everybody_as_to_a_guest():
    assert [form for form in said("uk") if _SAYS_THOU.search(form)] == []


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "Прийде 0 людей."), (1, "Прийде 1 людина."), (2, "Прийдуть 2 людини."),
     (5, "Прийде 5 людей."), (11, "Прийде 11 людей."), (12, "Прийде 12 людей."),
     (21, "Прийде 21 людина."), (24, "Прийдуть 24 людини."), (111, "Прийде 111 людей.")],
)  # fmt: skip
def test_ukrainian_counts_in_three_forms(number: int, expected: str):
    assert translator("uk").ngettext(*COMING, number) % {"num": number} == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "0 نفر می‌آید."), (1, "1 نفر می‌آید."), (2, "2 نفر می‌آیند."), (30, "30 نفر می‌آیند.")],
)
def test_persian_counts_in_two_forms_and_leaves_the_noun_as_it_is(number: int, expected: str):
    assert translator("fa").ngettext(*COMING, number) % {"num": number} == expected
