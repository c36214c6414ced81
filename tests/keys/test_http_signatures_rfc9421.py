"""A request signed by RFC 9421 is believed under the same rules as one signed by the draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.hashes import SHA512

from keys import rfc9421
from keys.algorithms import make
from keys.digests import write_base64
from keys.errors import (
    AlgorithmRefused,
    ComponentRefused,
    SignatureInvalid,
    SignatureMalformed,
    SignatureMissing,
    SignatureTooOld,
    TwoSchemes,
)
from keys.http_signatures import Scheme, parse, sign, verify
from keys.keypair import PrivateKey, RSAPrivateKey, make_rsa
from keys.message import Request
from tests.support.signing import (
    APSIG,
    ED25519,
    FEDIFY,
    KEY_ID,
    MASTODON,
    WORDPRESS,
    believe,
    dressed,
    rewritten,
    signed_over,
)

# --- what is believed ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_our_post_is_believed(post: Request, rsa: RSAPrivateKey, now: datetime, kind: str) -> None:
    key: PrivateKey = rsa if kind == "rsa" else ED25519
    signed = sign(post, key_id=KEY_ID, key=key, now=now, scheme=Scheme.RFC9421)
    assert believe(signed, key.public_key(), now) == KEY_ID
    assert [name for name, _ in signed.headers] == [
        *("Content-Type", "Host", "Date", "Content-Digest", "Signature-Input", "Signature")
    ]
    assert signed.header("signature-input") == (
        'sig1=("@method" "@target-uri" "content-digest")'
        f';created={int(now.timestamp())};keyid="{KEY_ID}"'
    )


def test_the_digest_of_our_followers_is_signed_where_it_is_sent(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    sent = post.with_headers([("Collection-Synchronization", 'digest="00"')])
    signed = sign(sent, key_id=KEY_ID, key=rsa, now=now, scheme=Scheme.RFC9421)
    assert believe(signed, rsa.public_key(), now) == KEY_ID
    assert parse(signed).covered[-1] == "collection-synchronization"


def test_our_get_is_believed(get: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    signed = sign(get, key_id=KEY_ID, key=rsa, now=now, scheme=Scheme.RFC9421)
    assert believe(signed, rsa.public_key(), now) == KEY_ID
    assert parse(signed).covered == ("@method", "@target-uri")
    assert signed.header("content-digest") is None


def test_the_other_scheme_takes_the_place_of_the_first(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    draft = sign(post, key_id=KEY_ID, key=rsa, now=now)
    rfc = sign(draft, key_id=KEY_ID, key=rsa, now=now, scheme=Scheme.RFC9421)
    assert rfc.header("digest") is None
    assert believe(rfc, rsa.public_key(), now) == KEY_ID
    again = sign(rfc, key_id=KEY_ID, key=rsa, now=now)
    assert again == draft
    assert believe(again, rsa.public_key(), now) == KEY_ID


def test_the_draft_has_no_name_for_ed25519(post: Request, now: datetime) -> None:
    with pytest.raises(AlgorithmRefused):
        sign(post, key_id=KEY_ID, key=ED25519, now=now)


@pytest.mark.parametrize("covered", [MASTODON, WORDPRESS, FEDIFY, APSIG])
@pytest.mark.parametrize("more", ["", ';alg="rsa-v1_5-sha256"', ';nonce="n";tag="fediverse"'])
def test_what_peers_cover_in_a_post_is_enough(
    post: Request, rsa: RSAPrivateKey, now: datetime, covered: tuple[str, ...], more: str
) -> None:
    request = dressed(post, now)
    assert (
        believe(
            signed_over(request, covered, rsa, now, more=more, label="wp"), rsa.public_key(), now
        )
        == KEY_ID
    )


@pytest.mark.parametrize("covered", [MASTODON, WORDPRESS, FEDIFY])
def test_what_peers_cover_in_a_get_is_enough(
    get: Request, rsa: RSAPrivateKey, now: datetime, covered: tuple[str, ...]
) -> None:
    assert (
        believe(signed_over(dressed(get, now), covered[:-1], rsa, now), rsa.public_key(), now)
        == KEY_ID
    )


def test_the_order_of_the_parameters_is_free(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    # Fedify writes them in this order.
    request, created = dressed(post, now), int(now.timestamp())
    items = " ".join(f'"{name}"' for name in FEDIFY)
    parameters = f'({items});alg="rsa-v1_5-sha256";keyid="{KEY_ID}";created={created}'
    value = make(rsa, rfc9421.signature_base(request, FEDIFY, parameters))
    signed = request.with_headers(
        [("Signature-Input", f"sig1={parameters}"), ("Signature", f"sig1=:{write_base64(value)}:")]
    )
    assert believe(signed, rsa.public_key(), now) == KEY_ID


def test_a_request_without_a_host_header_is_believed_by_its_address(
    get: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    assert believe(signed_over(get, MASTODON[:-1], rsa, now), rsa.public_key(), now) == KEY_ID


def test_pss_is_believed_where_it_is_named(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    signed = signed_over(dressed(post, now), MASTODON, rsa, now, more=';alg="rsa-pss-sha512"')
    signature = parse(signed)
    base = rfc9421.signature_base(signed, signature.covered, signature.parameters)
    value = rsa.sign(base, PSS(mgf=MGF1(SHA512()), salt_length=64), SHA512())
    by_pss = signed.with_headers([("Signature", f"sig1=:{write_base64(value)}:")])
    assert believe(by_pss, rsa.public_key(), now) == KEY_ID
    with pytest.raises(SignatureInvalid):
        believe(signed, rsa.public_key(), now)


# --- parse refuses -------------------------------------------------------------------------------


def test_an_input_without_a_signature_is_none(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now, scheme=Scheme.RFC9421)
    kept = tuple(pair for pair in signed.headers if pair[0] != "Signature")
    with pytest.raises(SignatureMissing):
        parse(replace(signed, headers=kept))


def test_a_signature_without_its_input_is_none(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now, scheme=Scheme.RFC9421)
    kept = tuple(pair for pair in signed.headers if pair[0] != "Signature-Input")
    with pytest.raises(SignatureMalformed):
        parse(replace(signed, headers=kept))


@pytest.mark.parametrize("key_id", [KEY_ID, "https://other.test/users/eve#main-key"])
def test_two_schemes_in_one_request_are_refused_with_their_name(
    post: Request, rsa: RSAPrivateKey, now: datetime, key_id: str
) -> None:
    draft = sign(post, key_id=key_id, key=rsa, now=now)
    rfc = sign(post, key_id=KEY_ID, key=rsa, now=now, scheme=Scheme.RFC9421)
    said, value = rfc.headers[-2:]
    for pairs in ((said,), (said, value), (said, ("Signature", "x"))):
        with pytest.raises(TwoSchemes) as caught:
            parse(replace(draft, headers=(*draft.headers, *pairs)))
        assert caught.value.reason == "two-schemes"


def test_a_second_signature_is_refused_wherever_it_stands(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now, scheme=Scheme.RFC9421)
    said, value = signed.headers[-2:]
    other_said, other = (
        (said[0], said[1].replace("sig1", "sig2")),
        (
            value[0],
            value[1].replace("sig1", "sig2"),
        ),
    )
    for pairs in (
        (said,),
        (value,),
        (said, value),
        (other_said,),
        (other,),
        (other_said, other),
    ):
        with pytest.raises(SignatureMalformed):
            parse(replace(signed, headers=(*signed.headers, *pairs)))


@pytest.mark.parametrize("flag", ["req", "bs", "sf", "tr", 'key="a"'])
def test_a26_a_flag_on_a_component_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime, flag: str
) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now, scheme=Scheme.RFC9421)
    with pytest.raises(ComponentRefused):
        parse(rewritten(signed, '"content-digest"', f'"content-digest";{flag}'))


# --- verify refuses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://wien.test/users/bob/inbox",
        "https://wien.test//users/alice/inbox",
        "https://wien.test/users/alice/%69nbox",
        "https://wien.test/users/alice/inbox?",
        "https://wien.test/users/alice/inbox?x=1",
        "http://wien.test/users/alice/inbox",
    ],
)
def test_a_post_to_another_address_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime, url: str
) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now, scheme=Scheme.RFC9421)
    with pytest.raises(SignatureInvalid):
        believe(replace(signed, url=url), rsa.public_key(), now)


def test_a30_a_signed_get_is_no_post(get: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    signed = sign(get, key_id=KEY_ID, key=rsa, now=now, scheme=Scheme.RFC9421)
    with pytest.raises(SignatureInvalid):
        verify(replace(signed, method="POST"), parse(signed), rsa.public_key())


def test_every_parameter_is_signed(post: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    signed = signed_over(dressed(post, now), MASTODON, rsa, now, more=';nonce="a"')
    for old, new in (
        (KEY_ID, "https://victim.test/users/eve#main-key"),
        (f"created={int(now.timestamp())}", f"created={int(now.timestamp()) + 1}"),
        (';nonce="a"', ';nonce="b"'),
        (';nonce="a"', ""),
        (';nonce="a"', ';nonce="a";tag="t"'),
        (';nonce="a"', f';nonce="a";expires={int(now.timestamp()) + 60}'),
        ('"@method" "@target-uri"', '"@target-uri" "@method"'),
        ('"content-digest")', '"content-digest" "date")'),
    ):
        with pytest.raises(SignatureInvalid):
            believe(rewritten(signed, old, new), rsa.public_key(), now)


def test_the_label_is_not_signed(post: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now, scheme=Scheme.RFC9421)
    renamed = [(name, signed.header(name) or "") for name in ("Signature-Input", "Signature")]
    pairs = [(name, value.replace("sig1=", "other=")) for name, value in renamed]
    assert believe(signed.with_headers(pairs), rsa.public_key(), now) == KEY_ID


def test_a21_a_label_that_does_not_fit_the_key_is_refused(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    request = dressed(post, now)
    for key, label in ((rsa, "ed25519"), (ED25519, "rsa-v1_5-sha256"), (rsa, "ecdsa-p256-sha256")):
        signed = signed_over(request, MASTODON, key, now, more=f';alg="{label}"')
        with pytest.raises(AlgorithmRefused):
            believe(signed, key.public_key(), now)
    for label in ("hmac-sha256", "none", "rsa-sha1"):
        with pytest.raises(AlgorithmRefused):
            parse(signed_over(request, MASTODON, rsa, now, more=f';alg="{label}"'))


def test_another_key_is_refused(post: Request, rsa: RSAPrivateKey, now: datetime) -> None:
    signed = sign(post, key_id=KEY_ID, key=rsa, now=now, scheme=Scheme.RFC9421)
    p256 = ec.generate_private_key(ec.SECP256R1())
    for key in (make_rsa().public_key(), ED25519.public_key(), p256.public_key()):
        with pytest.raises(SignatureInvalid):
            believe(signed, key, now)


def test_the_ends_of_time_are_refused_without_a_stumble(
    post: Request, rsa: RSAPrivateKey, now: datetime
) -> None:
    for moment in (datetime(1970, 1, 1, tzinfo=UTC), datetime(5138, 1, 1, tzinfo=UTC)):
        signed = signed_over(dressed(post, now), MASTODON, rsa, moment, more=";expires=99999999999")
        with pytest.raises(SignatureTooOld):
            believe(signed, rsa.public_key(), now)
