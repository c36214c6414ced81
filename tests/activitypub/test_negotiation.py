"""Documents for servers, pages for people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.names import ACCEPT_ACTIVITY, LD_JSON
from activitypub.negotiation import is_activity, wants_activity

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (ACCEPT_ACTIVITY, True),
        ("application/activity+json", True),
        ("Application/Activity+JSON", True),
        (LD_JSON, True),
        ("application/ld+json", True),
        ('application/activity+json, application/ld+json; profile="a,b;q=0", */*;q=0.1', True),
        ("*/*, application/activity+json", True),
        ("application/activity+json;q=0.5, text/html;q=0.4", True),
        ("application/activity+json, text/html", True),
        ("text/html, application/activity+json", False),
        ("application/activity+json;q=0.4, text/html;q=0.5", False),
        ("application/activity+json;q=0.4, */*", False),
        ("application/activity+json;q=0", False),
        ("application/activity+json;q=nan", False),
        (BROWSER, False),
        ("*/*", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_a_server_gets_the_document_and_a_browser_the_page(accept: str, wanted: bool):
    assert wants_activity(accept) is wanted


@pytest.mark.parametrize(
    ("content_type", "answer"),
    [
        ("application/activity+json", True),
        ("application/activity+json; charset=utf-8", True),
        (LD_JSON, True),
        (
            'application/ld+json; charset=utf-8; profile="https://www.w3.org/ns/activitystreams"',
            True,
        ),
        ('application/ld+json; profile="http://a https://www.w3.org/ns/activitystreams"', True),
        ("application/ld+json", False),
        ('application/ld+json; profile="https://www.w3.org/ns/activitystreams2"', False),
        ("application/json", False),
        ("text/html", False),
        ("", False),
    ],
)
def test_only_the_types_of_activitypub_are_activitypub(content_type: str, answer: bool):
    assert is_activity(content_type) is answer


@given(st.text())
def test_any_header_has_an_answer(header: str):
    assert wants_activity(header) in (True, False)
    assert is_activity(header) in (True, False)
