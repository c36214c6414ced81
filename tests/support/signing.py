"""Requests as peers sign them by RFC 9421, and the three steps in which they are believed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from keys import rfc9421
from keys.dates import write_date
from keys.digests import content_digest
from keys.http_signatures import check, parse, verify
from keys.keypair import PrivateKey, PublicKey, make_ed25519
from keys.message import Request

T = TypeVar("T")
KEY_ID = "https://graz.test/users/bob#main-key"
OURS = frozenset({"wien.test"})
MASTODON = ("@method", "@target-uri", "content-digest")
WORDPRESS = ("@method", "@target-uri", "@authority", "content-digest")
FEDIFY = ("@method", "@target-uri", "@authority", "host", "date", "content-digest")
APSIG = ("date", "@method", "@path", "@authority", "content-type", "content-digest")
ED25519 = make_ed25519()


def believe(request: Request, key: PublicKey, now: datetime) -> str:
    """The id of the key that all three steps believe to have signed the request."""
    signature = parse(request)
    check(request, signature, now=now, authorities=OURS)
    verify(request, signature, key)
    return signature.key_id


def within_a_second(make: Callable[[], T]) -> T:
    """What `make` returns, made anew until both its ends are in one second of the clock.

    apsig's RFC 9421 reads the clock for what it signs, and again for what it says that it signed.
    """
    while True:
        begun = int(time.time())
        made = make()
        if int(time.time()) == begun:
            return made


def dressed(request: Request, now: datetime) -> Request:
    """The request with the headers that a peer sends."""
    pairs = [("Host", request.authority), ("Date", write_date(now))]
    if request.method == "POST":
        pairs.append(("Content-Digest", content_digest(request.body)))
    return request.with_headers(pairs)


def signed_over(
    request: Request,
    covered: Sequence[str],
    key: PrivateKey,
    created: datetime,
    *,
    more: str = "",
    label: str = "sig1",
) -> Request:
    """The request signed by a peer over just these components, which must be in it."""
    return request.with_headers(
        rfc9421.sign(
            request, covered, key_id=KEY_ID, key=key, created=created, more=more, label=label
        )
    )


def rewritten(request: Request, old: str, new: str) -> Request:
    """The request with another Signature-Input, the signature left as it was."""
    said = request.header("signature-input") or ""
    assert old in said
    return request.with_headers([("Signature-Input", said.replace(old, new))])
