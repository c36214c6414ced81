"""A request is believed when all that matters is signed, for us, now, by the key; else refused."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from apsig.draft import Signer, Verifier
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from keys import cavage
from keys.dates import write_date
from keys.digests import digest
from keys.errors import (
    AlgorithmRefused,
    DigestMismatch,
    KeysError,
    NotCovered,
    SignatureInvalid,
    SignatureMalformed,
    SignatureMissing,
    SignatureTooOld,
    WrongHost,
)
from keys.http_signatures import Scheme, check, parse, sign, verify
from keys.keypair import RSAPrivateKey, make_ed25519, make_rsa
from keys.message import Request
from keys.serialisation import public_pem

KEY_ID = "https://graz.test/users/bob#main-key"
OURS = frozenset({"wien.test"})
MASTODON_POST = ("host", "date", "digest", "content-type", "(request-target)")


def believe(request: Request, key: RSAPrivateKey, now: datetime) -> None:
    """All three steps; returns when the request is believed."""
    signature = parse(request)
    check(request, signature, now=now, authorities=OURS)
    verify(request, signature, key.public_key())


def dressed(request: Request, now: datetime) -> Request:
    """The request with the headers that a peer sends."""
    pairs = [("Host", request.authority), ("Date", write_date(now))]
    if request.method == "POST":
        pairs.append(("Digest", digest(request.body)))
    return request.with_headers(pairs)


def signed_over(
    request: Request,
    covered: Sequence[str],
    key: RSAPrivateKey,
    *,
    created: datetime | None = None,
    expires: datetime | None = None,
) -> Request:
    """The request signed by a peer over just these components, `hs2019` where a time is given."""
    signature = key.sign(
        cavage.signing_string(request, covered, created=created, expires=expires),
        PKCS1v15(),
        SHA256(),
    )
    header = f'keyId="{KEY_ID}",headers="{" ".join(covered)}"'
    for name, moment in (("created", created), ("expires", expires)):
        header += "" if moment is None else f",{name}={int(moment.timestamp())}"
    header += f',signature="{base64.b64encode(signature).decode()}"'
    return request.with_headers([("Signature", header)])


# --- what is believed ----------------------------------------------------------------------------


def test_our_post_is_believed(post: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now)
    believe(signed, rsa, now)
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
    believe(signed, rsa, now)
    assert parse(signed).covered == ("(request-target)", "host", "date")
    assert signed.header("digest") is None


def test_a_post_without_content_type_is_signed_without_it(
    rsa: RSAPrivateKey, now: datetime
) -> None:
    request = Request(method="POST", url="https://wien.test/inbox")
    signed = sign(request, key_id=KEY_ID, key=rsa, now=now)
    assert parse(signed).covered == ("(request-target)", "host", "date", "digest")
    believe(signed, rsa, now)


def test_signing_again_replaces_what_was_signed_before(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    later = now + timedelta(days=3)
    twice = sign(sign(post, key_id=KEY_ID, key=rsa, now=now), key_id=KEY_ID, key=rsa, now=later)
    assert len(twice.headers) == 5
    believe(twice, rsa, later)


@pytest.mark.parametrize("extra", [(), ("collection-synchronization",)])
def test_mastodons_post_is_believed(
    post: Request, rsa: RSAPrivateKey, now: datetime, extra: tuple[str, ...]
) -> None:
    request = dressed(post, now).with_headers([("Collection-Synchronization", 'digest="00"')])
    covered = (*MASTODON_POST[:-1], *extra, MASTODON_POST[-1])
    believe(signed_over(request, covered, rsa), rsa, now)


@pytest.mark.parametrize("covered", [("host", "date", "accept"), ("host", "date")])
def test_mastodons_get_is_believed(
    get: Request, rsa: RSAPrivateKey, now: datetime, covered: tuple[str, ...]
) -> None:
    believe(signed_over(dressed(get, now), (*covered, "(request-target)"), rsa), rsa, now)


def test_created_may_stand_for_the_date(post: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    covered = ("(request-target)", "(created)", "host", "digest")
    believe(signed_over(dressed(post, now), covered, rsa, created=now), rsa, now)


def test_a_get_may_be_signed_without_its_query(
    get: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    bare = replace(get, url="https://wien.test/events")
    signed = sign(bare, key_id=KEY_ID, key=rsa, now=now)
    believe(replace(signed, url=get.url), rsa, now)


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
    believe(request, rsa, datetime.now(UTC))


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


@pytest.mark.parametrize("headers", [[], [("Signature", "sig1=:QQ==:")]])
def test_rfc_9421_is_refused_with_its_name(post: Request, headers: list[tuple[str, str]]) -> None:
    request = post.with_headers([("Signature-Input", 'sig1=("@method");keyid="k"'), *headers])
    with pytest.raises(AlgorithmRefused, match="RFC 9421 is not spoken yet"):
        parse(request)


def test_a_draft_signature_beside_signature_input_is_read(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now)
    both = signed.with_headers([("Signature-Input", 'sig1=("@method")')])
    believe(both, rsa, now)


# --- check refuses -------------------------------------------------------------------------------


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
    believe(signed_over(head, covered, rsa), rsa, now)


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
    believe(signed_over(request, MASTODON_POST, rsa), rsa, now)


@pytest.mark.parametrize("age", [timedelta(hours=1), timedelta(0), timedelta(minutes=-5)])
def test_a_date_within_the_window_is_believed(
    post: Request, rsa: RSAPrivateKey, now: datetime, age: timedelta
) -> None:
    believe(sign(post, key_id=KEY_ID, key=rsa, now=now - age), rsa, now)


@pytest.mark.parametrize(
    "age",
    [
        timedelta(hours=1, seconds=1),
        timedelta(hours=13),
        timedelta(days=2),
        timedelta(days=20_000),
        timedelta(minutes=-5, seconds=-1),
        timedelta(days=-365),
    ],
)
def test_a_date_outside_the_window_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime, age: timedelta
) -> None:
    with pytest.raises(SignatureTooOld):
        believe(sign(post, key_id=KEY_ID, key=rsa, now=now - age), rsa, now)


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_the_calendar_are_refused_without_a_stumble(
    post: Request, rsa: RSAPrivateKey, now: datetime, year: int
) -> None:
    moment = datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)
    with pytest.raises(SignatureTooOld):
        believe(sign(post, key_id=KEY_ID, key=rsa, now=moment), rsa, now)


def test_a_date_in_another_form_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    request = dressed(post, now).with_headers([("Date", "Sat, 05 Dec 2026 18:00:00 +0000")])
    with pytest.raises(SignatureMalformed):
        believe(signed_over(request, MASTODON_POST, rsa), rsa, now)


@pytest.mark.parametrize(
    ("life", "age", "believed"),
    [
        (timedelta(minutes=5), timedelta(hours=1, minutes=4), True),
        (timedelta(minutes=5), timedelta(hours=1, minutes=6), False),
        (timedelta(hours=8), timedelta(hours=8, minutes=59), True),
        (timedelta(hours=8), timedelta(hours=9, minutes=1), False),
        (timedelta(days=3650), timedelta(hours=12), True),
        (timedelta(days=3650), timedelta(hours=12, seconds=1), False),
        (timedelta(hours=-2), timedelta(0), False),
    ],
)
def test_a_signed_expiry_counts_for_twelve_hours_at_most(
    post: Request,
    rsa: RSAPrivateKey,
    now: datetime,
    life: timedelta,
    age: timedelta,
    believed: bool,
) -> None:
    created = now - age
    covered = ("(request-target)", "(created)", "(expires)", "host", "digest")
    signed = signed_over(dressed(post, now), covered, rsa, created=created, expires=created + life)
    if believed:
        believe(signed, rsa, now)
    else:
        with pytest.raises(SignatureTooOld):
            believe(signed, rsa, now)


def test_times_that_are_not_signed_do_not_count(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    old = dressed(post, now - timedelta(hours=2))
    signed = signed_over(old, MASTODON_POST, rsa, created=now, expires=now + timedelta(hours=1))
    with pytest.raises(SignatureTooOld):
        believe(signed, rsa, now)


def test_where_two_times_are_signed_both_must_hold(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    covered = (*MASTODON_POST, "(created)")
    for date, created in ((timedelta(hours=2), timedelta(0)), (timedelta(0), timedelta(hours=2))):
        request = dressed(post, now - date)
        with pytest.raises(SignatureTooOld):
            believe(signed_over(request, covered, rsa, created=now - created), rsa, now)


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
    assert len(errors) == len(reasons) == 11
    assert all(reason.replace("-", "").isalpha() for reason in reasons)
