"""A device that keeps passkeys, in software: what a browser hands on of it, byte by byte.

`lies` change what it says: each is what a broken or bad device, page or browser could say.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any, TypedDict, Unpack

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Json = dict[str, Any]
PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40
EDDSA, ES256 = -8, -7


class Lies(TypedDict, total=False):
    """What is said otherwise than it is."""

    origin: str
    rp_id: str
    verified: bool
    challenge: str
    kind: str
    counter: int
    fmt: str
    statement: bytes
    handle: str


@dataclass
class Kept:
    """One passkey in the device. `counter` None: it does not count, as those that are synced."""

    key: EllipticCurvePrivateKey | Ed25519PrivateKey
    rp_id: str
    handle: str
    id: bytes
    counter: int | None = 0


@dataclass
class Device:
    """A device with its passkeys, at `origin`; it makes those of the first kind that it knows."""

    origin: str
    knows: tuple[int, ...] = (ES256,)
    counts: bool = True
    kept: list[Kept] = field(default_factory=list)

    def make(self, options: Json, **lies: Unpack[Lies]) -> str:
        """A new passkey, as `navigator.credentials.create` tells of it."""
        asked = [each["alg"] for each in options["pubKeyCredParams"]]
        kind = next(each for each in asked if each in self.knows)
        key = Ed25519PrivateKey.generate() if kind == EDDSA else generate_private_key(SECP256R1())
        passkey = Kept(
            key=key,
            rp_id=options["rp"]["id"],
            handle=options["user"]["id"],
            id=secrets.token_bytes(32),
            counter=0 if self.counts else None,
        )
        self.kept.append(passkey)
        named = struct.pack(">16xH", len(passkey.id)) + passkey.id + cose(key)
        said = self._data(passkey, WITH_KEY, lies) + named
        attestation = (
            b"\xa3\x63fmt" + _text(lies.get("fmt", "none"))
            + b"\x67attStmt" + lies.get("statement", b"\xa0")
            + b"\x68authData" + _head(2, len(said)) + said
        )  # fmt: skip
        client = self._client("webauthn.create", options, lies)
        return _told(passkey, clientDataJSON=pack(client), attestationObject=pack(attestation))

    def sign(self, options: Json, which: int = 0, **lies: Unpack[Lies]) -> str:
        """What `navigator.credentials.get` tells, signed with the passkey number `which`."""
        allowed = [each["id"] for each in options["allowCredentials"]]
        mine = [each for each in self.kept if not allowed or pack(each.id) in allowed]
        return self.sign_with(mine[which], options, **lies)

    def sign_with(self, passkey: Kept, options: Json, **lies: Unpack[Lies]) -> str:
        """The same with this passkey, whatever was asked for."""
        if passkey.counter is not None:
            passkey.counter += 1
        data = self._data(passkey, 0, lies)
        client = self._client("webauthn.get", options, lies)
        message = data + hashlib.sha256(client).digest()
        if isinstance(passkey.key, Ed25519PrivateKey):
            signature = passkey.key.sign(message)
        else:
            signature = passkey.key.sign(message, ECDSA(hashes.SHA256()))
        return _told(
            passkey,
            clientDataJSON=pack(client),
            authenticatorData=pack(data),
            signature=pack(signature),
            userHandle=lies.get("handle", passkey.handle),
        )

    def _data(self, passkey: Kept, flags: int, lies: Lies) -> bytes:
        """Spec: Web Authentication 6.1"""
        site = lies.get("rp_id", passkey.rp_id).encode()
        verified = VERIFIED if lies.get("verified", True) else 0
        counter = lies.get("counter", passkey.counter or 0)
        return hashlib.sha256(site).digest() + struct.pack(
            ">BI", flags | PRESENT | verified, counter
        )

    def _client(self, kind: str, options: Json, lies: Lies) -> bytes:
        """Spec: Web Authentication 5.8.1"""
        said = {
            "type": lies.get("kind", kind),
            "challenge": lies.get("challenge", options["challenge"]),
            "origin": lies.get("origin", self.origin),
            "crossOrigin": False,
        }
        return json.dumps(said).encode()


def cose(key: EllipticCurvePrivateKey | Ed25519PrivateKey) -> bytes:
    """The public key as devices write it. Spec: RFC 9053 7"""
    if isinstance(key, Ed25519PrivateKey):
        return b"\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20" + key.public_key().public_bytes_raw()
    point = key.public_key().public_numbers()
    x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
    return b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + x + b"\x22\x58\x20" + y


def pack(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unpack(text: str) -> bytes:
    """The bytes again."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _told(passkey: Kept, **response: str) -> str:
    name = pack(passkey.id)
    return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def _head(kind: int, length: int) -> bytes:
    """The head of a CBOR item. Spec: RFC 8949 3"""
    if length < 24:
        return bytes([kind << 5 | length])
    if length < 256:
        return bytes([kind << 5 | 24, length])
    return struct.pack(">BH", kind << 5 | 25, length)


def _text(text: str) -> bytes:
    return _head(3, len(text)) + text.encode()
