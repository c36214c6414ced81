"""Hosts, origins and handles are compared in one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activitypub.errors import HandleRefused, UrlRefused
from activitypub.identity import Handle, host_of, origin_of, same_origin


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Wien.Example/x", "wien.example"),
        ("https://wien.example.", "wien.example"),
        ("https://wien.example:443/", "wien.example"),
        ("http://wien.example:80", "wien.example"),
        ("https://wien.example:8101", "wien.example:8101"),
        ("http://127.0.0.1:8101/a?b#c", "127.0.0.1:8101"),
        ("https://bücher.example", "xn--bcher-kva.example"),
        ("https://[::1]:8443/", "[::1]:8443"),
        ("https://[0:0::1]/", "[::1]"),
    ],
)
def test_a_host_has_one_form(url: str, host: str):
    assert host_of(url) == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "wien.example",
        "ftp://wien.example",
        "https://",
        "https://user@wien.example",
        "https://wien.example@evil.example/",
        "https://wien.example\\@evil.example",
        "https://wien.example:0/",
        "https://wien.example:/",
        "https://wien.example:99999/",
        "https://wien.example:x/",
        "https://wien..example/",
        "https://wien .example/",
        "https://wien%2eexample/",
        "https://-wien.example/",
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        "https://wien.example/\n",
        "javascript:alert(1)",
        "https://" + "a" * 300 + ".example",
        "https://" + "a" * 3000,
    ],
)
def test_an_odd_address_is_refused(url: str):
    with pytest.raises(UrlRefused):
        host_of(url)


@given(st.text() | st.text().map(lambda text: f"https://{text}"))
def test_any_text_has_a_host_or_is_refused_and_the_form_is_final(text: str):
    try:
        host = host_of(text)
    except UrlRefused:
        return
    assert host_of(f"https://{host}").removesuffix(":80") == host.removesuffix(":80")


def test_an_origin_is_scheme_host_and_port():
    assert origin_of("https://Wien.example:443/x") == "https://wien.example"
    assert same_origin("https://wien.example/a", "https://WIEN.example:443/b")
    assert not same_origin("https://wien.example/a", "http://wien.example/a")
    assert not same_origin("https://wien.example", "https://wien.example:8443")
    assert not same_origin("https://wien.example", "https://wien.example.evil.example")
    assert not same_origin("nothing", "nothing")


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("@wien@wien.test:8101", "wien@wien.test:8101"),
        ("wien@Wien.Test", "wien@wien.test"),
        ("acct:wien@127.0.0.1:8101", "wien@127.0.0.1:8101"),
        (" @a.b-c_d@x.example ", "a.b-c_d@x.example"),
        ("@anna@bücher.example", "anna@xn--bcher-kva.example"),
    ],
)
def test_a_handle_is_read_in_each_spelling(text: str, handle: str):
    assert str(Handle.parse(text)) == handle
    assert Handle.parse(text).acct == f"acct:{handle}"


@pytest.mark.parametrize(
    "text",
    ["", "wien", "@wien", "@@wien.example", "a@b@c", "a b@c.example", "a@c/d", "a@", ".a@b.c"],
)
def test_what_is_not_a_handle_is_refused(text: str):
    with pytest.raises(HandleRefused):
        Handle.parse(text)
