"""Bytes become documents, or are refused."""

from __future__ import annotations

import contextlib
import json

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

_NAME = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10)


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
        (b"{" + b",".join(b'"%d":1' % n for n in range(90_000)) + b"}", TooManyNodes),
        (b'{"a": [' + b"[]," * 300_000 + b"1]}", TooManyNodes),
        (b'{"a": 123456789012345678901}', NotJson),
        (b'{"a": -123456789012345678901}', NotJson),
        (b'{"' + b"k" * 257 + b'": 1}', NotJson),
        (b'{"b" : 1, "a":1, "a":2, "c": "\\":"}', NotJson),
        (b'{"a" : 1, "a" : 2}', NotJson),
        (b'{"id": "https://a.test/\\u0000x"}', NotJson),
        (b'{"preferredUsername": "alice\\u0000x"}', NotJson),
        (b'{"a\\u0000": 1}', NotJson),
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


def test_h03_nul_is_left_out_of_texts():
    assert parse(b'{"content": "a\\u0000b", "tag": ["\\u0000"]}') == {"content": "ab", "tag": [""]}


def test_numbers_that_fit_are_read_exactly():
    assert parse(b'{"a": 12345678901234567890}') == {"a": 12345678901234567890}
    assert parse(b'{"a": 18446744073709551616}') == {"a": 2**64}
    assert parse(b'{"a": 48.208492999999997, "b": -0.0}') == {"a": 48.208492999999997, "b": -0.0}


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20) + 1, 10**20 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(_NAME, inner, max_size=5),
    max_leaves=30,
)


@given(st.dictionaries(_NAME, _VALUES, max_size=5), st.booleans(), st.sampled_from([None, 1]))
def test_both_readers_read_the_same(document: dict[str, object], ascii: bool, indent: int | None):
    body = json.dumps(document, ensure_ascii=ascii, indent=indent).encode()
    assert parse(body) == parsing._carefully(body) == document


_COLONS = st.sampled_from([":", ": ", " : ", "\t:", "\n:", "\r:", " \t\r\n :"])


@given(st.dictionaries(_NAME, st.integers(0, 9), min_size=1, max_size=4), _COLONS, _COLONS)
def test_a_doubled_key_is_found_however_it_is_written(
    document: dict[str, int], colon: str, other: str
):
    name = json.dumps(next(iter(document)))
    text = json.dumps(document, separators=(",", colon))
    with pytest.raises(NotJson):
        parse(f"{text[:-1]},{name}{other}1}}".encode())


@pytest.mark.parametrize("place", ['{"KEY":1}', '{"a":[{"b":{"KEY":1}}]}', '[{"KEY":1}]'])
def test_a_very_long_key_is_refused_wherever_it_stands(place: str):
    for length, fits in ((256, True), (257, False)):
        body = f'{{"x":{place}}}'.replace("KEY", "k" * length).encode()
        if fits:
            assert parse(body)
        else:
            with pytest.raises(NotJson):
                parse(body)


def test_commas_within_texts_are_no_values():
    text = ', "' * 10_000
    assert parse(json.dumps({"content": text}).encode()) == {"content": text}


def test_a_crowd_is_refused_before_it_is_read():
    # not even JSON: nobody got that far
    with pytest.raises(TooManyNodes):
        parse(b'{"a":[' + b"[]," * 6_000)
