"""The summary of what is wrong with a form."""

from __future__ import annotations

from node.web.problems import with_labels

_ITEM = '<li><a href="#{name}">Please fill this in.</a></li>'


def told(name: str, field: str, colon: str = ":") -> str:
    page = _ITEM.format(name=name) + field
    return with_labels(page, {name: "Please fill this in."}, lambda word: colon).partition("</a>")[
        0
    ]


def test_the_summary_says_the_label_of_the_field():
    page = told("name", '<label for="name" class="x">Your <b>name</b>\n here</label>')
    assert page == '<li><a href="#name"><bdi>Your name here</bdi>: Please fill this in.'


def test_a_group_of_fields_is_named_by_its_legend():
    field = '<fieldset class="checks" id="languages">\n<legend>Languages</legend>'
    assert "<bdi>Languages</bdi> : Please" in told("languages", field, " :")


def test_a_label_that_asks_is_not_followed_by_a_colon():
    assert "<bdi>ماذا؟</bdi> Please" in told("x", '<label for="x">ماذا؟</label>')


def test_what_has_no_label_is_left_as_it_is_and_markup_in_a_label_stays_escaped():
    assert told("x", '<label for="y">Y</label>') == '<li><a href="#x">Please fill this in.'
    assert "<bdi>&lt;b&gt;</bdi>" in told("x", '<label for="x">&lt;b&gt;</label>')
