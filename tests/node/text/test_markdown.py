"""Tests of node/text/markdown.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.text.markdown import to_html


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("**a** *b*", "<p><strong>a</strong> <em>b</em></p>"),
        ("a\nb", "<p>a<br>\nb</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>"),
        ("# a", "<p># a</p>"),
        ("![a](https://x.example/1.png)", None),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ("", ""),
    ],
)
def test_emphasis_lists_links_and_line_breaks_are_all_there_is(markdown: str, expected: str | None):
    html = to_html(markdown)

    assert "<img" not in html
    assert expected is None or html == expected


def test_a_link_is_a_link():
    expected = '<p><a href="https://x.example/" rel="nofollow noopener noreferrer">a</a></p>'

    assert to_html("[a](https://x.example/)") == expected


@given(st.text(max_size=300))
def test_no_text_breaks_it_or_brings_a_script(text: str):
    assert "<script" not in to_html(text).casefold()
