"""Whom a rule covers, and what counts of several."""

from __future__ import annotations

import timeit
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import AddressRefused, Blocked
from federation.network.border import Border
from federation.policy import Everyone, RuleBook, Rules, Standing, covering
from federation.ports import Response
from keys.message import Request

SUSPENDED, LIMITED, TRUSTED, OPEN = (
    Standing.SUSPENDED,
    Standing.LIMITED,
    Standing.TRUSTED,
    Standing.OPEN,
)


def book(allow_list: bool = False, actors: dict[str, Standing] | None = None, **hosts: Standing):
    """A book with rules for hosts, written with _ for the dots."""
    named = {name.replace("_", "."): standing for name, standing in hosts.items()}
    return RuleBook(Rules(hosts=named, actors=actors or {}, allow_list=allow_list))


@pytest.mark.parametrize(
    "host",
    ["evil.test", "EVIL.test", "evil.test.", "a.evil.test", "a.b.evil.test", "evil.test:8443",
     "evil.test:443", "A.Evil.Test.:99"],
)  # fmt: skip
def test_b18_a_rule_covers_every_spelling_port_and_sub_domain(host):
    assert book(evil_test=SUSPENDED).blocked(host)


@pytest.mark.parametrize(
    "host",
    ["evil.test.good.test", "notevil.test", "evil.test2", "evil", "test", "evil-test", "evil.tes"],
)
def test_b18_a_rule_covers_no_name_that_only_looks_alike(host):
    assert not book(evil_test=SUSPENDED).blocked(host)


def test_b18_both_forms_of_an_international_name_are_one():
    rules = RuleBook(Rules(hosts={"xn--bse-sna.test": SUSPENDED}))
    assert rules.blocked("böse.test")
    assert rules.blocked("BÖSE.test")
    assert rules.blocked("www.xn--bse-sna.test")


@pytest.mark.parametrize("host", ["", "a b", "user@evil.test", "evil..test", "ev\x00il.test", "/"])
def test_what_is_no_name_of_a_host_is_not_spoken_with(host):
    assert book().blocked(host)


def test_a_rule_with_a_port_covers_this_port_alone():
    rules = RuleBook(Rules(hosts={"localhost:8081": SUSPENDED}))
    assert rules.blocked("localhost:8081")
    assert not rules.blocked("localhost:8082")
    assert not rules.blocked("localhost")


def test_the_parts_of_an_address_are_no_domains():
    rules = RuleBook(Rules(hosts={"0.0.1": SUSPENDED, "1": SUSPENDED, "[::1]": SUSPENDED}))
    assert not rules.blocked("127.0.0.1:80")
    assert rules.blocked("[::1]:8080")


def test_of_several_rules_the_strictest_counts():
    rules = book(evil_test=SUSPENDED, ok_evil_test=TRUSTED, half_test=LIMITED)
    assert rules.standing("https://ok.evil.test/a") is SUSPENDED
    assert rules.standing("https://www.half.test/a") is LIMITED
    assert rules.standing("https://other.test/a") is OPEN


def test_an_actor_can_be_suspended_or_trusted_alone():
    rules = book(
        actors={"https://a.test/bad": SUSPENDED, "https://a.test/good": TRUSTED}, half_test=LIMITED
    )
    assert rules.actor_blocked("https://a.test/bad")
    assert not rules.actor_blocked("https://a.test/other")
    assert not rules.blocked("a.test")
    assert rules.standing("https://a.test/good") is TRUSTED


def test_a_trusted_actor_of_a_limited_server_is_limited():
    rules = book(actors={"https://half.test/good": TRUSTED}, half_test=LIMITED)
    assert rules.standing("https://half.test/good") is LIMITED


def test_in_allow_list_mode_only_those_on_the_list_are_spoken_with():
    rules = RuleBook(
        Rules(
            hosts={"friend.test": OPEN, "half.test": LIMITED, "evil.test": SUSPENDED},
            actors={"https://one.test/a": TRUSTED, "https://bad.test/a": SUSPENDED},
            followed=frozenset({"followed.test"}),
            allow_list=True,
        )
    )
    spoken_with = ["friend.test", "www.friend.test", "half.test", "one.test", "followed.test"]
    assert [host for host in spoken_with if rules.blocked(host)] == []
    others = ["stranger.test", "evil.test", "bad.test", "friend.test.evil2.test"]
    assert [host for host in others if not rules.blocked(host)] == []
    assert not rules.allows_out("stranger.test")


def test_new_rules_take_the_place_of_all_that_went_before():
    rules = book(evil_test=SUSPENDED)
    rules.replace(Rules(hosts={"other.test": SUSPENDED}))
    assert not rules.blocked("evil.test")
    assert rules.blocked("other.test")


def test_without_rules_everybody_is_spoken_with():
    everyone = Everyone()
    assert not everyone.blocked("evil.test")
    assert not everyone.actor_blocked("https://evil.test/a")
    assert everyone.allows_out("evil.test")
    assert everyone.standing("https://evil.test/a") is OPEN


@given(st.text(max_size=80))
def test_no_text_makes_the_question_fail(text):
    rules = book(evil_test=SUSPENDED)
    rules.blocked(text)
    rules.actor_blocked(text)
    rules.standing(f"https://{text}/a")
    assert all(len(name) <= 300 for name in covering(text))


def test_the_question_takes_no_longer_with_many_rules():
    few, many = (
        book(evil_test=SUSPENDED),
        RuleBook(Rules(hosts={f"h{number}.test": SUSPENDED for number in range(50_000)})),
    )
    times = [
        min(timeit.repeat(partial(each.blocked, "a.b.c.test"), number=2000, repeat=5))
        for each in (few, many)
    ]
    assert times[1] < 5 * times[0]


# --- the border ---


class Reached(Exception):
    """The transport behind the border was asked."""


class Beyond:
    async def send(self, request: Request, *, limit: int, seconds: float) -> Response:
        raise Reached


def get(url: str) -> Request:
    return Request(method="GET", url=url, headers=())


@pytest.mark.parametrize(
    "url", ["https://evil.test/a", "https://a.EVIL.test:9/", "https://b.test/bad"]
)
async def test_nothing_leaves_for_those_who_are_suspended(url):
    border = Border(Beyond(), book(actors={"https://b.test/bad": SUSPENDED}, evil_test=SUSPENDED))
    with pytest.raises(Blocked):
        await border.send(get(url), limit=1, seconds=1)


async def test_everything_else_goes_through():
    border = Border(Beyond(), book(evil_test=SUSPENDED))
    with pytest.raises(Reached):
        await border.send(get("https://good.test/a"), limit=1, seconds=1)


async def test_the_border_asks_anew_for_every_request():
    rules = book()
    border = Border(Beyond(), rules)
    rules.replace(Rules(hosts={"good.test": SUSPENDED}))
    with pytest.raises(Blocked):
        await border.send(get("https://good.test/a"), limit=1, seconds=1)


async def test_what_is_no_address_is_refused():
    with pytest.raises(AddressRefused):
        await Border(Beyond(), book()).send(get("ftp://good.test/a"), limit=1, seconds=1)
