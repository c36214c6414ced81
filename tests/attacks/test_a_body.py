"""A01-A05, A31, A32: a body is believed only as the signed digest of its raw bytes has it."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from base64 import b64encode
from dataclasses import replace

import orjson
import pytest

from tests.support.cases import Case, each
from tests.support.forging import RFC9421, Post, cavage, digested, post, rfc9421
from tests.support.hostile import Persona
from tests.support.stage import INBOX, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
SCHEMES = ("cavage", "rfc9421")
UNFIT = {"digest-mismatch", "not-covered", "signature-malformed"}


def _of(algorithm: str, body: bytes) -> str:
    return b64encode(hashlib.new(algorithm, body).digest()).decode()


def _sign(request: Post, by: Persona, scheme: str) -> Post:
    """Over the request as it is, its digest included, whatever that says."""
    return (cavage if scheme == "cavage" else rfc9421)(request, by.key, by.key_id)


def unsigned(us: Stage, eve: Persona) -> Post:
    return us.post(eve)


def another_body(scheme: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        signed = us.signed(eve, scheme)
        return replace(signed, body=signed.body.replace(b'"Follow"', b'"Reject"'))

    return Case("A02", f"{scheme} another body", lie, 401, "digest-mismatch")


def another_body_with_its_digest(scheme: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        signed = us.signed(eve, scheme)
        other = digested(replace(signed, body=signed.body.replace(b'"Follow"', b'"Reject"')))
        return other.without("content-digest" if scheme == "cavage" else "digest")

    return Case("A02", f"{scheme} its digest too", lie, 401, "signature-invalid", asks=2)


def without_digest(us: Stage, eve: Persona) -> Post:
    request = us.post(eve).without("digest", "content-digest")
    return cavage(request, eve.key, eve.key_id, covered="(request-target) host date")


def digest_signed_but_not_sent(us: Stage, eve: Persona) -> Post:
    return us.signed(eve).without("digest")


def content_digest_signed_but_not_sent(us: Stage, eve: Persona) -> Post:
    return us.signed(eve, "rfc9421").without("content-digest")


def rfc_without_digest(us: Stage, eve: Persona) -> Post:
    request = us.post(eve).without("digest", "content-digest")
    return rfc9421(request, eve.key, eve.key_id, covered=RFC9421[:3])


def digest_not_listed(us: Stage, eve: Persona) -> Post:
    return cavage(us.post(eve), eve.key, eve.key_id, covered="(request-target) host date")


def content_digest_not_listed(us: Stage, eve: Persona) -> Post:
    return rfc9421(us.post(eve), eve.key, eve.key_id, covered=RFC9421[:3])


def draft_digest_under_rfc(us: Stage, eve: Persona) -> Post:
    """RFC 9421 over the old Digest header, none of the new one."""
    covered = (*RFC9421[:3], '"digest"')
    request = us.post(eve).without("content-digest")
    digest = request.header("digest")
    return rfc9421(request, eve.key, eve.key_id, covered=covered).with_(digest=digest)


DIGESTS = {
    "md5": lambda body: f"MD5={_of('md5', body)}",
    "sha-1": lambda body: f"SHA-1={_of('sha1', body)}",
    "empty": lambda body: "SHA-256=",
    "no value": lambda body: "SHA-256",
    "nothing": lambda body: "",
    "two members": lambda body: f"SHA-256={_of('sha256', b'')},SHA-256={_of('sha256', body)}",
    "good and bad": lambda body: f"SHA-256={_of('sha256', body)},SHA-256={_of('sha256', b'')}",
    "with md5": lambda body: f"SHA-256={_of('sha256', body)},MD5={_of('md5', b'')}",
    "no padding": lambda body: f"SHA-256={_of('sha256', body).rstrip('=')}",
    "a blank inside": lambda body: f"SHA-256= {_of('sha256', body)}",
    "cut short": lambda body: f"SHA-256={b64encode(hashlib.sha256(body).digest()[:31]).decode()}",
    "hexadecimal": lambda body: f"SHA-256={hashlib.sha256(body).hexdigest()}",
    "sha-512 by name only": lambda body: f"SHA-512={_of('sha256', body)}",
}
CONTENT_DIGESTS = {
    "md5": lambda body: f"md5=:{_of('md5', body)}:",
    "sha": lambda body: f"sha=:{_of('sha1', body)}:",
    "empty": lambda body: "sha-256=::",
    "no value": lambda body: "sha-256",
    "nothing": lambda body: "",
    "two members": lambda body: f"sha-256=:{_of('sha256', body)}:, sha-256=:{_of('sha256', b'')}:",
    "no colons": lambda body: f"sha-256={_of('sha256', body)}",
    "as the draft": lambda body: f"SHA-256={_of('sha256', body)}",
    "a string": lambda body: f'sha-256="{_of("sha256", body)}"',
    "cut short": lambda body: f"sha-256=:{b64encode(hashlib.sha256(body).digest()[:31]).decode()}:",
    "sha-512 of another": lambda body: f"sha-512=:{_of('sha512', b'')}:",
    "another beside it": lambda body: (
        f"sha-256=:{_of('sha256', body)}:, sha-512=:{_of('sha512', b'')}:"
    ),
}


def _digest(name: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        request = us.post(eve)
        return _sign(request.with_(digest=DIGESTS[name](request.body)), eve, "cavage")

    return Case("A05", f"cavage {name}", lie, {400, 401}, UNFIT)


def _content_digest(name: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        request = us.post(eve)
        value = CONTENT_DIGESTS[name](request.body)
        return _sign(request.with_(content_digest=value), eve, "rfc9421")

    return Case("A05", f"rfc9421 {name}", lie, {400, 401}, UNFIT)


def digest_in_two_lines(us: Stage, eve: Persona) -> Post:
    return us.signed(eve).also("Digest", f"SHA-256={_of('sha256', b'')}")


def compressed(scheme: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        body = gzip.compress(orjson.dumps(us.activity(eve.id)))
        request = post(INBOX, body).with_(content_encoding="gzip")
        return _sign(request, eve, scheme)

    return Case("A31", f"{scheme} gzip", lie, 415, "content-encoding-refused")


def a_bomb(us: Stage, eve: Persona) -> Post:
    """Small as it comes, large as it would be read."""
    body = gzip.compress(b" " * (8 * 1024 * 1024))
    return _sign(post(INBOX, body).with_(content_encoding="gzip"), eve, "cavage")


def deflated(us: Stage, eve: Persona) -> Post:
    body = zlib.compress(orjson.dumps(us.activity(eve.id)))
    return _sign(post(INBOX, body).with_(content_encoding="deflate"), eve, "cavage")


def of_an_unknown_encoding(us: Stage, eve: Persona) -> Post:
    return _sign(us.post(eve).with_(content_encoding="zebra"), eve, "cavage")


def _encoded(codec: str) -> Case:
    def lie(us: Stage, eve: Persona) -> Post:
        text = orjson.dumps(us.activity(eve.id, summary="Grüße")).decode()
        return _sign(post(INBOX, text.encode(codec)), eve, "cavage")

    return Case("A32", codec, lie, 400, "not-json")


def named_utf_16(us: Stage, eve: Persona) -> Post:
    body = orjson.dumps(us.activity(eve.id)).decode().encode("utf-16")
    kind = 'application/activity+json; charset="utf-16"'
    return _sign(post(INBOX, body).with_(content_type=kind), eve, "cavage")


@each(
    [
        Case("A01", "unsigned", unsigned, 401, "signature-missing"),
        *(another_body(scheme) for scheme in SCHEMES),
        *(another_body_with_its_digest(scheme) for scheme in SCHEMES),
        Case("A03", "cavage no digest", without_digest, 401, UNFIT),
        Case("A03", "cavage signed but not sent", digest_signed_but_not_sent, 401, UNFIT),
        Case("A03", "rfc9421 no digest", rfc_without_digest, 401, UNFIT),
        Case("A03", "rfc9421 signed but not sent", content_digest_signed_but_not_sent, 401, UNFIT),
        Case("A04", "cavage", digest_not_listed, 401, "not-covered"),
        Case("A04", "rfc9421", content_digest_not_listed, 401, "not-covered"),
        Case("A04", "rfc9421 draft digest", draft_digest_under_rfc, 401, UNFIT),
        *map(_digest, DIGESTS),
        *map(_content_digest, CONTENT_DIGESTS),
        Case("A05", "cavage in two lines", digest_in_two_lines, {400, 401}, UNFIT),
        *(compressed(scheme) for scheme in SCHEMES),
        Case("A31", "a bomb", a_bomb, 415, "content-encoding-refused"),
        Case("A31", "deflate", deflated, 415, "content-encoding-refused"),
        Case("A31", "unknown", of_an_unknown_encoding, 415, "content-encoding-refused"),
        *map(_encoded, ("utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig")),
        Case("A32", "named utf-16", named_utf_16, {400, 415}, {"not-json", "content-type-refused"}),
    ]
)
async def test_refused(us: Stage, case: Case) -> None:
    assert case.fits(await case.told(us))


@pytest.mark.parametrize("inbox", [INBOX, "/inbox", "/relay/inbox"], ids=lambda at: f"A01-{at}")
async def test_every_inbox_wants_a_signature(us: Stage, inbox: str) -> None:
    eve = us.stranger()
    assert (await us.refuses(us.post(eve, inbox))).verdict == (401, "signature-missing")
