"""A signature by the draft that leaves open what matters is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from keys.digests import digest
from keys.errors import (
    DigestMismatch,
    NotCovered,
    SignatureInvalid,
    SignatureMalformed,
    WrongHost,
)
from keys.http_signatures import sign
from keys.keypair import RSAPrivateKey
from keys.message import Request
from tests.support.draft_signing import KEY_ID, MASTODON_POST, believe, dressed, signed_over


@pytest.mark.parametrize(
    "covered",
    [
        (),
        ("date",),
        ("(request-target)",),
        *(tuple(n for n in MASTODON_POST if n != left) for left in ("host", "date", "digest")),
        MASTODON_POST[:-1],
    ],
)
def test_a_post_that_leaves_out_what_matters_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime, covered: tuple[str, ...]
) -> None:
    with pytest.raises(NotCovered):
        believe(signed_over(dressed(post, now), covered, rsa), rsa, now)


@pytest.mark.parametrize("left", ["(request-target)", "host", "date"])
def test_a_get_that_leaves_out_what_matters_is_refused(
    get: Request, rsa: RSAPrivateKey, now: datetime, left: str
) -> None:
    covered = tuple(n for n in ("(request-target)", "host", "date") if n != left)
    with pytest.raises(NotCovered):
        believe(signed_over(dressed(get, now), covered, rsa), rsa, now)


def test_absent_headers_parameter_covers_too_little(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    signed = signed_over(dressed(post, now), ("date",), rsa)
    header = (signed.header("signature") or "").replace(',headers="date"', "")
    with pytest.raises(NotCovered):
        believe(signed.with_headers([("Signature", header)]), rsa, now)


def test_every_method_but_get_and_head_needs_a_digest(rsa: RSAPrivateKey, now: datetime) -> None:
    covered = ("(request-target)", "host", "date")
    for method in ("POST", "PUT", "PATCH", "DELETE", "post"):
        request = dressed(Request(method=method, url="https://wien.test/inbox"), now)
        with pytest.raises(NotCovered):
            believe(signed_over(request, covered, rsa), rsa, now)
    head = dressed(Request(method="HEAD", url="https://wien.test/inbox"), now)
    assert believe(signed_over(head, covered, rsa), rsa, now) == KEY_ID


def test_a_get_with_a_body_needs_a_digest(get: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    signed = sign(get, key_id=KEY_ID, key=rsa, now=now)
    with pytest.raises(NotCovered):
        believe(replace(signed, body=b"x"), rsa, now)


@pytest.mark.parametrize("missing", ["content-type", "date", "host"])
def test_a_signed_header_that_was_not_sent_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime, missing: str
) -> None:
    signed = signed_over(dressed(post, now), MASTODON_POST, rsa)
    kept = tuple(pair for pair in signed.headers if pair[0].lower() != missing)
    with pytest.raises(NotCovered, match="not sent"):
        believe(replace(signed, headers=kept), rsa, now)


def test_created_that_is_signed_but_not_sent_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    signed = signed_over(dressed(post, now), MASTODON_POST, rsa)
    header = (signed.header("signature") or "").replace(" date ", " (created) ")
    with pytest.raises(NotCovered, match="not sent"):
        believe(signed.with_headers([("Signature", header)]), rsa, now)


def test_a_missing_digest_is_refused(post: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    signed = signed_over(dressed(post, now), MASTODON_POST, rsa)
    kept = tuple(pair for pair in signed.headers if pair[0] != "Digest")
    with pytest.raises(DigestMismatch, match="missing"):
        believe(replace(signed, headers=kept), rsa, now)


def test_another_body_is_refused(post: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now)
    with pytest.raises(DigestMismatch):
        believe(replace(signed, body=b'{"type":"Delete"}'), rsa, now)


def test_another_body_with_its_own_digest_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now)
    forged = replace(signed, body=b"{}").with_headers([("Digest", digest(b"{}"))])
    with pytest.raises(SignatureInvalid):
        believe(forged, rsa, now)


def test_a_signed_digest_of_another_kind_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    good = digest(post.body)
    for header in ("MD5=rL0Y20zC+Fzt72VPzMSk2A==", good.replace("256", "512"), f"{good},{good}"):
        request = dressed(post, now).with_headers([("Digest", header)])
        with pytest.raises(DigestMismatch):
            believe(signed_over(request, MASTODON_POST, rsa), rsa, now)


@pytest.mark.parametrize("name", ["Host", "Date", "Digest", "Content-Type"])
def test_a_signed_header_sent_twice_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime, name: str
) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now)
    for pair in ((name, signed.header(name) or ""), (name.upper(), "other")):
        with pytest.raises(SignatureMalformed):
            believe(replace(signed, headers=(pair, *signed.headers)), rsa, now)


@pytest.mark.parametrize(
    "host",
    [
        "other.test",
        "wien.test.evil.test",
        "wien.test.",
        "wien.test:8080",
        "a@wien.test",
        "",
        "wien",
    ],
)
def test_a_request_for_another_host_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime, host: str
) -> None:
    request = dressed(post, now).with_headers([("Host", host)])
    with pytest.raises(WrongHost):
        believe(signed_over(request, MASTODON_POST, rsa), rsa, now)


@pytest.mark.parametrize("host", ["wien.test:443", "WIEN.test"])
def test_our_host_is_known_in_any_case_and_with_the_default_port(
    post: Request, rsa: RSAPrivateKey, now: datetime, host: str
) -> None:
    request = dressed(post, now).with_headers([("Host", host)])
    assert believe(signed_over(request, MASTODON_POST, rsa), rsa, now) == KEY_ID
