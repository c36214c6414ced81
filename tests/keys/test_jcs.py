"""One value has one spelling, that of RFC 8785, whichever way it was written."""

from __future__ import annotations

import enum
import json
import pathlib
import struct
from typing import Any

import jcs
import orjson
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from keys import jcs as ours
from keys.errors import NotCanonical
from keys.jcs import LARGEST_INTEGER, canonical

VECTORS = json.loads((pathlib.Path(__file__).parent / "vectors/rfc8785.json").read_text())

NUMBERS = (
    st.integers(-LARGEST_INTEGER, LARGEST_INTEGER)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers(-(10**6), 10**6).map(lambda n: n / 1000)
)
# Letters on both sides of the surrogates, where the order of UTF-16 is not that of code points.
KEYS = st.text(
    st.sampled_from('aAzöé\u20ac\r\n"\\\x7f\ud7ff\ue000\ufb33\uffff\U00010000😂'), max_size=3
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.text(st.characters(codec="utf-8")) | NUMBERS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(), inner, max_size=4)
    ),
)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_the_published_samples(case: dict[str, str]) -> None:
    assert canonical(json.loads(case["input"])) == case["output"].encode()
    assert canonical(orjson.loads(case["input"])) == case["output"].encode()


def test_the_published_bytes() -> None:
    values = next(case for case in VECTORS["cases"] if case["name"] == "values")
    assert canonical(json.loads(values["input"])).hex() == VECTORS["utf8_of_values"]


@pytest.mark.parametrize(("bits", "text"), VECTORS["numbers"])
def test_the_published_numbers(bits: str, text: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical([number]) == b"[" + text.encode() + b"]"


@pytest.mark.parametrize("bits", VECTORS["refused_numbers"])
def test_the_published_numbers_that_are_none_are_refused(bits: str) -> None:
    with pytest.raises(NotCanonical):
        canonical(struct.unpack(">d", bytes.fromhex(bits)))


@given(VALUES)
def test_random_values_are_spelled_as_two_other_libraries_spell_them(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value) == jcs.canonicalize(value)


@given(st.lists(NUMBERS))
def test_random_numbers_are_spelled_as_another_library_spells_them(numbers: list[float]) -> None:
    assert canonical(numbers) == rfc8785.dumps(numbers)


@given(VALUES)
def test_what_was_written_reads_as_the_same_and_is_written_the_same(value: Any) -> None:
    text = canonical(value)
    assert canonical(json.loads(text, parse_int=float)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (-0.0, "0"),
        (1.0, "1"),
        (LARGEST_INTEGER, "9007199254740991"),
        (-LARGEST_INTEGER, "-9007199254740991"),
        ({"\ufb33": 1, "😂": 2}, '{"😂":2,"\ufb33":1}'),
        ({"ö": 1, "a": 2}, '{"a":2,"ö":1}'),
        ("\u212b \u00c5 A\u030a", '"\u212b \u00c5 A\u030a"'),
    ],
)
def test_d20_edge_cases_have_one_spelling_and_texts_are_never_normalised(
    value: Any, text: str
) -> None:
    assert canonical(value) == text.encode()


class Word(enum.IntEnum):
    ONE = 1


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        LARGEST_INTEGER + 1,
        -LARGEST_INTEGER - 1,
        2**70,
        "\ud800",
        {"\udfff": 1},
        {"\udfff😂": 1},
        {1: "one"},
        {None: 1},
        {b"a": 1},
        {1, 2},
        b"bytes",
        object(),
    ],
)
def test_d20_what_has_no_spelling_is_refused(value: Any) -> None:
    for inside in (value, [value], {"a": {"b": value}}):
        with pytest.raises(NotCanonical):
            canonical(inside)


def nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


def test_hundreds_of_levels_are_spelled_and_tens_of_thousands_refused() -> None:
    assert canonical(nested(300)) == b"[" * 301 + b"]" * 301
    with pytest.raises(NotCanonical):
        canonical(nested(20_000))


def test_subclasses_are_spelled_as_what_they_are() -> None:
    assert canonical({"a": Word.ONE, "b": (1, 2)}) == b'{"a":1,"b":[1,2]}'


@pytest.mark.parametrize(
    "value",
    [{"a": [1, True, None, "x"]}, {"latitude": 48.2082, "longitude": -16.37}, {"é": "😂 \ufe0f"}],
)
def test_a_usual_document_takes_the_fast_way(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "_slowly", None)
    assert canonical(value) == rfc8785.dumps(value)
