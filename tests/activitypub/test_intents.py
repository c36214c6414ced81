"""Activity intents: which template of a server serves, and what becomes of it."""

from __future__ import annotations

import pytest

from activitypub.intents import Intent, filled, template_for
from activitypub.webfinger import read

FEP = "https://w3id.org/fep/3b86/"
OSTATUS = "http://ostatus.org/schema/1.0/subscribe"


def chosen(intent: Intent, *links: tuple[str, str]) -> str | None:
    """The template out of links of (relation, template)."""
    named = [{"rel": rel, "template": template} for rel, template in links]
    return template_for(read({"subject": "acct:a@b.example", "links": named}), intent)


def test_what_is_meant_exactly_comes_first_then_the_thing_then_ostatus():
    every = [(FEP + "Follow", "f"), (FEP + "Object", "o"), (OSTATUS, "s")]
    assert chosen(Intent.FOLLOW, *every) == "f"
    assert chosen(Intent.FOLLOW, *every[1:]) == "o"
    assert chosen(Intent.FOLLOW, *every[2:]) == "s"
    assert chosen(Intent.FOLLOW) is None


def test_an_event_is_not_sent_to_where_only_accounts_can_be_followed():
    join = (FEP + "Join", "j")
    only = (OSTATUS, "https://b.example/follow?url={uri}")
    anything = (OSTATUS, "https://b.example/authorize_interaction?uri={uri}")
    assert chosen(Intent.JOIN, only, join) == "j"
    assert chosen(Intent.JOIN, (FEP + "Follow", "f"), only) is None
    assert chosen(Intent.JOIN, anything) == anything[1]
    assert chosen(Intent.JOIN, (OSTATUS, "https://[/interact?{uri}")) is None


@pytest.mark.parametrize(
    ("template", "address"),
    [
        (
            "https://b.example/x?uri={uri}",
            "https://b.example/x?uri=https%3A%2F%2Fa.example%2Fe%2F1",
        ),
        ("https://b.example/{object}/go", "https://b.example/https%3A%2F%2Fa.example%2Fe%2F1/go"),
        (
            "https://b.example/x?o={object}&ok={on-success}",
            "https://b.example/x?o=https%3A%2F%2Fa.example%2Fe%2F1&ok=",
        ),
        ("https://b.example/share?text={content}", None),
        ("https://b.example/x", None),
        ("https://b.example/" + "x" * 1000 + "{uri}", None),
    ],
)
def test_a_template_is_filled_with_the_thing_and_with_nothing_else(
    template: str, address: str | None
):
    assert filled(template, "https://a.example/e/1") == address
