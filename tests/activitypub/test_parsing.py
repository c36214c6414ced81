"""Bytes become documents, or are refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub import parsing
from activitypub.errors import (
    DocumentError,
    NotAnObject,
    NotJson,
    TooDeep,
    TooLong,
    TooManyNodes,
)
from activitypub.parsing import parse


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
        (b'{"a": "' + b"x" * parsing.MAX_BYTES + b'"}', TooLong),
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
