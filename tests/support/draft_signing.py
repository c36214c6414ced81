"""Requests as peers sign them by the draft, and the three steps in which they are believed."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from keys import cavage
from keys.dates import write_date
from keys.digests import digest
from keys.http_signatures import check, parse, verify
from keys.keypair import RSAPrivateKey
from keys.message import Request

KEY_ID = "https://graz.test/users/bob#main-key"
OURS = frozenset({"wien.test"})
MASTODON_POST = ("host", "date", "digest", "content-type", "(request-target)")


def believe(request: Request, key: RSAPrivateKey, now: datetime) -> str:
    """The id of the key that all three steps believe to have signed the request."""
    signature = parse(request)
    check(request, signature, now=now, authorities=OURS)
    verify(request, signature, key.public_key())
    return signature.key_id


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
