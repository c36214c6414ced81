"""A request says what its request line and headers said, or refuses to."""

from __future__ import annotations

import pytest

from keys.errors import SignatureMalformed
from keys.message import SENT_ONCE, Request


def a_get(url: str, *headers: tuple[str, str]) -> Request:
    return Request(method="GET", url=url, headers=headers)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://wien.test/inbox", "/inbox"),
        ("https://wien.test//inbox", "//inbox"),
        ("https://wien.test/./%69nbox?a=%2F&b", "/./%69nbox?a=%2F&b"),
        ("https://wien.test/u/alice#main-key", "/u/alice"),
        ("https://wien.test", "/"),
        ("https://wien.test?x=1", "/?x=1"),
        ("https://wien.test/a?b=/c@d", "/a?b=/c@d"),
    ],
)
def test_the_target_is_the_raw_path_and_query(url: str, target: str) -> None:
    assert a_get(url).target == target


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://Wien.TEST/", "wien.test"),
        ("https://wien.test:443/", "wien.test"),
        ("http://wien.test:80/", "wien.test"),
        ("https://wien.test:80/", "wien.test:80"),
        ("http://127.0.0.1:8101/x", "127.0.0.1:8101"),
        ("HTTP://[::1]:8101/x", "[::1]:8101"),
    ],
)
def test_the_authority_is_in_lower_case_without_the_default_port(url: str, authority: str) -> None:
    assert a_get(url).authority == authority


@pytest.mark.parametrize(
    "url",
    [
        "/inbox",
        "ftp://wien.test/",
        "https:///inbox",
        "https://victim.test@evil.test/",
        "https://wien.test/a b",
        "https://wien.test/a\r\nx",
        "https://wien.test/ü",
    ],
)
def test_an_odd_address_is_refused(url: str) -> None:
    with pytest.raises(SignatureMalformed):
        _ = a_get(url).target
    with pytest.raises(SignatureMalformed):
        _ = a_get(url).authority


def test_a_header_is_found_in_any_case_and_without_outer_blanks() -> None:
    request = a_get("https://wien.test/", ("DATE", " \tnow "))
    assert request.header("date") == "now"
    assert request.header("digest") is None


def test_a_header_sent_twice_is_refused() -> None:
    request = a_get("https://wien.test/", ("Host", "a"), ("host", "a"))
    with pytest.raises(SignatureMalformed, match="more than once"):
        request.header("Host")
    assert request.values("Host") == ("a", "a")


@pytest.mark.parametrize("value", ["a\r\nb", "a\nb", "a\0b", "a\x7fb", "a\ud800b"])
def test_control_characters_in_a_header_are_refused(value: str) -> None:
    with pytest.raises(SignatureMalformed, match="control"):
        a_get("https://wien.test/", ("Date", value)).header("date")


def test_a_new_header_takes_the_place_of_the_old_ones() -> None:
    request = a_get("https://wien.test/", ("host", "a"), ("HOST", "b"), ("Accept", "c"))
    assert request.with_headers([("Host", "d")]).headers == (("Accept", "c"), ("Host", "d"))
    assert request.headers[0] == ("host", "a")


def test_the_body_is_not_shown_in_logs() -> None:
    assert "secret" not in repr(Request(method="POST", url="https://wien.test/", body=b"secret"))


def test_a_value_that_was_looked_at_stays_the_same() -> None:
    request = a_get("https://wien.test/", ("Date", " now "), ("Accept", "a"), ("accept", " b"))
    for _ in range(2):
        assert request.header("DATE") == request.field("date") == "now"
        assert request.values("date") == ("now",)
        assert request.lines("date") == ["now"]
        assert request.lines("accept") == ["a", "b"]
        assert request.lines("digest") == []
        assert request.values("accept") == ("a", "b")
        assert request.field("accept") == "a, b"
        assert request.field("digest") is None
        assert request.values("digest") == ()
        with pytest.raises(SignatureMalformed, match="more than once"):
            request.header("accept")


@pytest.mark.parametrize("name", sorted(SENT_ONCE))
def test_some_headers_are_never_joined(name: str) -> None:
    with pytest.raises(SignatureMalformed, match="more than once"):
        a_get("https://wien.test/", (name, "a"), (name.title(), "b")).field(name)


def test_looking_at_a_request_does_not_change_it() -> None:
    request, same = (a_get("https://wien.test/", ("Date", "now")) for _ in range(2))
    request.header("date")
    assert request == same
    assert hash(request) == hash(same)
    assert repr(request) == repr(same)


def test_a_head_can_be_given_its_body_later() -> None:
    head = Request(method="POST", url="https://wien.test/", headers=(("Date", "now"), ("A", "b")))
    unread = head.with_body(b"first")
    assert head.header("date") == "now"
    request = head.with_body(b"said")
    assert (request.body, request.header("Date"), request.header("a")) == (b"said", "now", "b")
    assert unread.header("Date") == "now"
    assert request == Request(method="POST", url=head.url, headers=head.headers, body=b"said")
    assert head.body == b""


def test_headers_can_be_left_out() -> None:
    request = a_get("https://wien.test/", ("DIGEST", "a"), ("Accept", "c"), ("Signature", "s"))
    changed = request.with_headers([("Host", "d")], without="digest signature")
    assert changed.headers == (("Accept", "c"), ("Host", "d"))
