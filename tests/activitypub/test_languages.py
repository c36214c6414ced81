"""The language in which something was written is known, whoever passed it on."""

from __future__ import annotations

import pytest

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.jsonld import familiar
from activitypub.languages import (
    TranslationState,
    in_order,
    original_language,
    translation_states,
)
from activitypub.registry import read, write

NOTE = {
    "type": "Note",
    "content": "<p>مرحبا</p>",
    "contentMap": {"ar": "<p>مرحبا</p>", "de": "<p>Hallo</p>"},
    "josoor:originalLanguage": "ar",
    "josoor:translationState": {"de": "machine", "fr": "guessed"},
}


def test_the_original_language_is_known_though_a_processor_has_sorted_the_map():
    sent = {"@context": OBJECT_CONTEXT, "id": "https://a.example/1", **NOTE}
    sent["contentMap"] = {"de": "<p>Hallo</p>", "ar": "<p>مرحبا</p>"}
    note = read(sent)
    assert note.content.original == "de"
    assert original_language(note, note.content) == "ar"
    assert list(in_order(note, note.content).by_language) == ["ar", "de"]
    assert in_order(note, note.content).value == "<p>مرحبا</p>"


def test_the_original_language_survives_a_json_ld_processor():
    note = read(familiar({"@context": OBJECT_CONTEXT, "id": "https://a.example/1", **NOTE}))
    assert original_language(note) == "ar"
    assert translation_states(note) == {"de": TranslationState.MACHINE}


def test_a_state_that_we_do_not_know_is_kept_and_not_shown():
    note = read(NOTE)
    assert translation_states(note) == {"de": TranslationState.MACHINE}
    assert write(note) == NOTE


@pytest.mark.parametrize(
    ("document", "language"),
    [
        ({"type": "Note", "contentMap": {"uk": "<p>a</p>"}}, "uk"),
        ({"type": "Event", "name": "A", "inLanguage": "fr"}, "fr"),
        ({"type": "Event", "nameMap": {"fa": "A"}, "inLanguage": "fr"}, "fa"),
        ({"type": "Note", "content": "<p>a</p>"}, None),
        ({"type": "Place", "name": "A"}, None),
    ],
    ids=str,
)
def test_where_nobody_says_so_the_first_key_of_a_map_is_the_language(document, language):
    value = read(document)
    assert original_language(value) == language


def test_each_text_keeps_its_own_main_language():
    note = read({**NOTE, "nameMap": {"de": "Gruß"}})
    assert original_language(note, note.name) == "de"
    assert original_language(note, note.content) == "ar"
    assert in_order(note, note.name) is note.name
