"""Bytes become documents, and raw values become values."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub import shapes
from activitypub.errors import (
    DocumentError,
    NotAnObject,
    NotJson,
    TooDeep,
    TooLong,
    TooManyNodes,
)
from activitypub.objects import Note
from activitypub.registry import read, write
from activitypub.shapes import Text, parse


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", NotJson),
        (b"{", NotJson),
        (b'{"a": 1, "a": 2}', NotJson),
        (b'{"b": {"a": 1, "a": 2}}', NotJson),
        (b'{"a": NaN}', NotJson),
        (b'{"a": -Infinity}', NotJson),
        (b'{"a": 1e999}', NotJson),
        (b'{"a": "\\ud800"}', NotJson),
        (b'{"\\ud800": 1}', NotJson),
        (b'{"a": "\xff"}', NotJson),
        (b'\xef\xbb\xbf{"a": 1}', NotJson),
        ('{"a": "é"}'.encode("utf-16"), NotJson),
        (b'{"a": ' + b"9" * 5000 + b"}", NotJson),
        (b"[]", NotAnObject),
        (b'"a"', NotAnObject),
        (b'{"a": "' + b"x" * shapes.MAX_BYTES + b'"}', TooLong),
        (b'{"a":' * 33 + b"1" + b"}" * 33, TooDeep),
        (b'{"a":' + b"[" * 100_000, TooDeep),
        (b'{"a": [' + b"1," * 5000 + b"1]}", TooManyNodes),
    ],
    ids=lambda each: each[:20].decode("latin-1") if isinstance(each, bytes) else each.__name__,
)
def test_what_two_readers_might_read_differently_is_refused(body: bytes, error: type[Exception]):
    with pytest.raises(error):
        parse(body)


def test_a_document_within_the_limits_is_read():
    assert parse(b'{"a": "\\ud83c\\udf31"}') == {"a": "🌱"}
    assert parse(b'{"a":' * 32 + b"1" + b"}" * 32)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8")))
def test_any_bytes_are_a_document_or_a_document_error(body: bytes):
    with contextlib.suppress(DocumentError):
        assert isinstance(parse(body), dict)


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
