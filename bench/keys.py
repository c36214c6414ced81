"""The yardsticks V and S, and what our signatures cost beyond them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from keys.http_signatures import check, parse, sign, verify
from keys.keypair import make_rsa
from keys.message import Request

_NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
_HOST = "berlin.example"
_KEY_ID = "https://wien.example/c/wien#main-key"


def measure() -> rig.Json:
    """V and S per CPU second; the microseconds that ours take beyond the bare operation.

    The request is a signed POST with a body of 2 kB; its key is at hand, as in a cache.
    """
    key = make_rsa()
    public, text = key.public_key(), b"x" * 300
    value = key.sign(text, padding.PKCS1v15(), hashes.SHA256())
    post = Request(
        method="POST",
        url=f"https://{_HOST}/inbox",
        headers=(("Content-Type", "application/activity+json"),),
        body=b"{" + b" " * 2046 + b"}",
    )
    signed = sign(post, key_id=_KEY_ID, key=key, now=_NOW)

    def ours() -> None:
        signature = parse(signed)
        check(signed, signature, now=_NOW, authorities={_HOST})
        verify(signed, signature, public)

    works: dict[str, tuple[Callable[[], object], int]] = {
        "bare_verify": (
            lambda: public.verify(value, text, padding.PKCS1v15(), hashes.SHA256()),
            4000,
        ),
        "our_verify": (ours, 4000),
        "bare_sign": (lambda: key.sign(text, padding.PKCS1v15(), hashes.SHA256()), 400),
        "our_sign": (lambda: sign(post, key_id=_KEY_ID, key=key, now=_NOW), 400),
    }
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rig.ROUNDS):
        for name, (work, times) in works.items():
            found[name].append(_microseconds(work, times))
    return _figures({name: statistics.median(spent) for name, spent in found.items()})


def _figures(spent: dict[str, float]) -> rig.Json:
    return {
        "V_verifications_per_cpu_second": 1e6 / spent["bare_verify"],
        "S_signatures_per_cpu_second": 1e6 / spent["bare_sign"],
        "our_verify_microseconds": spent["our_verify"],
        "our_verify_beyond_microseconds": spent["our_verify"] - spent["bare_verify"],
        "our_verify_to_V": spent["bare_verify"] / spent["our_verify"],
        "our_sign_microseconds": spent["our_sign"],
        "our_sign_beyond_microseconds": spent["our_sign"] - spent["bare_sign"],
        "our_sign_to_S": spent["bare_sign"] / spent["our_sign"],
    }


def _microseconds(work: Callable[[], object], times: int) -> float:
    """CPU microseconds of one, the mean of `times`."""
    begin = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begin) / times * 1e6


if __name__ == "__main__":
    rig.told(measure, __doc__ or "")
