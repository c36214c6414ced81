"""Tests of the words of the interface: node/i18n/messages.py, extract.py and the .po files."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.i18n import extract
from node.i18n.languages import UI_LANGUAGES
from node.i18n.messages import translator

PO_FILES = list(extract.po_files())
each_po = pytest.mark.parametrize("path", PO_FILES, ids=lambda path: path.parents[1].name)


def test_every_language_of_the_interface_but_english_has_a_file():
    assert {path.parents[1].name for path in PO_FILES} == set(UI_LANGUAGES) - {"en"}


@each_po
def test_a_translation_has_every_message_and_no_other(path: Path):
    template, catalog = extract.extracted(), extract.read(path)
    wanted = {str(message.id) for message in template if message.id}
    there = {str(message.id) for message in catalog if message.id}

    assert there == wanted


@each_po
def test_a_translation_is_complete_in_all_its_forms(path: Path):
    for message in extract.read(path):
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]

        assert all(strings), message.id
        assert not message.fuzzy or not message.id, message.id
        assert not list(message.check()), message.id


@each_po
def test_the_compiled_file_is_that_of_the_words(path: Path):
    assert path.with_suffix(".mo").read_bytes() == extract.compiled(path)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "لا توجد أماكن."), (1, "يوجد مكان واحد."), (2, "يوجد مكانان."), (3, "توجد 3 أماكن."),
     (10, "توجد 10 أماكن."), (11, "يوجد 11 مكاناً."), (99, "يوجد 99 مكاناً."),
     (100, "يوجد 100 مكان."), (102, "يوجد 102 مكان."), (103, "توجد 103 أماكن.")],
)  # fmt: skip
def test_arabic_counts_in_six_forms(number: int, expected: str):
    form = translator("ar").ngettext("There is %(num)s place.", "There are %(num)s places.", number)

    assert form % {"num": number} == expected


def test_a_language_we_do_not_speak_is_english():
    assert translator("xx").gettext("Dates") == "Dates"
    assert translator("de").gettext("Dates") == "Termine"
