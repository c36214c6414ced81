"""Tests of node/reading.py: each field checked by name, all complaints at once."""

from __future__ import annotations

from typing import Any

import pytest

from node.errors import Invalid
from node.reading import (
    Reader,
    coordinate,
    language_tag,
    line,
    many,
    one_of,
    prose,
    texts,
    truth,
    web_address,
    whole_number,
)


def test_all_complaints_come_at_once():
    reader = Reader({"count": "3", "strange": 1}, known=("name", "count"))

    reader.required("name", line(10), "")
    reader.field("count", whole_number(1, 5), 1)
    with pytest.raises(Invalid) as refused:
        reader.finish()

    assert set(refused.value.fields) == {"name", "count", "strange"}
    assert "count: must be a whole number" in str(refused.value)


def test_null_is_the_same_as_not_given():
    reader = Reader({"count": None}, known=("count",))

    assert reader.field("count", whole_number(1, 5), 4) == 4
    reader.finish()


def test_a_complaint_inside_a_thing_names_the_way_to_it():
    reader = Reader({"name": {"de": "", "ar": 3}}, known=("name",))

    nothing: dict[str, str] = {}
    reader.required("name", texts(line(10), "de"), nothing)

    assert set(reader.complaints) == {"name.de", "name.ar"}


def test_the_first_complaint_about_a_field_stays():
    reader = Reader({"name": 3}, known=("name",))
    reader.required("name", line(10), "")

    reader.complain("name", "something else")

    assert reader.complaints == {"name": "must be a text"}


@pytest.mark.parametrize("document", [None, [], "text", 3, True])
def test_only_an_object_is_a_document(document: Any):
    with pytest.raises(Invalid) as refused:
        Reader(document, known=())

    assert set(refused.value.fields) == {"document"}


def test_a_text_loses_its_edges_and_what_cannot_be_seen():
    assert prose(20)(" a\x00b\u202ec\u2066 \n d\r ") == "abc \n d"
    assert line(20)("\u202e  مقهى ") == "مقهى"


@pytest.mark.parametrize("value", ["", "  ", "\x00\u202e", "a" * 11, "half\ud800", 3, None, ["a"]])
def test_what_is_no_text_of_the_right_length_is_refused(value: Any):
    with pytest.raises(ValueError, match=r"must be|is empty|is longer|holds"):
        prose(10)(value)


def test_a_line_has_no_line_end():
    with pytest.raises(ValueError, match="single line"):
        line(10)("a\nb")


def test_a_plain_text_is_in_the_given_language():
    assert texts(line(10), "fa")("کافه") == {"fa": "کافه"}
    assert texts(line(10), "fa")({"de": "a", "ar": "b"}) == {"de": "a", "ar": "b"}


@pytest.mark.parametrize("value", [{}, [], 3, None])
def test_texts_are_a_text_or_an_object(value: Any):
    with pytest.raises(ValueError, match="must be a text"):
        texts(line(10), "de")(value)


@pytest.mark.parametrize("tag", ["de", "ar", "ckb", "zh-Hant", "de-AT"])
def test_language_tags_are_taken(tag: str):
    assert language_tag(tag) == tag


@pytest.mark.parametrize("tag", ["", "d", "DE", "deutsch", "de_AT", "de-", " de", "de\n", 3, None])
def test_what_is_no_language_tag_is_refused(tag: Any):
    with pytest.raises(ValueError, match="language tag"):
        language_tag(tag)


@pytest.mark.parametrize("value", [True, 1.0, "1", 0, 6, None, 10**30])
def test_a_whole_number_is_one_within_its_bounds(value: Any):
    with pytest.raises(ValueError, match=r"whole number|between"):
        whole_number(1, 5)(value)


def test_degrees_are_always_floats():
    found = coordinate(90)(48)

    assert (found, type(found)) == (48.0, float)


@pytest.mark.parametrize("value", [True, "48", 90.1, -91, float("nan"), float("inf"), 10**400])
def test_what_is_no_latitude_is_refused(value: Any):
    with pytest.raises(ValueError, match=r"degrees|between"):
        coordinate(90)(value)


@pytest.mark.parametrize("value", [0, 1, "true", None, []])
def test_only_true_and_false_are_true_and_false(value: Any):
    with pytest.raises(ValueError, match="true or false"):
        truth(value)


@pytest.mark.parametrize("value", ["c", None, 3, ["a"], {}])
def test_one_of_takes_only_its_words(value: Any):
    with pytest.raises(ValueError, match="must be one of a, b"):
        one_of(("a", "b"))(value)


@pytest.mark.parametrize("value", ["ab", {"a": 1}, 3, ["a"] * 4])
def test_a_list_is_a_list_and_has_an_end(value: Any):
    with pytest.raises(ValueError, match=r"must be a list|more than 3"):
        many(line(5), 3)(value)


@pytest.mark.parametrize(
    "address", ["https://a.example", "https://a.example/ä?q=1#x", "http://localhost:8080/x"]
)
def test_addresses_of_the_web_are_taken(address: str):
    assert web_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "http://a.example",
        "javascript:alert(1)",
        "https://",
        "https://user@a.example",
        "https://a.example/<script>",
        'https://a.example/"',
        "https://a.example/ b",
        "https://a.example/" + "a" * 2048,
        "http://localhost.evil.example/",
        "http://127.0.0.1.evil.example/",
        " https://a.example",
        3,
    ],
)
def test_what_is_no_https_address_is_refused(address: Any):
    with pytest.raises(ValueError, match="https address"):
        web_address(address)
