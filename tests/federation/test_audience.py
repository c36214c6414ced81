"""Destinations: few, honest, in the same order every time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from federation.outward.audience import destinations
from federation.ports import Destination


def test_a_shared_inbox_of_the_actors_origin_stands_for_all_its_actors() -> None:
    found = destinations(
        [
            ("https://a.test/u/anna/in", "https://a.test/in", "https://a.test/u/anna"),
            ("https://a.test/u/omar/in", "https://a.test/in", "https://a.test/u/omar"),
        ]
    )
    assert found == [Destination(inbox="https://a.test/in", host="a.test")]


def test_a_shared_inbox_of_another_origin_is_not_used() -> None:
    found = destinations(
        [("https://a.test/u/anna/in", "https://victim.test/in", "https://a.test/u/anna")]
    )
    assert found == [Destination(inbox="https://a.test/u/anna/in", host="a.test")]


def test_an_actor_without_shared_inbox_gets_it_personally() -> None:
    found = destinations([("https://a.test/u/anna/in", None, "https://a.test/u/anna")])
    assert [each.inbox for each in found] == ["https://a.test/u/anna/in"]


def test_a_port_is_part_of_the_host() -> None:
    found = destinations([("http://127.0.0.1:8101/in", None, "http://127.0.0.1:8101/wien")])
    assert found[0].host == "127.0.0.1:8101"


_INBOXES = st.tuples(
    st.sampled_from(["https://a.test/1", "https://b.test/2", "https://c.test:81/3"]),
    st.sampled_from([None, "https://a.test/s", "https://b.test/s"]),
    st.sampled_from(["https://a.test/x", "https://b.test/y"]),
)


@given(st.lists(_INBOXES))
def test_order_and_doubles_of_the_followers_make_no_difference(
    inboxes: list[tuple[str, str | None, str]],
) -> None:
    once = destinations(inboxes)
    assert destinations([*reversed(inboxes), *inboxes]) == once
    assert len({each.inbox for each in once}) == len(once)
