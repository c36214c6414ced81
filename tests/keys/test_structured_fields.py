"""A structured field is read in its one canonical spelling, or not at all."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.structured_fields import LONGEST_FIELD, read_bytes, read_inner_list

LIST = 'sig1=("@method" "date");created=1618884473;keyid="https://a.test/u#k";tag="x y"'


def test_a_list_comes_with_its_parameters() -> None:
    read = read_inner_list(LIST)
    assert read.label == "sig1"
    assert read.text == LIST.removeprefix("sig1=")
    assert read.items == '"@method" "date"'
    assert read.texts == {"keyid": "https://a.test/u#k", "tag": "x y"}
    assert read.numbers == {"created": 1618884473}


def test_a_list_may_be_empty_and_without_parameters() -> None:
    read = read_inner_list("*a_b-c.d=()")
    assert (read.label, read.items, read.texts, read.numbers) == ("*a_b-c.d", "", {}, {})


def test_what_looks_like_a_parameter_inside_quotes_is_none() -> None:
    assert read_inner_list('a=();b=";c=1;d=()"').texts == {"b": ";c=1;d=()"}


@pytest.mark.parametrize(
    "field",
    [
        "",
        "sig1",
        "sig1=",
        "sig1=1",
        "sig1=:QQ==:",
        "Sig1=()",
        "=()",
        " sig1=()",
        "sig1=() ",
        "sig1 =()",
        "sig1=();",
        "sig1=(); created=1",
        "sig1=() ;created=1",
        "sig1=();created",
        "sig1=();created=",
        "sig1=();created=-1",
        "sig1=();created=+1",
        "sig1=();created=01",
        "sig1=();created=1.5",
        "sig1=();created=999999999999",
        "sig1=();created=?1",
        "sig1=();created=tok",
        "sig1=();created=:QQ==:",
        "sig1=();Created=1",
        "sig1=();a=1;a=2",
        'sig1=();a="x";a=2',
        'sig1=();a=1;a="x"',
        'sig1=();keyid="a',
        'sig1=();keyid="a\\"b"',
        'sig1=();keyid="a\\b"',
        'sig1=();keyid="a\tb"',
        'sig1=();keyid="a\nb"',
        'sig1=();keyid="ü"',
        "sig1=();keyid='a'",
        "sig1=(),sig2=()",
        "sig1=(), sig1=()",
        "sig1=(",
        "sig1=(()",
        "sig1=())",
        f'sig1=();keyid="{"k" * LONGEST_FIELD}"',
    ],
)
def test_a_list_in_any_other_spelling_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=r"canonical|twice"):
        read_inner_list(field)


def test_bytes_come_with_their_label() -> None:
    assert read_bytes("sig1=:QUI=:") == ("sig1", b"AB")
    assert read_bytes("a=::") == ("a", b"")


@pytest.mark.parametrize(
    "field",
    [
        "",
        "sig1",
        "sig1=",
        "sig1=:",
        "sig1=:QQ==",
        "sig1=QQ==:",
        'sig1="QQ=="',
        "Sig1=:QQ==:",
        "=:QQ==:",
        "sig1 =:QQ==:",
        "sig1= :QQ==:",
        "sig1=:QQ==: ",
        "sig1=:QQ==:;a=1",
        "sig1=:QQ==:,sig2=:QQ==:",
        "sig1=:QQ==:, sig1=:QQ==:",
        "sig1=:QQ:",
        "sig1=:QR==:",
        "sig1=:Q Q==:",
        "sig1=:_-==:",
        "sig1=:ü:",
        f"sig1=:{'QUJD' * LONGEST_FIELD}:",
    ],
)
def test_bytes_in_any_other_spelling_are_refused(field: str) -> None:
    with pytest.raises(ValueError, match=r"byte sequence|base64"):
        read_bytes(field)


@pytest.mark.parametrize("filler", [" ", "(", ")", ";a", ";a=1", '"', ":", "a", '" "'])
@pytest.mark.parametrize("start", ["", "sig1=", "sig1=(", 'sig1=("@method")', "sig1=:"])
def test_a_hostile_field_takes_no_longer_than_its_length(start: str, filler: str) -> None:
    field = start + filler * ((LONGEST_FIELD - len(start)) // len(filler)) + "!"
    begin = time.process_time()
    for _ in range(10):
        for read in (read_inner_list, read_bytes):
            with pytest.raises(ValueError, match=r"."):
                read(field)
    assert time.process_time() - begin < 0.1


@given(st.text() | st.text(alphabet='sig1=();"@ :a\\,Q'))
def test_whatever_comes_it_is_read_or_refused(field: str) -> None:
    for read in (read_inner_list, read_bytes):
        try:
            told = repr(read(field))
        except ValueError as error:
            told = str(error)
        assert told
