"""Raw values become values."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from activitypub.objects import Note
from activitypub.registry import read, write
from activitypub.shapes import Text


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        ("2026-05-01T18:00:00+02:00", "2026-05-01T18:00:00+02:00"),
        ("2026-05-01T18:00:00.000+02:00", "2026-05-01T18:00:00+02:00"),
        ("2026-05-01T18:00:00Z", "2026-05-01T18:00:00Z"),
        ("2026-05-01T18:00:00", "2026-05-01T18:00:00Z"),
        ("2026-05-01 18:00:00+00:00", "2026-05-01T18:00:00Z"),
    ],
)
def test_a_moment_keeps_its_offset_and_is_always_aware(raw: str, written: str):
    note = read({"type": "Note", "published": raw})
    assert note.published.tzinfo is not None
    assert write(note)["published"] == written


@pytest.mark.parametrize("raw", ["", "2026-05-01", "soon", 5, True, {}, "0001-01-01T00:00:00Z"])
def test_an_unreadable_moment_is_empty_and_kept(raw: object):
    note = read({"type": "Note", "published": raw})
    assert note.published is None
    assert note.extra == {"published": raw}


def test_a_moment_without_a_zone_does_not_leave():
    naive = datetime(2026, 5, 1, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        write(Note(published=naive))


def test_the_page_is_taken_from_several_links():
    links = [
        {"type": "Link", "mediaType": "video/mp4", "href": "https://a.example/v.mp4"},
        {"type": "Link", "mediaType": "text/html", "href": "https://a.example/v"},
    ]
    assert read({"type": "Video", "url": links}).url == "https://a.example/v"
    assert write(read({"type": "Video", "url": links}))["url"] == links
    assert (
        read({"type": "Note", "url": ["ftp://a", "https://a.example"]}).url == "https://a.example"
    )


def test_every_spelling_of_public_reads_as_the_full_one():
    for spelling in ("as:Public", "Public", "https://www.w3.org/ns/activitystreams#Public"):
        note = read({"type": "Note", "to": spelling})
        assert note.to == ("https://www.w3.org/ns/activitystreams#Public",)
        assert write(note)["to"] == ["https://www.w3.org/ns/activitystreams#Public"]


def test_the_best_text_is_the_first_language_that_is_there():
    words = Text("Hallo", {"de": "Hallo", "ar": "مرحبا", "pt-BR": "Olá"}, "de")
    assert words.best(["fa", "ar"]) == ("مرحبا", "ar")
    assert words.best(["de-AT"]) == ("Hallo", "de")
    assert words.best(["pt"]) == ("Olá", "pt-BR")
    assert words.best(["fa"]) == ("Hallo", "de")
    assert Text("Hallo").best(["de"]) == ("Hallo", None)


def test_the_main_language_is_written_first_and_order_is_kept():
    words = Text("Hallo", {"ar": "مرحبا", "de": "Hallo", "fa": "سلام"}, "de")
    written = write(Note(content=words))
    assert list(written["contentMap"]) == ["de", "ar", "fa"]
    again = read(written)
    assert list(again.content.by_language) == ["de", "ar", "fa"]
    assert again.content.original == "de"


def test_a_map_alone_gives_the_text_too():
    note = read({"type": "Note", "contentMap": {"ar": "مرحبا", "de": "Hallo"}})
    assert note.content == Text("مرحبا", {"ar": "مرحبا", "de": "Hallo"}, "ar")
    assert write(note)["content"] == "مرحبا"
