"""The one door through which requests are signed and signatures believed.

A request is believed in three steps, cheapest first: `parse` reads the claim, `check` tests all
that needs no key, `verify` proves it. All three must return before anything in the request is acted
on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from keys import cavage
from keys.dates import read_date, write_date
from keys.digests import check_digest, digest
from keys.errors import (
    AlgorithmRefused,
    DigestMismatch,
    NotCovered,
    SignatureInvalid,
    SignatureMissing,
    SignatureTooOld,
    WrongHost,
)
from keys.keypair import PublicKey, RSAPrivateKey, RSAPublicKey
from keys.message import Request, authority_of
from keys.signature import Scheme, Signature

__all__ = ["LONGEST_LIFE", "Scheme", "Signature", "check", "parse", "sign", "verify"]

LATE = timedelta(hours=1)
AHEAD = timedelta(minutes=5)
# However far `expires` lies: a replay cache has to remember a signature for no longer than this.
LONGEST_LIFE = timedelta(hours=12)
_WITHOUT_BODY = frozenset({"GET", "HEAD"})


def parse(request: Request) -> Signature:
    """What the request claims about its signer. Raises: SignatureMissing, SignatureMalformed,
    AlgorithmRefused."""
    return _PARSERS[_scheme(request)](request)


def _scheme(request: Request) -> Scheme:
    """Signature-Input means RFC 9421, unless the Signature beside it is plainly of the draft."""
    if not request.values("signature-input"):
        return Scheme.DRAFT_CAVAGE
    old = "keyId=" in (request.header("signature") or "")
    return Scheme.DRAFT_CAVAGE if old else Scheme.RFC9421


def _parse_cavage(request: Request) -> Signature:
    header = request.header("signature")
    if header is None:
        raise SignatureMissing("The request is not signed.")
    return cavage.parse(header)


def _parse_rfc9421(_: Request) -> Signature:
    # The answer to this is 401, on which peers that try RFC 9421 first fall back to the draft.
    raise AlgorithmRefused("RFC 9421 is not spoken yet.")


_PARSERS: Mapping[Scheme, Callable[[Request], Signature]] = {
    Scheme.DRAFT_CAVAGE: _parse_cavage,
    Scheme.RFC9421: _parse_rfc9421,
}


def check(
    request: Request, signature: Signature, *, now: datetime, authorities: Collection[str]
) -> None:
    """Nothing when all is well that can be known without the key.

    Coverage, host, time and digest. `authorities` are our own names, `host[:port]` in lower case,
    default port dropped; `now` is aware.
    Raises: NotCovered, WrongHost, SignatureTooOld, DigestMismatch, SignatureMalformed.
    """
    _check_coverage(request, signature)
    _check_host(request, authorities)
    _check_time(request, signature, now)
    _check_digest(request)


def _check_coverage(request: Request, signature: Signature) -> None:
    required = {"(request-target)", "host"}
    if _needs_digest(request):
        required.add("digest")
    if not required.issubset(signature.covered):
        raise NotCovered("(request-target), host and, with a body, digest must be signed.")
    if {"date", "(created)"}.isdisjoint(signature.covered):
        raise NotCovered("The time must be signed, as date or as (created).")
    if "digest" in required and request.header("digest") is None:
        raise DigestMismatch("The digest is missing.")
    _signing_string(request, signature, None)  # raises when a signed component was not sent


def _needs_digest(request: Request) -> bool:
    return bool(request.body) or request.method.upper() not in _WITHOUT_BODY


def _check_host(request: Request, authorities: Collection[str]) -> None:
    """The signed Host header against our own names, never against a reflected one."""
    host = authority_of(request.header("host") or "", request.scheme)
    if host not in authorities:
        raise WrongHost("The request was signed for another server.")


def _check_time(request: Request, signature: Signature, now: datetime) -> None:
    """Only signed times count; where both are signed, both must hold."""
    moments = []
    if "date" in signature.covered:
        moments.append(read_date(request.header("date") or ""))
    if "(created)" in signature.covered and signature.created is not None:
        moments.append(signature.created)
    if any(moment - now > AHEAD for moment in moments):
        raise SignatureTooOld("The signature lies in the future.")
    if now > _deadline(min(moments), signature):
        raise SignatureTooOld("The signature is too old.")


def _deadline(created: datetime, signature: Signature) -> datetime:
    """The last moment of a signature: an hour, or an hour after `(expires)`, 12 at most."""
    if "(expires)" not in signature.covered or signature.expires is None:
        return created + LATE
    return min(signature.expires + LATE, created + LONGEST_LIFE)


def _check_digest(request: Request) -> None:
    """Over the bytes received, whenever a digest was sent."""
    header = request.header("digest")
    if header is not None:
        check_digest(header, request.body)


def verify(request: Request, signature: Signature, key: PublicKey) -> None:
    """Nothing when `key` signed this request. Raises: SignatureInvalid, AlgorithmRefused,
    NotCovered, SignatureMalformed.

    The algorithm comes from the key, never from the label: RSA means RSASSA-PKCS1-v1_5 with
    SHA-256, which is what `hs2019` means to every server of the fediverse.
    """
    if not isinstance(key, RSAPublicKey):
        raise AlgorithmRefused("In the draft's signatures only RSA keys are accepted.")
    if not any(_proves(key, signature, text) for text in _signing_strings(request, signature)):
        raise SignatureInvalid("The signature was not made by this key over this request.")


def _signing_strings(request: Request, signature: Signature) -> list[bytes]:
    """The string that must be signed and, for a GET with a query, the one without the query.

    Some peers leave the query out (Mastodon tolerates it too). Never for POST: there the query
    could be changed on the way.
    """
    targets = [request.target]
    path, question, _ = request.target.partition("?")
    if question and request.method.upper() == "GET":
        targets.append(path)
    return [_signing_string(request, signature, target) for target in targets]


def _signing_string(request: Request, signature: Signature, target: str | None) -> bytes:
    return cavage.signing_string(
        request,
        signature.covered,
        target=target,
        created=signature.created,
        expires=signature.expires,
    )


def _proves(key: RSAPublicKey, signature: Signature, text: bytes) -> bool:
    try:
        key.verify(signature.value, text, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def sign(request: Request, *, key_id: str, key: RSAPrivateKey, now: datetime) -> Request:
    """The request with Host, Date, Digest where it has a body or is a POST, and Signature.

    `now` is aware. Earlier headers of these names are replaced; Content-Type is signed where there
    is one. Raises: SignatureMalformed.
    """
    pairs = [("Host", request.authority), ("Date", write_date(now))]
    covered = ["(request-target)", "host", "date"]
    if _needs_digest(request):
        pairs.append(("Digest", digest(request.body)))
        covered.append("digest")
        if request.header("content-type") is not None:
            covered.append("content-type")
    dressed = request.with_headers(pairs)
    value = cavage.sign(dressed, covered, key_id=key_id, key=key)
    return dressed.with_headers([("Signature", value)])
