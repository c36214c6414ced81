"""The one door through which requests are signed and signatures believed.

A request is believed in three steps, cheapest first: `parse` reads the claim, `check` tests all
that needs no key, `verify` proves it. All three must return before anything in the request is acted
on.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from keys import cavage, rfc9421
from keys.algorithms import RSA_V1_5, prove
from keys.dates import read_date, write_date
from keys.digests import check_content_digest, check_digest, content_digest, digest
from keys.errors import (
    AlgorithmRefused,
    DigestMismatch,
    NotCovered,
    SignatureInvalid,
    SignatureMalformed,
    SignatureMissing,
    SignatureTooOld,
    TwoSchemes,
    WrongHost,
)
from keys.keypair import PrivateKey, PublicKey, RSAPrivateKey
from keys.message import Request, authority_of
from keys.policy import BODILESS, DEMANDS, LONGEST_LIFE, Demand, uncovered
from keys.signature import Scheme, Signature

__all__ = ["LONGEST_LIFE", "Scheme", "Signature", "check", "parse", "sign", "verify"]

_OF_SIGNATURES = "signature signature-input digest content-digest"
_SYNCHRONISATION = "collection-synchronization"
_ALSO_SIGNED = ("content-type", _SYNCHRONISATION)
"""Signed where they were sent; the latter counts only so (FEP-8fcf)."""


def parse(request: Request) -> Signature:
    """What the request claims about its signer.

    Signature-Input makes it RFC 9421. Raises: SignatureMissing, SignatureMalformed, TwoSchemes,
    ComponentRefused, AlgorithmRefused.
    """
    said, signatures = request.lines("signature-input"), request.lines("signature")
    if not signatures:
        raise SignatureMissing("The request is not signed.")
    if not said:
        if len(signatures) > 1:
            raise SignatureMalformed("The request is signed more than once.")
        return cavage.parse(signatures[0])
    signature = ", ".join(signatures)
    # Only the draft has quotes here. Which of two counts, two readers could see differently.
    if '="' in signature:
        raise TwoSchemes("The request is signed by the draft and by RFC 9421 at once.")
    return rfc9421.parse(", ".join(said), signature)


def check(
    request: Request, signature: Signature, *, now: datetime, authorities: Collection[str]
) -> None:
    """Nothing when all is well that can be known without the key.

    Coverage, host, time and digest. `authorities` are our own names, `host[:port]` in lower case,
    default port dropped; `now` is aware.
    Raises: NotCovered, WrongHost, SignatureTooOld, DigestMismatch, SignatureMalformed.
    """
    demand = DEMANDS[signature.scheme]
    _check_coverage(request, signature, demand)
    _check_host(request, authorities)
    _check_time(request, signature, now, demand)
    _check_digest(request, signature.scheme, demand)


def _check_coverage(request: Request, signature: Signature, demand: Demand) -> None:
    body = _needs_digest(request)
    missing = uncovered(demand, signature.covered, "?" in request.target, body)
    if missing is not None:
        raise NotCovered(missing)
    if body and request.header(demand.digest) is None:
        raise DigestMismatch("The digest is missing.")
    for name in signature.covered:
        if name[0] not in "(@" and request.field(name) is None:
            raise NotCovered("A component is signed that was not sent.")


def _needs_digest(request: Request) -> bool:
    return bool(request.body) or request.method.upper() not in BODILESS


def _check_host(request: Request, authorities: Collection[str]) -> None:
    """The Host header against our own names, never against a reflected one."""
    host = request.header("host")
    # RFC 9421 signs the address, which may stand without this header.
    asked = request.authority if host is None else authority_of(host, request.scheme)
    if asked not in authorities or request.authority not in authorities:
        raise WrongHost("The request was signed for another server.")


def _check_time(request: Request, signature: Signature, now: datetime, demand: Demand) -> None:
    """Only signed times count; where two are signed, both must hold."""
    moments = [] if signature.created is None else [signature.created]
    if "date" in signature.covered:
        moments.append(read_date(request.header("date") or ""))
    if max(moments) - now > demand.ahead:
        raise SignatureTooOld("The signature lies in the future.")
    created, expires = min(moments), signature.expires
    last = created + demand.late
    if expires is not None:
        if expires < created:
            raise SignatureTooOld("The signature had expired before it was made.")
        last = min(expires + demand.late, created + demand.longest_life)
    if now > last:
        raise SignatureTooOld("The signature is too old.")


def _check_digest(request: Request, scheme: Scheme, demand: Demand) -> None:
    """Over the bytes received, whenever a digest was sent."""
    header = request.header(demand.digest)
    if header is None:
        return
    if scheme is Scheme.RFC9421:
        check_content_digest(header, request.body)
    else:
        check_digest(header, request.body)


def verify(request: Request, signature: Signature, key: PublicKey) -> None:
    """Nothing when `key` signed this request.

    The algorithm comes from the key, never from the label, which only has to fit it: RSA means
    RSASSA-PKCS1-v1_5 with SHA-256 unless RFC 9421's label says PSS.
    Raises: SignatureInvalid, AlgorithmRefused, NotCovered, SignatureMalformed.
    """
    if signature.scheme is Scheme.RFC9421:
        prove(key, signature.algorithm, signature.value, _signed_text(request, signature, None))
        return
    try:
        prove(key, RSA_V1_5, signature.value, _signed_text(request, signature, None))
    except SignatureInvalid:
        path, question, _ = request.target.partition("?")
        # Some peers leave the query out (Mastodon tolerates it too). Never for POST: there the
        # query could be changed on the way.
        if not question or request.method.upper() != "GET":
            raise
        prove(key, RSA_V1_5, signature.value, _signed_text(request, signature, path))


def _signed_text(request: Request, signature: Signature, target: str | None) -> bytes:
    """What must have been signed; `target` takes the place of path and query in the draft."""
    if signature.scheme is Scheme.RFC9421:
        return rfc9421.signature_base(request, signature.covered, signature.parameters)
    return cavage.signing_string(
        request,
        signature.covered,
        target=target,
        created=signature.created,
        expires=signature.expires,
    )


def sign(
    request: Request,
    *,
    key_id: str,
    key: PrivateKey,
    now: datetime,
    scheme: Scheme = Scheme.DRAFT_CAVAGE,
) -> Request:
    """The request with Host, Date, a digest where it has a body or is a POST, and its signature.

    `now` is aware. Earlier signatures and digests of either scheme are left out. What is covered is
    what Mastodon covers, so that everybody takes it.
    Raises: SignatureMalformed, AlgorithmRefused (the draft has no name for Ed25519).
    """
    pairs = [("Host", request.authority), ("Date", write_date(now))]
    if scheme is Scheme.RFC9421:
        return _sign_rfc9421(request, pairs, key_id, key, now)
    if not isinstance(key, RSAPrivateKey):
        raise AlgorithmRefused("By the draft we sign with RSA keys only.")
    return _sign_cavage(request, pairs, key_id, key)


def _sign_cavage(
    request: Request, pairs: list[tuple[str, str]], key_id: str, key: RSAPrivateKey
) -> Request:
    covered = ["(request-target)", "host", "date"]
    if _needs_digest(request):
        pairs.append(("Digest", digest(request.body)))
        covered.append("digest")
        covered += [name for name in _ALSO_SIGNED if request.header(name) is not None]
    dressed = request.with_headers(pairs, without=_OF_SIGNATURES)
    value = cavage.sign(dressed, covered, key_id=key_id, key=key)
    return dressed.with_headers([("Signature", value)])


def _sign_rfc9421(
    request: Request, pairs: list[tuple[str, str]], key_id: str, key: PrivateKey, now: datetime
) -> Request:
    covered = ["@method", "@target-uri"]
    if _needs_digest(request):
        pairs.append(("Content-Digest", content_digest(request.body)))
        covered.append("content-digest")
        if request.header(_SYNCHRONISATION) is not None:
            covered.append(_SYNCHRONISATION)
    dressed = request.with_headers(pairs, without=_OF_SIGNATURES)
    return dressed.with_headers(rfc9421.sign(dressed, covered, key_id=key_id, key=key, created=now))
