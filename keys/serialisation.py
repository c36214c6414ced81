"""Keys as text and bytes: PEM and Multikey for the world, DER for our own vault."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
    load_pem_public_key,
)

from keys import multibase
from keys.errors import KeyRefused, KeyUnreadable
from keys.keypair import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
    EllipticCurvePublicKey,
    PrivateKey,
    PublicKey,
    RSAPrivateKey,
    RSAPublicKey,
)
from keys.soundness import remembered, sound

LONGEST_PEM = 8192

_BLOCK = re.compile(
    r"\s*-----BEGIN (PUBLIC KEY|RSA PUBLIC KEY)-----\s[A-Za-z0-9+/=\s]+-----END \1-----\s*",
    re.ASCII,
)
# Spec: https://github.com/multiformats/multicodec/blob/master/table.csv, as unsigned varints.
_ED25519, _P256, _RSA = b"\xed\x01", b"\x80\x24", b"\x85\x24"
_PRIVATE = (b"\x80\x26", b"\x86\x26", b"\x85\x26")  # ed25519-priv, p256-priv, rsa-priv


def public_pem(key: PublicKey) -> str:
    """The PEM that goes into `publicKeyPem`. Spec: RFC 5280 4.1.2.7, RFC 7468 13."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def read_public_pem(text: str) -> PublicKey:
    """The key in one PEM block of at most 8 kB, SPKI or PKCS#1, parsed once and then remembered.

    Raises: KeyUnreadable, KeyRefused (private keys, certificates, two keys, other curves, weak or
    huge RSA, points of low order; see `keys.soundness`).
    """
    if len(text) > LONGEST_PEM:
        raise KeyRefused("This is too long for a public key.")
    return remembered(_read_public_pem, text)


def _read_public_pem(text: str) -> PublicKey:
    _require_one_public_block(text)
    try:
        key = load_pem_public_key(text.strip().encode("ascii"))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnreadable("This is no public key.") from error
    return sound(key)


def _require_one_public_block(text: str) -> None:
    if text.count("-----BEGIN ") > 1:
        raise KeyRefused("There is more than one thing in this PEM.")
    if "PRIVATE KEY-----" in text or "CERTIFICATE-----" in text:
        raise KeyRefused("This is a private key or a certificate, not a public key.")
    if not _BLOCK.fullmatch(text):
        raise KeyUnreadable("This is not one PEM block with a public key.")


def private_der(key: PrivateKey) -> bytes:
    """The PKCS#8 bytes of a key of ours, unencrypted: for the vault only. Spec: RFC 5958."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def read_private_der(data: bytes) -> PrivateKey:
    """A key of ours out of the vault. Raises: KeyUnreadable, KeyRefused.

    The primes are not proven again (58 ms each time): the vault authenticates what it gives back.
    Never call this with bytes from elsewhere.
    """
    try:
        key = load_der_private_key(data, None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnreadable("This is no private key of ours.") from error
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise KeyRefused("Our private keys are RSA or Ed25519.")
    return key


def public_multibase(key: PublicKey) -> str:
    """The `publicKeyMultibase` of a Multikey, `z6Mk…` for Ed25519. Spec: FEP-521a, W3C CID 1.0
    2.2.2."""
    if isinstance(key, RSAPublicKey):
        return multibase.encode(_RSA + _pkcs1(key))
    if isinstance(key, EllipticCurvePublicKey):
        point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return multibase.encode(_P256 + point)
    return multibase.encode(_ED25519 + key.public_bytes_raw())


def read_multibase(text: str) -> PublicKey:
    """The key of a Multikey: Ed25519, P-256 or RSA; parsed once and then remembered.

    Raises: KeyUnreadable, KeyRefused (private keys, other kinds, and as in `read_public_pem`).
    """
    if len(text) > multibase.LONGEST:
        raise KeyRefused("This is too long for a public key.")
    return remembered(_read_multibase, text)


def _read_multibase(text: str) -> PublicKey:
    data = multibase.decode(text)
    if data.startswith(_PRIVATE):
        raise KeyRefused("This is a private key, not a public key.")
    read = _MULTIKEYS.get(data[:2])
    if read is None:
        raise KeyRefused("Only Ed25519, P-256 and RSA Multikeys are accepted.")
    try:
        return sound(read(data[2:]))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnreadable("The bytes of this Multikey are no key of its kind.") from error


def _read_p256(point: bytes) -> EllipticCurvePublicKey:
    """Raises: ValueError, also when the point is not on the curve."""
    if point[:1] not in (b"\x02", b"\x03"):
        raise ValueError("a Multikey holds a compressed point")
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)


def _read_pkcs1(data: bytes) -> RSAPublicKey:
    """Raises: ValueError, UnsupportedAlgorithm."""
    key = load_der_public_key(data)
    # The library would take an SPKI of any kind in this place too.
    if not isinstance(key, RSAPublicKey) or _pkcs1(key) != data:
        raise ValueError("not PKCS#1")
    return key


def _pkcs1(key: RSAPublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.PKCS1)


_MULTIKEYS: Mapping[bytes, Callable[[bytes], object]] = MappingProxyType(
    {_ED25519: Ed25519PublicKey.from_public_bytes, _P256: _read_p256, _RSA: _read_pkcs1}
)
