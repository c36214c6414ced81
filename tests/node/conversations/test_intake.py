"""What strangers write, read into harmless pieces."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activitypub.names import PUBLIC
from activitypub.registry import read
from node.conversations.intake import (
    is_addressed,
    mentions,
    name_of,
    sane,
    visibility_of,
    words_of,
)
from node.conversations.model import LONGEST_HTML, MOST_LINKS, Visibility

NOW = datetime(2026, 12, 5, 18, tzinfo=UTC)
US = "https://wien.example/c/wien"


def note(**more: Any) -> Any:
    return read({"type": "Note", "id": "https://a.example/1", **more})


def test_content_is_cleaned_once_and_cleaning_again_changes_nothing():
    dirty = '<p style="x" onclick="y">Hallo <em>du</em></p><style>p{}</style><iframe src=x>'
    once = words_of(note(content=dirty)).html
    assert once == "<p>Hallo <em>du</em></p>"
    assert words_of(note(content=once)).html == once


def test_text_without_markup_keeps_its_signs_and_lines():
    words = words_of(note(content="2 < 3\n& mehr", mediaType="text/plain"))
    assert words.html == "<p>2 &lt; 3<br>&amp; mehr</p>"


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ('<a href="https://evil.example/x">bank.example</a>', "</a> (evil.example)"),
        ('<a href="https://evil.example">hier</a>', "</a> (evil.example)"),
        ('<a href="https://a.example/1"><span>https://</span><span>a.example/1</span></a>', "</a>"),
        ('<a href="https://a.example/@anna">@<span>anna</span></a>', "</a>"),
        ('<a href="https://a.example/tags/x">#x</a>', "</a>"),
    ],
)
def test_no_link_lies_about_where_it_leads(link: str, told: str):
    assert words_of(note(content=f"<p>{link}</p>")).html.endswith(f"{told}</p>")


def test_what_is_too_long_is_cut():
    assert len(words_of(note(content="x" * 100_000)).html) <= LONGEST_HTML


@pytest.mark.parametrize("kind", ["Article", "Page", "Question"])
def test_what_has_a_title_begins_with_it(kind: str):
    found = read({"type": kind, "name": "<i>Fest</i> & Tee", "content": "<p>Kommt!</p>"})
    assert words_of(found).html == "<p><strong>Fest &amp; Tee</strong></p><p>Kommt!</p>"


def test_a_note_with_only_a_name_is_a_vote_and_no_words():
    assert words_of(note(name="Ja")).is_empty


@pytest.mark.parametrize(
    ("more", "language"),
    [
        ({"contentMap": {"ar": "أهلاً", "de": "Hallo"}}, "ar"),
        ({"language": {"identifier": "de", "name": "Deutsch"}}, "de"),
        ({"language": {"identifier": "und"}}, None),
        ({"contentMap": {"<b>": "x"}}, None),
        ({}, None),
    ],
)
def test_the_language_is_what_the_author_says(more: dict[str, Any], language: str | None):
    assert words_of(note(content="x", **more)).language == language


def test_of_links_only_some_and_only_good_ones_are_kept():
    hung = [{"type": "Image", "url": f"https://m.example/{at}"} for at in range(20)]
    found = words_of(note(content="x", quoteUrl="https://q.example/1", attachment=hung))
    assert len(found.links) == MOST_LINKS
    assert [link.kind for link in found.links[:2]] == ["quote", "picture"]
    bad = [{"type": "Image", "url": url} for url in ("javascript:x", "data:x", "//x", "")]
    assert words_of(note(content="x", attachment=bad)).links == ()


@pytest.mark.parametrize(
    ("to", "cc", "visibility"),
    [
        ([PUBLIC], [], Visibility.PUBLIC),
        (["as:Public"], [], Visibility.PUBLIC),
        (["https://a.example/followers"], [PUBLIC], Visibility.PUBLIC),
        (["https://a.example/followers"], [US], Visibility.DIRECT),
        ([US], [], Visibility.DIRECT),
        ([], [], Visibility.DIRECT),
    ],
)
def test_what_is_not_said_to_everybody_is_not_for_everybody(
    to: list[str], cc: list[str], visibility: Visibility
):
    assert visibility_of(note(to=to, cc=cc), note()) is visibility


def test_where_a_note_is_silent_its_activity_speaks():
    assert visibility_of(note(), note(to=[PUBLIC])) is Visibility.PUBLIC
    assert visibility_of(note(to=[US]), note(to=[PUBLIC])) is Visibility.DIRECT


def test_who_is_named_is_addressed():
    tag = [{"type": "Mention", "href": US, "name": "@wien"}]
    assert mentions(note(tag=tag), [US])
    assert is_addressed(note(tag=tag), note(), [US])
    assert is_addressed(note(), note(cc=[US]), [US])
    assert not is_addressed(note(to=[PUBLIC]), note(to=[PUBLIC]), [US, PUBLIC])
    assert not mentions(note(tag=[{"type": "Hashtag", "href": US}]), [US])


def test_a_name_stands_in_one_line():
    assert name_of("  Anna\n\u202eB.\u200b ") == "Anna B."


@pytest.mark.parametrize("told", [None, NOW + timedelta(days=1), datetime(1970, 1, 1, tzinfo=UTC)])
def test_a_time_that_cannot_be_is_the_time_of_arrival(told: datetime | None):
    assert sane(told, NOW) == NOW
