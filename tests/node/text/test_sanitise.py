"""Tests of node/text/sanitise.py."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.text.sanitise import LIMIT, TAGS, clean, plain, strip_bidi, web_link


@pytest.mark.parametrize(
    ("dirty", "expected"),
    [
        ("<p>a<script>alert(1)</script></p>", "<p>a</p>"),
        ('<p onclick="x" style="color:red" class="mention">a</p>', "<p>a</p>"),
        ('<img src="https://x.example/1.png">', ""),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="nofollow noopener noreferrer">a</a>'),
        ('<a href="http://x.example">a</a>', '<a rel="nofollow noopener noreferrer">a</a>'),
        ("<!-- hidden -->a", "a"),
        ("<iframe src='https://x.example'></iframe>", ""),
        ('<bdi dir="rtl" lang="ar">س</bdi>', '<bdi dir="rtl" lang="ar">س</bdi>'),
        ('<ol start="3"><li value="4">a</li></ol>', '<ol start="3"><li value="4">a</li></ol>'),
    ],
)
def test_only_harmless_markup_stays(dirty: str, expected: str):
    assert clean(dirty) == expected


def test_links_go_to_https_and_tell_nothing():
    expected = '<a href="https://x.example/" rel="nofollow noopener noreferrer">a</a>'

    assert clean('<a href="https://x.example/" target="_blank" rel="me">a</a>') == expected


@given(st.text(alphabet=st.sampled_from("<>/=\"' abpi\u202escriptonclick&;#"), max_size=200))
def test_whatever_comes_no_foreign_element_leaves(text: str):
    for name in re.findall(r"<\s*/?\s*([^\s>/]+)", clean(text)):
        assert name in TAGS


def test_a_very_long_text_is_cut():
    assert len(clean("a" * (LIMIT * 2))) == LIMIT


def test_plain_text_keeps_words_and_lines_and_no_markup():
    assert plain("<p>a &amp; <b>b</b></p><p>c<br>d</p>") == "a & b\nc\nd"
    assert plain("<p>1 &lt; 2</p><script>x</script>") == "1 < 2"


def test_marks_that_turn_other_text_are_taken_out_and_joiners_stay():
    assert strip_bidi("a\u202eb\u2066c\u2069\u200b") == "abc"
    assert strip_bidi("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//x.example", "https://", "https://a@b.example",
     "https://x.example/ y", "https://x.example\\@y", "https://[", "ftp://x.example", ""],
)  # fmt: skip
def test_what_is_no_web_address_is_no_link(url: str):
    assert web_link(url) is None


def test_a_web_address_is_a_link_as_it_is():
    assert web_link("https://x.example:8443/a?b=c#d") == "https://x.example:8443/a?b=c#d"
