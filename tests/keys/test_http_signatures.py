"""A request is believed when all that matters is signed, for us, now, by the key; else refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from apsig.draft import Signer, Verifier

from keys.errors import (
    AlgorithmRefused,
    KeysError,
    NotCovered,
    SignatureInvalid,
    SignatureMalformed,
    SignatureMissing,
    WrongHost,
)
from keys.http_signatures import Scheme, check, parse, sign, verify
from keys.keypair import RSAPrivateKey, make_ed25519, make_rsa
from keys.message import Request
from keys.serialisation import public_pem
from tests.support.draft_signing import KEY_ID, MASTODON_POST, believe, dressed, signed_over

# --- what is believed ----------------------------------------------------------------------------


def test_our_post_is_believed(post: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now)
    assert believe(signed, rsa, now) == KEY_ID
    signature = parse(signed)
    assert signature.scheme is Scheme.DRAFT_CAVAGE
    assert signature.key_id == KEY_ID
    assert signature.algorithm == "rsa-sha256"
    assert signature.covered == ("(request-target)", "host", "date", "digest", "content-type")
    assert [name for name, _ in signed.headers] == [
        *("Content-Type", "Host", "Date", "Digest", "Signature")
    ]


def test_our_get_is_believed(get: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    signed = sign(get, key_id=KEY_ID, key=rsa, now=now)
    assert believe(signed, rsa, now) == KEY_ID
    assert parse(signed).covered == ("(request-target)", "host", "date")
    assert signed.header("digest") is None


def test_a_post_without_content_type_is_signed_without_it(
    rsa: RSAPrivateKey, now: datetime
) -> None:
    request = Request(method="POST", url="https://wien.test/inbox")
    signed = sign(request, key_id=KEY_ID, key=rsa, now=now)
    assert parse(signed).covered == ("(request-target)", "host", "date", "digest")
    assert believe(signed, rsa, now) == KEY_ID


def test_signing_again_replaces_what_was_signed_before(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    later = now + timedelta(days=3)
    twice = sign(sign(post, key_id=KEY_ID, key=rsa, now=now), key_id=KEY_ID, key=rsa, now=later)
    assert len(twice.headers) == 5
    assert believe(twice, rsa, later) == KEY_ID


@pytest.mark.parametrize("extra", [(), ("collection-synchronization",)])
def test_mastodons_post_is_believed(
    post: Request, rsa: RSAPrivateKey, now: datetime, extra: tuple[str, ...]
) -> None:
    request = dressed(post, now).with_headers([("Collection-Synchronization", 'digest="00"')])
    covered = (*MASTODON_POST[:-1], *extra, MASTODON_POST[-1])
    assert believe(signed_over(request, covered, rsa), rsa, now) == KEY_ID


@pytest.mark.parametrize("covered", [("host", "date", "accept"), ("host", "date")])
def test_mastodons_get_is_believed(
    get: Request, rsa: RSAPrivateKey, now: datetime, covered: tuple[str, ...]
) -> None:
    assert (
        believe(signed_over(dressed(get, now), (*covered, "(request-target)"), rsa), rsa, now)
        == KEY_ID
    )


def test_created_may_stand_for_the_date(post: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    covered = ("(request-target)", "(created)", "host", "digest")
    assert believe(signed_over(dressed(post, now), covered, rsa, created=now), rsa, now) == KEY_ID


def test_a_get_may_be_signed_without_its_query(
    get: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    bare = replace(get, url="https://wien.test/events")
    signed = sign(bare, key_id=KEY_ID, key=rsa, now=now)
    assert believe(replace(signed, url=get.url), rsa, now) == KEY_ID


def test_a_node_on_a_port_knows_itself_by_it(rsa: RSAPrivateKey, now: datetime) -> None:
    request = Request(method="GET", url="http://127.0.0.1:8101/users/wien")
    signed = sign(request, key_id=KEY_ID, key=rsa, now=now)
    check(signed, parse(signed), now=now, authorities={"127.0.0.1:8101"})
    with pytest.raises(WrongHost):
        check(signed, parse(signed), now=now, authorities={"127.0.0.1"})


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_apsig_believes_us(rsa: RSAPrivateKey, method: str) -> None:
    request = Request(
        method=method,
        url="https://wien.test/users/alice/inbox",
        headers=(("Content-Type", "application/activity+json"),),
        body=b"{}" if method == "POST" else b"",
    )
    # apsig asks the clock itself.
    signed = sign(request, key_id=KEY_ID, key=rsa, now=datetime.now(UTC))
    pem = public_pem(rsa.public_key())
    verifier = Verifier(pem, method, request.url, dict(signed.headers), request.body)
    assert verifier.verify(raise_on_fail=True) == KEY_ID


@pytest.mark.parametrize(("method", "query"), [("GET", ""), ("GET", "?page=1"), ("POST", "")])
def test_we_believe_apsig(rsa: RSAPrivateKey, method: str, query: str) -> None:
    url, body = "https://wien.test/users/alice/inbox" + query, b"{}" if method == "POST" else b""
    headers = Signer({}, rsa, method, url, KEY_ID, body).sign()
    request = Request(method=method, url=url, headers=tuple(headers.items()), body=body)
    assert believe(request, rsa, datetime.now(UTC)) == KEY_ID


# --- parse refuses -------------------------------------------------------------------------------


def test_an_unsigned_request_is_refused(post: Request) -> None:
    with pytest.raises(SignatureMissing):
        parse(post)


def test_authorization_is_no_place_for_a_signature(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now)
    moved = post.with_headers([("Authorization", f"Signature {signed.header('signature')}")])
    with pytest.raises(SignatureMissing):
        parse(moved)


def test_two_signature_headers_are_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now)
    doubled = replace(signed, headers=(*signed.headers, signed.headers[-1]))
    with pytest.raises(SignatureMalformed):
        parse(doubled)


# --- verify refuses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://wien.test/users/bob/inbox",
        "https://wien.test/inbox",
        "https://wien.test//users/alice/inbox",
        "https://wien.test/./users/alice/inbox",
        "https://wien.test/users/alice/%69nbox",
        "https://wien.test/users/alice/inbox?",
        "https://wien.test/users/alice/inbox?x=1",
    ],
)
def test_a_post_to_another_path_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime, url: str
) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now)
    with pytest.raises(SignatureInvalid):
        believe(replace(signed, url=url), rsa, now)


def test_a_signed_query_cannot_be_left_out_or_changed(
    get: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    signed = sign(get, key_id=KEY_ID, key=rsa, now=now)
    for url in ("https://wien.test/events", "https://wien.test/events?page=3"):
        with pytest.raises(SignatureInvalid):
            believe(replace(signed, url=url), rsa, now)


def test_a_signed_get_is_no_post(get: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    signed = sign(get, key_id=KEY_ID, key=rsa, now=now)
    with pytest.raises(SignatureInvalid):
        verify(replace(signed, method="POST"), parse(signed), rsa.public_key())


def test_another_key_and_changed_bytes_are_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now)
    signature = parse(signed)
    with pytest.raises(SignatureInvalid):
        verify(signed, signature, make_rsa().public_key())
    for value in (b"", b"x", signature.value[:-1], signature.value + b"\0", bytes(256)):
        with pytest.raises(SignatureInvalid):
            verify(signed, replace(signature, value=value), rsa.public_key())


def test_an_ed25519_key_is_refused(post: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now)
    with pytest.raises(AlgorithmRefused):
        verify(signed, parse(signed), make_ed25519().public_key())


def test_verify_refuses_a_signed_component_that_is_not_there(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now)
    with pytest.raises(NotCovered):
        verify(replace(signed, headers=()), parse(signed), rsa.public_key())


def test_every_error_has_a_reason_of_its_own() -> None:
    errors = KeysError.__subclasses__()
    reasons = {error.reason for error in errors}
    assert len(errors) == len(reasons)
    assert all(reason.replace("-", "").isalpha() for reason in reasons)
