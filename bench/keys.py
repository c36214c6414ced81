"""The yardsticks V and S, and what our signatures, proofs and canonical JSON cost beyond them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from itertools import chain

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks
import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from keys import jcs, proofs
from keys.http_signatures import Scheme, check, parse, sign, verify
from keys.keypair import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
    PrivateKey,
    PublicKey,
    RSAPrivateKey,
    RSAPublicKey,
    make_ed25519,
    make_rsa,
)
from keys.message import Request

_NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
_HOST = "berlin.example"
_KEY_ID = "https://wien.example/c/wien#main-key"
# Short ones, so that a busy moment of the machine spoils few of them.
_ROUNDS = 51
_POST = Request(
    method="POST",
    url=f"https://{_HOST}/inbox",
    headers=(
        ("User-Agent", "Josoor/0.1 (+https://wien.example/)"),
        ("Accept-Encoding", "gzip"),
        ("Content-Type", "application/activity+json"),
        ("Content-Length", "2048"),
    ),
    body=b"{" + b" " * 2046 + b"}",
)
_EVENT = {
    "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
    "id": "https://wien.example/events/01JEXAMPLE",
    "type": "Event",
    "attributedTo": "https://wien.example/c/wien",
    "to": ["https://www.w3.org/ns/activitystreams#Public"],
    "nameMap": {"de": "Sprachcafé", "ar": "مقهى اللغة"},
    "content": "<p>Mit Musik und Tee.</p>" * 20,
    "startTime": "2026-12-05T18:00:00+01:00",
    "endTime": "2026-12-05T21:00:00+01:00",
    "location": {"type": "Place", "name": "Haus", "latitude": 48.21, "longitude": 16.37},
    "maximumAttendeeCapacity": 30,
    "tag": [{"type": "Hashtag", "name": f"#tag{number}"} for number in range(5)],
}
Work = Callable[[], object]


class _AtOnce:
    """A key that answers at once: what is left of the time is our own work."""

    def __init__(self, value: bytes) -> None:
        self._value = value

    def sign(self, *_: object) -> bytes:
        """A signature made earlier."""
        return self._value

    def verify(self, *_: object) -> None:
        """Agrees."""


RSAPrivateKey.register(_AtOnce)
RSAPublicKey.register(_AtOnce)
Ed25519PublicKey.register(_AtOnce)


def measure() -> rig.Json:
    """V and S per CPU second; microseconds that ours take beyond the bare operation, by scheme.

    `beyond` is the difference to the bare operation beside it; `own` is the same work with a key
    that answers at once, which is steadier. The request is a signed POST with a body of 2 kB, new
    each time; its key is at hand, as in a cache. A proof is one over an event of 1.2 kB.
    """
    key = make_rsa()
    works = dict(chain(_bare(key), _ours(key), _proofs(make_ed25519()), _canonical()))
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(_ROUNDS):
        for name, (work, times) in works.items():
            found[name].append(_microseconds(work, times))
    return _figures({name: statistics.median(spent) for name, spent in found.items()})


def _bare(key: RSAPrivateKey) -> list[tuple[str, tuple[Work, int]]]:
    public, text = key.public_key(), b"x" * 380
    pkcs1, sha256 = padding.PKCS1v15(), hashes.SHA256()
    value = key.sign(text, pkcs1, sha256)
    return [
        ("bare_verify", (lambda: public.verify(value, text, pkcs1, sha256), 200)),
        ("bare_sign", (lambda: key.sign(text, pkcs1, sha256), 20)),
    ]


def _ours(key: RSAPrivateKey) -> list[tuple[str, tuple[Work, int]]]:
    at_once = _AtOnce(key.sign(b"x", padding.PKCS1v15(), hashes.SHA256()))
    works: list[tuple[str, tuple[Work, int]]] = []
    for scheme in Scheme:
        signed = sign(_POST, key_id=_KEY_ID, key=key, now=_NOW, scheme=scheme)
        name = scheme.name.lower()
        works += [
            (f"{name}_parse", (_parsing(signed), 200)),
            (f"{name}_verify", (_verifying(signed, key.public_key()), 200)),
            (f"{name}_verify_own", (_verifying(signed, at_once), 200)),  # type: ignore[arg-type]
            (f"{name}_sign", (_signing(key, scheme), 20)),
            (f"{name}_sign_own", (_signing(at_once, scheme), 200)),  # type: ignore[arg-type]
        ]
    return works


def _fresh(request: Request) -> Request:
    """The request as it comes in, before anybody looked at its headers."""
    return Request(
        method=request.method, url=request.url, headers=request.headers, body=request.body
    )


def _parsing(signed: Request) -> Work:
    return lambda: parse(_fresh(signed))


def _verifying(signed: Request, key: PublicKey) -> Work:
    def work() -> None:
        request = _fresh(signed)
        signature = parse(request)
        check(request, signature, now=_NOW, authorities={_HOST})
        verify(request, signature, key)

    return work


def _signing(key: PrivateKey, scheme: Scheme) -> Work:
    return lambda: sign(_fresh(_POST), key_id=_KEY_ID, key=key, now=_NOW, scheme=scheme)


def _proofs(key: Ed25519PrivateKey) -> list[tuple[str, tuple[Work, int]]]:
    public, text = key.public_key(), b"x" * 64
    value, proven = key.sign(text), _proven(key)
    at_once: PublicKey = _AtOnce(value)  # type: ignore[assignment]
    return [
        ("bare_ed25519_verify", (lambda: public.verify(value, text), 200)),
        ("bare_ed25519_sign", (lambda: key.sign(text), 200)),
        ("proof_verify", (lambda: _believe(proven, public), 200)),
        ("proof_verify_own", (lambda: _believe(proven, at_once), 200)),
        ("proof_sign", (lambda: _proven(key), 200)),
        ("proof_sign_own", (lambda: _proven(_AtOnce(value)), 200)),  # type: ignore[arg-type]
    ]


def _proven(key: Ed25519PrivateKey) -> rig.Json:
    return proofs.prove(_EVENT, key=key, verification_method=_KEY_ID, created=_NOW)


def _believe(document: rig.Json, key: PublicKey) -> None:
    (proof,) = proofs.read_proofs(document)
    proofs.check(proof, document, now=_NOW)
    proofs.verify(document, proof, key)


def _canonical() -> list[tuple[str, tuple[Work, int]]]:
    """Ours, the library where it is installed, and orjson, which is not canonical, below both."""
    works: list[tuple[str, tuple[Work, int]]] = [
        ("jcs", (lambda: jcs.canonical(_EVENT), 200)),
        ("orjson", (lambda: orjson.dumps(_EVENT, option=orjson.OPT_SORT_KEYS), 200)),
    ]
    if find_spec("rfc8785"):
        library = import_module("rfc8785")
        works.append(("rfc8785", (lambda: library.dumps(_EVENT), 50)))
    return works


def _figures(spent: Mapping[str, float]) -> rig.Json:
    figures = {
        "V_verifications_per_cpu_second": 1e6 / spent["bare_verify"],
        "S_signatures_per_cpu_second": 1e6 / spent["bare_sign"],
    }
    for scheme in Scheme:
        name = scheme.name.lower()
        figures[f"{name}_parse_microseconds"] = spent[f"{name}_parse"]
        for verb, letter in (("verify", "V"), ("sign", "S")):
            ours, bare = spent[f"{name}_{verb}"], spent[f"bare_{verb}"]
            figures |= {
                f"{name}_{verb}_microseconds": ours,
                f"{name}_{verb}_beyond_microseconds": ours - bare,
                f"{name}_{verb}_own_microseconds": spent[f"{name}_{verb}_own"],
                f"{name}_{verb}_to_{letter}": bare / ours,
            }
    for verb in ("verify", "sign"):
        ours = spent[f"proof_{verb}"]
        figures |= {
            f"proof_{verb}_microseconds": ours,
            f"proof_{verb}_beyond_microseconds": ours - spent[f"bare_ed25519_{verb}"],
            f"proof_{verb}_own_microseconds": spent[f"proof_{verb}_own"],
        }
    figures["jcs_microseconds"] = spent["jcs"]
    figures["jcs_to_orjson"] = spent["orjson"] / spent["jcs"]
    if "rfc8785" in spent:
        figures["jcs_times_as_fast_as_rfc8785"] = spent["rfc8785"] / spent["jcs"]
    return figures


def _microseconds(work: Work, times: int) -> float:
    """CPU microseconds of one, the mean of `times`."""
    begin = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begin) / times * 1e6


if __name__ == "__main__":
    rig.told(measure, __doc__ or "")
