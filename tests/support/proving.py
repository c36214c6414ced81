"""A note, the key that proves it, and the three steps by which it is believed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from keys.keypair import make_ed25519
from keys.proofs import Proof, check, prove, read_proofs, verify

METHOD = "https://wien.test/c/wien#ed25519-key"
NOW = datetime(2026, 12, 5, 18, 0, 0, tzinfo=UTC)
KEY = make_ed25519()
NOTE: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/activitystreams", {"sensitive": "as:sensitive"}],
    "id": "https://wien.test/n/1",
    "type": "Note",
    "content": "Treffen um 18 Uhr",
    "location": {"latitude": 48.2082, "longitude": 16.0},
}


def proven(document: dict[str, Any] = NOTE, **changed: Any) -> dict[str, Any]:
    return prove(document, **{"key": KEY, "verification_method": METHOD, "created": NOW, **changed})


def believe(document: dict[str, Any], now: datetime = NOW, key: Any = None) -> Proof:
    """The first proof, when all three steps let it pass."""
    proof = read_proofs(document)[0]
    check(proof, document, now=now)
    verify(document, proof, key or KEY.public_key())
    return proof


def with_proof(document: dict[str, Any], **members: Any) -> dict[str, Any]:
    """The document, these members of its proof replaced or, where None, gone."""
    proof = {**document["proof"], **members}
    return {**document, "proof": {n: v for n, v in proof.items() if v is not None}}
