"""base58btc there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import KeyUnreadable
from keys.multibase import LONGEST, decode, encode


@pytest.mark.parametrize(
    ("data", "text"),
    [  # draft-msporny-base58-03, section 5
        (b"Hello World!", "z2NEpo7TZRRrLZSi2U"),
        (
            b"The quick brown fox jumps over the lazy dog.",
            "zUSm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
        ),
        (bytes.fromhex("0000287fb4cd"), "z11233QC4"),
        (b"", "z"),
    ],
)
def test_the_examples_of_the_draft(data: bytes, text: str) -> None:
    assert encode(data) == text
    assert decode(text) == data


@given(st.binary(max_size=80))
def test_what_was_written_is_read(data: bytes) -> None:
    assert decode(encode(data)) == data


@pytest.mark.parametrize("text", ["", "2NE", "Z2NE", "z0", "zO", "zI", "zl", "z2 N", "m2NE", "zé"])
def test_other_letters_and_bases_are_refused(text: str) -> None:
    with pytest.raises(KeyUnreadable):
        decode(text)


def test_a_long_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(KeyUnreadable):
        decode("z" + "2" * LONGEST)
