"""The translations: whole, with the same placeholders, the right number of forms, nothing English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from node.i18n import extract
from node.i18n.languages import UI_LANGUAGES
from node.i18n.messages import LOCALES, translator
from node.i18n.tables import table

PO_FILES = list(extract.po_files())
each_po = pytest.mark.parametrize("path", PO_FILES, ids=lambda path: path.parents[1].name)
each_language = pytest.mark.parametrize("language", UI_LANGUAGES)
FORMS = {"de": 2, "ar": 6, "fa": 2, "uk": 3, "tr": 2, "fr": 2}
SIGNS = re.compile(r"%\(\w+\)s|</?\w+[^>]*>|`[^`]*`|https?://[\w./]+|\b\w+\.(?:json|csv|toml)\b")
"""What has to be in a translation as it is in English."""
SAME = {
    "de": {"Film", "Name", "Online", "Server", "Text", "Video", "Workshop", "Passkeys", "online"},
    "fr": {
        *("Art", "Article", "Contact", "Invitation", "Mention", "Mentions", "Messages", "Pages"),
        "Question",
    },
    "tr": {"Video"},
}
"""Words that are the same in both languages."""


def messages(path: Path) -> Iterator[tuple[Message, list[tuple[str, str]]]]:
    """Each message with its forms beside the English ones."""
    for message in extract.read(path):
        if message.id:
            english = _forms(message.id)
            several = [*english[:1], *english[1:] * 6]
            yield message, list(zip(_forms(message.string), several, strict=False))


def _forms(words: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [words or ""] if isinstance(words, str | None) else list(words)


@each_po
def test_a_language_has_as_many_forms_as_it_counts_in(path: Path):
    catalog: Catalog = extract.read(path)
    forms = FORMS[path.parents[1].name]

    assert catalog.num_plurals == forms
    assert {len(told) for message, told in messages(path) if message.pluralizable} == {forms}


@each_po
def test_what_is_filled_in_is_filled_in_in_every_language(path: Path):
    for message, told in messages(path):
        assert not message.pluralizable or any("%(num)s" in said for said, _ in told), message.id
        for said, english in told:
            # "one person" may do without the number, a number never without it
            missing = set(SIGNS.findall(english)) ^ set(SIGNS.findall(said))
            assert missing <= ({"%(num)s"} if message.pluralizable else set()), (said, english)


@each_po
def test_a_translation_begins_ends_and_breaks_where_the_english_does(path: Path):
    for _, told in messages(path):
        for said, english in told:
            assert said.strip(" \n") == said, said
            assert said.count("\n") == english.count("\n"), said


@each_po
def test_nothing_is_left_in_english(path: Path):
    same = {said for _, told in messages(path) for said, english in told if said == english}
    letters = {said for said in same if any(letter.isalpha() for letter in said)}

    assert letters - SAME.get(path.parents[1].name, set()) == set()


@each_po
def test_a_language_is_written_in_its_own_script(path: Path):
    script = {"ar": "ARABIC", "fa": "ARABIC", "uk": "CYRILLIC"}.get(path.parents[1].name, "LATIN")
    for _, told in messages(path):
        for said, _english in told:
            scripts = {unicodedata.name(letter).split()[0] for letter in said if letter.isalpha()}
            # names, addresses and commands stay in Latin letters; ʼ is a letter of Ukrainian
            assert scripts <= {script, "LATIN", "MODIFIER"}, said


def test_french_puts_its_thin_spaces_and_its_quotation_marks():
    for _, told in messages(LOCALES / "fr" / "LC_MESSAGES" / "josoor.po"):
        for said, _english in told:
            assert not re.search(r"[ \w][;!?»](?!\w)|[^\N{NARROW NO-BREAK SPACE}][;!?»]", said), (
                said
            )
            assert not re.search(r" :|'|\"|«(?!\N{NARROW NO-BREAK SPACE})", said), said


@pytest.mark.parametrize(
    ("language", "number", "expected"),
    [
        ("fr", 0, "Il reste 0 place."), ("fr", 1, "Il reste 1 place."), ("fr", 2, "Il reste 2 places."),
        ("tr", 0, "0 yer kaldı."), ("tr", 1, "1 yer kaldı."), ("tr", 2, "2 yer kaldı."),
    ],
)  # fmt: skip
def test_numbers_are_said_as_people_count(language: str, number: int, expected: str):
    told = translator(language).ngettext(
        "%(num)s place is left.", "%(num)s places are left.", number
    )

    assert told % {"num": number} == expected


def test_one_person_is_told_from_several_in_turkish():
    told = translator("tr").ngettext

    one, many = "One person can use it.", "%(num)s people can use it."
    assert told(one, many, 1) == "Bir kişi kullanabilir."
    assert told(one, many, 5) % {"num": 5} == "5 kişi kullanabilir."


@each_language
@pytest.mark.parametrize("name", ["countries", "languages"])
def test_languages_and_countries_have_a_name_in_every_language(name: str, language: str):
    assert table(name, language).keys() == table(name, "en").keys()
    assert all(table(name, language).values())
    assert (table(name, language) is table(name, "en")) is (language == "en")


@pytest.mark.parametrize(
    ("language", "familiar"),
    [("fr", r"\b(?:tu|toi|ton|ta|tes)\b|·e"), ("tr", r"\b[Ss]en\b|\b[Şş]ifre(?!l)")],
)
def test_people_are_addressed_politely_where_a_language_tells_it(language: str, familiar: str):
    for _, told in messages(LOCALES / language / "LC_MESSAGES" / "josoor.po"):
        assert [said for said, _english in told if re.search(familiar, said)] == []
