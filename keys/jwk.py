"""Public keys as JSON Web Keys, read strictly.

Spec: RFC 7517, RFC 7518 6.2-6.3, RFC 8037 2.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

from keys.errors import KeyRefused, KeyUnreadable
from keys.keypair import Ed25519PublicKey, PublicKey
from keys.soundness import LARGEST_RSA, remembered, sound

_LONGEST = -(-LARGEST_RSA // 6)  # six bits a letter
# What only a private or a shared key has. Spec: RFC 7518 6.2.2, 6.3.2, 6.4.
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_POINT_BYTES = 32


def read_jwk(jwk: Mapping[str, object]) -> PublicKey:
    """The RSA, Ed25519 (`OKP`) or P-256 (`EC`) key of a JWK, parsed once and then remembered.

    Raises: KeyUnreadable, KeyRefused (private members, a key for something else than signatures,
    other kinds, weak or hostile keys; see `keys.soundness`).
    """
    if not _PRIVATE.isdisjoint(jwk):
        raise KeyRefused("This is a private or a shared key, not a public key.")
    if jwk.get("use", "sig") != "sig" or not _may_verify(jwk.get("key_ops", ["verify"])):
        raise KeyRefused("This key is not meant for signatures.")
    kind = (_text(jwk, "kty"), "" if jwk["kty"] == "RSA" else _text(jwk, "crv"))
    if kind not in _KINDS:
        raise KeyRefused("Only RSA, Ed25519 and P-256 keys are accepted.")
    read, members = _KINDS[kind]
    return remembered(read, *(_text(jwk, member) for member in members))


def _may_verify(operations: object) -> bool:
    return isinstance(operations, list) and "verify" in operations


def _text(jwk: Mapping[str, object], member: str) -> str:
    value = jwk.get(member)
    if not isinstance(value, str):
        raise KeyUnreadable("A member of this JWK is missing or no text.")
    if len(value) > _LONGEST:
        raise KeyRefused("This is too long for a public key.")
    return value


def _bytes(text: str) -> bytes:
    """The bytes behind unpadded, canonical base64url. Raises: KeyUnreadable.

    Spec: RFC 7515 2, RFC 4648 3.5.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise KeyUnreadable("A member of this JWK is not base64url.") from error
    if not data or base64.urlsafe_b64encode(data).rstrip(b"=") != text.encode():
        raise KeyUnreadable("A member of this JWK is not canonical base64url.")
    return data


def _number(text: str) -> int:
    """Spec: RFC 7518 2, Base64urlUInt: no leading zero bytes."""
    data = _bytes(text)
    if data[0] == 0:
        raise KeyUnreadable("A number of this JWK has leading zeros.")
    return int.from_bytes(data, "big")


def _read_rsa(n: str, e: str) -> PublicKey:
    try:
        return sound(RSAPublicNumbers(_number(e), _number(n)).public_key())
    except ValueError as error:  # the library refuses the silliest numbers by itself
        raise KeyRefused("The numbers of this RSA key are unfit.") from error


def _read_ed25519(x: str) -> PublicKey:
    return sound(Ed25519PublicKey.from_public_bytes(_coordinate(x)))


def _read_p256(x: str, y: str) -> PublicKey:
    numbers = [int.from_bytes(_coordinate(text), "big") for text in (x, y)]
    try:
        return sound(EllipticCurvePublicNumbers(numbers[0], numbers[1], SECP256R1()).public_key())
    except ValueError as error:
        raise KeyRefused("This point is not on the curve P-256.") from error


def _coordinate(text: str) -> bytes:
    data = _bytes(text)
    if len(data) != _POINT_BYTES:
        raise KeyUnreadable("A coordinate of these curves has 32 bytes.")
    return data


_KINDS: Mapping[tuple[str, str], tuple[Callable[..., PublicKey], tuple[str, ...]]] = (
    MappingProxyType(
        {
            ("RSA", ""): (_read_rsa, ("n", "e")),
            ("OKP", "Ed25519"): (_read_ed25519, ("x",)),
            ("EC", "P-256"): (_read_p256, ("x", "y")),
        }
    )
)
