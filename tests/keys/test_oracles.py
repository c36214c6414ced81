"""What others sign we believe, and what we sign others believe, whatever the request."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from apsig.draft import Signer, Verifier
from apsig.rfc9421 import RFC9421Signer, RFC9421Verifier
from cryptography.hazmat.primitives.asymmetric import ec
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, MappingKeyResolver
from http_message_signatures.algorithms import (
    ECDSA_P256_SHA256,
    ED25519,
    RSA_PSS_SHA512,
    RSA_V1_5_SHA256,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from keys import rfc9421
from keys.algorithms import make
from keys.digests import content_digest, write_base64
from keys.errors import SignatureInvalid
from keys.http_signatures import Scheme, Signature, check, parse, sign, verify
from keys.keypair import PublicKey, RSAPrivateKey, make_ed25519, make_rsa
from keys.message import Request
from keys.serialisation import public_pem
from tests.support.signing import within_a_second

KEY_ID = "https://graz.test/users/bob#main-key"
ALGORITHMS = {
    "rsa-v1_5-sha256": RSA_V1_5_SHA256,
    "rsa-pss-sha512": RSA_PSS_SHA512,
    "ed25519": ED25519,
    "ecdsa-p256-sha256": ECDSA_P256_SHA256,
}
few = settings(max_examples=60, deadline=None)


def _texts(letters: str) -> st.SearchStrategy[str]:
    """Letters of an address, with whole escapes."""
    return st.lists(st.sampled_from([*letters, "%20", "%2F", "%C3%A9"]), max_size=12).map("".join)


_paths = _texts("abcXYZ019-._~!$&'()*+,=:@/")
_queries = _texts("abc019-._~!$&'()*+,;=:@/?")


@cache
def rsa_key() -> RSAPrivateKey:
    """One for all examples: making one takes long."""
    return make_rsa()


@cache
def key_for(algorithm: str) -> Any:
    """A private key that this algorithm goes with."""
    if algorithm == "ed25519":
        return make_ed25519()
    return rsa_key() if algorithm.startswith("rsa") else ec.generate_private_key(ec.SECP256R1())


@dataclass
class Message:
    """A request as http-message-signatures wants it."""

    method: str
    url: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@st.composite
def requests(draw: st.DrawFn, queries: st.SearchStrategy[str | None] | None = None) -> Request:
    """A GET or a POST to some address, with a body where it is a POST."""
    host = draw(st.sampled_from(["wien.test", "wien.test:8101", "a.b-c.test"]))
    path, query = "/" + draw(_paths), draw(st.none() | _queries if queries is None else queries)
    method = draw(st.sampled_from(["GET", "POST"]))
    return Request(
        method=method,
        url=f"https://{host}{path}" + ("" if query is None else f"?{query}"),
        headers=(("Content-Type", "application/activity+json"),),
        body=draw(st.binary(max_size=200)) if method == "POST" else b"",
    )


def message_of(request: Request) -> Message:
    return Message(request.method, request.url, request.body, dict(request.headers))


def received(message: Message) -> Request:
    return Request(
        method=message.method,
        url=message.url,
        headers=tuple(message.headers.items()),
        body=message.body,
    )


def believe(request: Request, key: PublicKey, now: datetime) -> str:
    """The id of the key that is believed to have signed, but not with one bit changed."""
    signature = parse(request)
    check(request, signature, now=now, authorities={request.authority})
    verify(request, signature, key)
    with pytest.raises(SignatureInvalid):
        verify(request, _bent(signature), key)
    return signature.key_id


def _bent(signature: Signature) -> Signature:
    """With one bit changed."""
    value = signature.value
    return replace(signature, value=value[:-1] + bytes([value[-1] ^ 1]))


# --- http-message-signatures ---------------------------------------------------------------------


@few
@given(
    requests(),
    st.sampled_from(sorted(ALGORITHMS)),
    st.lists(st.sampled_from(["@authority", "@path", "@query", "@scheme", "@request-target"])),
    st.booleans(),
    st.none() | st.text("abc-_.019", min_size=1, max_size=10),
)
def test_we_believe_http_message_signatures(
    request: Request, algorithm: str, also: list[str], named: bool, nonce: str | None
) -> None:
    now, message = datetime.now(UTC), message_of(request)
    covered = ["@method", "@target-uri", "content-type", *dict.fromkeys(also)]
    if request.method == "POST":
        covered.append("content-digest")
    resolver = MappingKeyResolver(public_keys={}, private_keys={KEY_ID: key_for(algorithm)})
    signer = HTTPMessageSigner(signature_algorithm=ALGORITHMS[algorithm], key_resolver=resolver)
    signer.sign(
        message,
        key_id=KEY_ID,
        created=now,
        expires=now + timedelta(minutes=5),
        nonce=nonce,
        # Without the label RSA means PKCS#1 v1.5.
        include_alg=named or algorithm == "rsa-pss-sha512",
        covered_component_ids=covered,
        body=request.body if request.method == "POST" else None,
    )
    assert believe(received(message), key_for(algorithm).public_key(), now) == KEY_ID


@few
@given(requests(), st.sampled_from(["rsa-v1_5-sha256", "ed25519"]))
def test_http_message_signatures_believes_us(request: Request, algorithm: str) -> None:
    key = key_for(algorithm)
    signed = sign(request, key_id=KEY_ID, key=key, now=datetime.now(UTC), scheme=Scheme.RFC9421)
    resolver = MappingKeyResolver(public_keys={KEY_ID: key.public_key()}, private_keys={})
    verifier = HTTPMessageVerifier(signature_algorithm=ALGORITHMS[algorithm], key_resolver=resolver)
    body = request.body if request.method == "POST" else None
    (result,) = verifier.verify(message_of(signed), body=body)
    assert result.parameters["keyid"] == KEY_ID
    assert set(result.covered_components) >= {'"@method"', '"@target-uri"'}


# --- apsig, which leaves the query out ------------------------------------------------------------


@few
@given(requests(st.none()))
def test_we_believe_apsigs_rfc9421(request: Request) -> None:
    now, where = datetime.now(UTC), urlsplit(request.url)
    signer = RFC9421Signer(rsa_key(), KEY_ID)
    # Of itself it covers no digest, and writes one that nobody can read.
    signer.sign_headers = ["date", "@method", "@path", "@authority", "content-digest"]
    right = {"content-digest": content_digest(request.body)}
    headers = {**dict(request.headers), **right}
    made = within_a_second(
        lambda: signer.sign(request.method, where.path, where.netloc, headers, request.body)
    )
    sent = {name: str(value) for name, value in made.items()} | right
    assert (
        believe(
            received(Message(request.method, request.url, request.body, sent)),
            rsa_key().public_key(),
            now,
        )
        == KEY_ID
    )


@few
@given(requests(st.none()))
def test_apsig_believes_our_rfc9421(request: Request) -> None:
    # apsig knows only these components, needs the label, and writes the parameters in this order.
    covered = ["@method", "@path", "@authority", "content-type"]
    base = request.with_headers([("Host", request.authority)])
    created = int(datetime.now(UTC).timestamp())
    items = " ".join(f'"{name}"' for name in covered)
    parameters = f'({items});created={created};alg="rsa-v1_5-sha256";keyid="{KEY_ID}"'
    value = write_base64(make(rsa_key(), rfc9421.signature_base(base, covered, parameters)))
    headers = dict(base.headers) | {
        "Signature-Input": f"sig1={parameters}",
        "Signature": f"sig1=:{value}:",
    }
    where = urlsplit(request.url)
    verifier = RFC9421Verifier(
        rsa_key().public_key(), request.method, where.path, request.authority, headers
    )
    assert verifier.verify(raise_on_fail=True) == KEY_ID


@few
@given(requests(st.none()))
def test_we_believe_apsigs_draft(request: Request) -> None:
    headers = Signer({}, rsa_key(), request.method, request.url, KEY_ID, request.body).sign()
    message = Message(request.method, request.url, request.body, dict(headers))
    assert believe(received(message), rsa_key().public_key(), datetime.now(UTC)) == KEY_ID


@few
@given(requests(st.none()))
def test_apsig_believes_our_draft(request: Request) -> None:
    signed = sign(request, key_id=KEY_ID, key=rsa_key(), now=datetime.now(UTC))
    pem = public_pem(rsa_key().public_key())
    verifier = Verifier(pem, request.method, request.url, dict(signed.headers), request.body)
    assert verifier.verify(raise_on_fail=True) == KEY_ID
