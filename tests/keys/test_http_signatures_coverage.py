"""What a signature by RFC 9421 leaves open, or signs at another time or place, is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from keys.digests import content_digest, digest
from keys.errors import (
    DigestMismatch,
    NotCovered,
    SignatureInvalid,
    SignatureMalformed,
    SignatureTooOld,
    WrongHost,
)
from keys.http_signatures import Scheme, sign
from keys.keypair import RSAPrivateKey
from keys.message import Request
from tests.support.signing import (
    APSIG,
    FEDIFY,
    KEY_ID,
    MASTODON,
    believe,
    dressed,
    signed_over,
)

# --- check refuses -------------------------------------------------------------------------------


@pytest.mark.parametrize("left", MASTODON)
def test_a_post_that_leaves_out_what_matters_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime, left: str
) -> None:
    covered = tuple(name for name in MASTODON if name != left)
    with pytest.raises(NotCovered):
        believe(signed_over(dressed(post, now), covered, rsa, now), rsa.public_key(), now)


def test_the_digest_of_the_draft_does_not_bind_the_body(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    request = dressed(post, now).with_headers([("Digest", digest(post.body))])
    with pytest.raises(NotCovered):
        covered = ("@method", "@target-uri", "digest")
        believe(signed_over(request, covered, rsa, now), rsa.public_key(), now)


def test_a_query_that_is_not_signed_is_refused(
    get: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    covered = ("@method", "@authority", "@path")
    with pytest.raises(NotCovered):
        believe(signed_over(dressed(get, now), covered, rsa, now), rsa.public_key(), now)
    bare = replace(get, url="https://wien.test/events")
    signed = signed_over(dressed(bare, now), covered, rsa, now)
    assert believe(signed, rsa.public_key(), now) == KEY_ID
    with pytest.raises(NotCovered):
        believe(replace(signed, url=get.url), rsa.public_key(), now)


def test_a_get_signed_without_its_query_is_refused(
    get: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    bare = replace(get, url="https://wien.test/events")
    signed = sign(bare, key_id=KEY_ID, key=rsa, now=now, scheme=Scheme.RFC9421)
    with pytest.raises(SignatureInvalid):
        believe(replace(signed, url=get.url), rsa.public_key(), now)


@pytest.mark.parametrize("missing", ["content-digest", "date", "host"])
def test_a_signed_header_that_was_not_sent_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime, missing: str
) -> None:
    signed = signed_over(dressed(post, now), FEDIFY, rsa, now)
    kept = tuple(pair for pair in signed.headers if pair[0].lower() != missing)
    wanted = DigestMismatch if missing == "content-digest" else NotCovered
    with pytest.raises(wanted, match=r"missing|not sent"):
        believe(replace(signed, headers=kept), rsa.public_key(), now)


def test_another_body_is_refused(post: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now, scheme=Scheme.RFC9421)
    with pytest.raises(DigestMismatch):
        believe(replace(signed, body=b'{"type":"Delete"}'), rsa.public_key(), now)
    forged = replace(signed, body=b"{}").with_headers([("Content-Digest", content_digest(b"{}"))])
    with pytest.raises(SignatureInvalid):
        believe(forged, rsa.public_key(), now)


def test_a_signed_content_digest_of_another_kind_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    good = content_digest(post.body)
    for header in (digest(post.body), good.replace("256", "512"), f"{good}, {good}", "sha-256=::"):
        request = dressed(post, now).with_headers([("Content-Digest", header)])
        with pytest.raises(DigestMismatch):
            believe(signed_over(request, MASTODON, rsa, now), rsa.public_key(), now)


def test_a_content_digest_of_a_get_must_be_right_too(
    get: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    request = dressed(get, now).with_headers([("Content-Digest", content_digest(b"x"))])
    with pytest.raises(DigestMismatch):
        believe(signed_over(request, MASTODON[:-1], rsa, now), rsa.public_key(), now)


def test_a_header_that_must_be_single_is_refused_when_doubled(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    signed = signed_over(dressed(post, now), FEDIFY, rsa, now)
    for name in ("Host", "Date", "Content-Digest"):
        doubled = replace(signed, headers=((name, signed.header(name) or ""), *signed.headers))
        with pytest.raises(SignatureMalformed):
            believe(doubled, rsa.public_key(), now)


def test_a27_a_request_for_another_host_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    elsewhere = replace(post, url="https://other.test/users/alice/inbox")
    for covered in (MASTODON, APSIG):
        signed = signed_over(dressed(elsewhere, now), covered, rsa, now)
        with pytest.raises(WrongHost):
            believe(signed, rsa.public_key(), now)
        with pytest.raises(WrongHost):
            believe(signed.with_headers([("Host", "wien.test")]), rsa.public_key(), now)
        # As it comes to us: our address, their Host; then with our Host.
        ours = replace(signed, url=post.url)
        with pytest.raises(WrongHost):
            believe(ours, rsa.public_key(), now)
        with pytest.raises(SignatureInvalid):
            believe(ours.with_headers([("Host", "wien.test")]), rsa.public_key(), now)


@pytest.mark.parametrize(
    ("age", "believed"),
    [
        (timedelta(hours=1), True),
        (timedelta(minutes=-5), True),
        (timedelta(hours=1, seconds=1), False),
        (timedelta(minutes=-5, seconds=-1), False),
        (timedelta(days=20_000), False),
        (timedelta(days=-365), False),
    ],
)
def test_created_counts_as_the_date_does(
    post: Request, rsa: RSAPrivateKey, now: datetime, age: timedelta, believed: bool
) -> None:
    signed = signed_over(dressed(post, now), MASTODON, rsa, now - age)
    if believed:
        assert believe(signed, rsa.public_key(), now) == KEY_ID
    else:
        with pytest.raises(SignatureTooOld):
            believe(signed, rsa.public_key(), now)


@pytest.mark.parametrize(
    ("life", "age", "believed"),
    [
        (timedelta(minutes=5), timedelta(hours=1, minutes=4), True),
        (timedelta(minutes=5), timedelta(hours=1, minutes=6), False),
        (timedelta(days=3650), timedelta(hours=12), True),
        (timedelta(days=3650), timedelta(hours=12, seconds=1), False),
        (timedelta(seconds=-1), timedelta(0), False),
    ],
)
def test_an_expiry_is_honoured_and_capped(
    post: Request,
    rsa: RSAPrivateKey,
    now: datetime,
    life: timedelta,
    age: timedelta,
    believed: bool,
) -> None:
    created = now - age
    more = f";expires={int((created + life).timestamp())}"
    signed = signed_over(dressed(post, now), MASTODON, rsa, created, more=more)
    if believed:
        assert believe(signed, rsa.public_key(), now) == KEY_ID
    else:
        with pytest.raises(SignatureTooOld):
            believe(signed, rsa.public_key(), now)


def test_a_signed_date_must_hold_beside_created(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    away, ahead, here = timedelta(hours=2), -timedelta(minutes=6), timedelta(0)
    for date, created in ((away, here), (here, away), (ahead, here), (here, ahead)):
        request = dressed(post, now - date)
        with pytest.raises(SignatureTooOld):
            believe(signed_over(request, FEDIFY, rsa, now - created), rsa.public_key(), now)
    # One that is not signed is nothing.
    old = dressed(post, now - timedelta(days=2))
    assert believe(signed_over(old, MASTODON, rsa, now), rsa.public_key(), now) == KEY_ID
