"""The ways in which actors write a public key: PEM, Multikey, JWK."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from federation.ports import KeyForm, RemoteKey
from keys.jwk import read_jwk
from keys.keypair import PublicKey
from keys.serialisation import read_multibase, read_public_pem

LONGEST_TEXT: Final = 8192
_PROPERTIES: Final = {
    "publicKeyPem": KeyForm.PEM,
    "publicKeyMultibase": KeyForm.MULTIBASE,
    "publicKeyJwk": KeyForm.JWK,
}


def form_and_text(entry: Mapping[str, Any]) -> tuple[KeyForm, str] | None:
    """How an entry writes its key, and the key; None when it holds none, two, or one too long."""
    written = [(form, entry[name]) for name, form in _PROPERTIES.items() if name in entry]
    if len(written) != 1:
        return None
    form, raw = written[0]
    text = _jwk_text(raw) if form is KeyForm.JWK else raw
    return (form, text) if isinstance(text, str) and len(text) <= LONGEST_TEXT else None


def _jwk_text(raw: Any) -> str | None:
    return json.dumps(raw, sort_keys=True, separators=(",", ":")) if isinstance(raw, dict) else None


def read_key(key: RemoteKey) -> PublicKey:
    """The key itself. Raises: KeysError."""
    if key.form is KeyForm.PEM:
        return read_public_pem(key.text)
    if key.form is KeyForm.MULTIBASE:
        return read_multibase(key.text)
    return read_jwk(json.loads(key.text))


def digest(key: RemoteKey) -> str:
    """The SHA-256 of a key as it is written, blanks left out: by it one is told from another."""
    return hashlib.sha256("".join(key.text.split()).encode()).hexdigest()
