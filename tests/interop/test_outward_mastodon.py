"""What our events look like to Mastodon 4.3 to 4.6: one test for each trap, by its name.

The reader below does what its source does, as far as a trap is concerned
(reference: mastodon 3.4 and 3.5, platforms b.1.3).
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from activitypub.names import PUBLIC
from node.events.document import event_document
from node.events.model import State
from node.events.notices import Change, change_between, notice
from tests.node.samples import HOUSE, event
from tests.support.outward import URLS, Json, document


def mastodon(found: Json) -> Json:
    """What Mastodon makes of a converted object: name, summary and link, and of attachments."""
    media = [
        {"url": one["url"], "type": one["mediaType"], "alt": one.get("summary") or one.get("name")}
        for one in found["attachment"][:4]
        if one.get("url")
    ]
    text = "\n\n".join([f"<h2>{found['name']}</h2>", found["summary"], found["url"]])
    language = next(iter(found.get("contentMap") or found.get("nameMap") or found["summaryMap"]))
    return {"text": text, "media": media, "language": language}


def test_mastodon_shows_the_title_the_summary_and_the_link():
    text = mastodon(document())["text"]

    assert "<h2>Kochabend</h2>" in text
    assert "18:00" in text
    assert "Haus der Begegnung, 1020 Wien" in text
    assert text.endswith("https://wien.example/e/kochabend")


def test_mastodon_runs_what_is_not_a_paragraph_together_so_the_summary_is_one():
    assert re.fullmatch(r"<p>[^<]+</p>", document()["summary"])


def test_mastodon_previews_the_first_link_so_the_summary_has_none():
    assert "://" not in document(online_url="https://meet.example/x")["summary"]


def test_mastodon_shows_the_picture_with_the_words_for_it():
    (media,) = mastodon(document())["media"]

    assert media == {
        "url": f"https://wien.example/media/{'0' * 26}.jpg",
        "type": "image/jpeg",
        "alt": "Ein Garten",
    }


def test_mastodon_takes_the_first_key_of_the_map_for_the_language():
    assert mastodon(document(name={"de": "a", "ar": "b"}))["language"] == "de"


def test_mastodon_before_4_5_learns_of_a_cancellation_from_a_reply():
    found = event(state=State.CANCELLED, reason="Kein Strom.")
    note = notice(found, Change.CANCELLED, "n1", found.updated, URLS)

    assert (note["type"], note["inReplyTo"]) == ("Note", "https://wien.example/e/kochabend")
    assert note["to"] == [PUBLIC]
    assert note["cc"] == ["https://wien.example/c/wien/followers"]
    assert "Abgesagt: Kochabend" in note["content"]


@pytest.mark.parametrize(
    ("draft", "change", "word"),
    [
        ({"end": event().draft.end + timedelta(hours=1)}, Change.TIME, "Neuer Termin: Kochabend"),
        ({"place": replace(HOUSE, name="Park")}, Change.PLACE, "Neuer Ort: Kochabend"),
        (
            {"place": None, "timezone": "Europe/Berlin"},
            Change.BOTH,
            "Neuer Termin und Ort: Kochabend",
        ),
    ],
)
def test_mastodon_before_4_5_learns_of_another_time_or_place_from_a_reply(
    draft: Json, change: Change, word: str
):
    changed = event(**draft)

    assert change_between(event_document(event(), URLS), event_document(changed, URLS)) is change
    note = notice(changed, change, "n1", changed.updated, URLS)
    assert note["content"].startswith(f"<p>{word}")
    assert list(note["contentMap"]) == ["de", "ar"]


@pytest.mark.parametrize(
    "draft",
    [
        {"description": {"de": "Anders."}},
        {"name": {"de": "Anders"}},
        {"tags": ("neu",)},
        {"picture": None},
        {"capacity": 5},
        {"accessibility": ()},
    ],
)
def test_nobody_is_told_in_a_reply_of_a_change_that_moves_nobody(draft: Json):
    before, after = event_document(event(), URLS), event_document(event(**draft), URLS)

    assert change_between(before, after) is None


def test_of_a_secret_address_that_changes_nobody_is_told():
    hidden = event(exact_address="participants")
    moved = event(exact_address="participants", place=replace(HOUSE, street="Geheimweg 7"))

    assert change_between(event_document(hidden, URLS), event_document(moved, URLS)) is None


def test_nothing_was_told_before_so_nothing_has_changed():
    assert change_between({}, document()) is None


def test_mastodon_4_5_takes_a_change_only_with_a_newer_updated():
    found = event()
    later = event_document(replace(found, updated=found.updated + timedelta(seconds=1)), URLS)

    assert later["updated"] > event_document(found, URLS)["updated"]
