"""Keys as text and bytes: PEM and Multikey for the world, DER for our own vault."""

from __future__ import annotations

import re
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_public_key,
)

from keys import multibase
from keys.errors import KeyRefused, KeyUnreadable
from keys.keypair import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
    PrivateKey,
    PublicKey,
    RSAPrivateKey,
    RSAPublicKey,
)

LONGEST_PEM = 8192
SMALLEST_RSA, LARGEST_RSA = 2048, 4096
# Verification takes time with the exponent; no peer needs one above 65537.
LARGEST_EXPONENT = 2**32
CACHED_KEYS = 512

_BLOCK = re.compile(
    r"\s*-----BEGIN (PUBLIC KEY|RSA PUBLIC KEY)-----\s[A-Za-z0-9+/=\s]+-----END \1-----\s*",
    re.ASCII,
)
_ED25519 = b"\xed\x01"  # multicodec ed25519-pub


def public_pem(key: PublicKey) -> str:
    """The PEM that goes into `publicKeyPem`. Spec: RFC 5280 4.1.2.7, RFC 7468 13."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def read_public_pem(text: str) -> PublicKey:
    """The key in one PEM block of at most 8 kB, SPKI or PKCS#1, parsed once and then remembered.

    RSA has 2048 to 4096 bits and an odd exponent from 3 to 2^32.
    Raises: KeyUnreadable, KeyRefused (private keys, certificates, two keys, EC, weak or huge RSA).
    """
    if len(text) > LONGEST_PEM:
        raise KeyRefused("This is too long for a public key.")
    return _read_public_pem(text)


@lru_cache(maxsize=CACHED_KEYS)
def _read_public_pem(text: str) -> PublicKey:
    _require_one_public_block(text)
    try:
        key = load_pem_public_key(text.strip().encode("ascii"))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnreadable("This is no public key.") from error
    if isinstance(key, Ed25519PublicKey):
        return key
    if isinstance(key, RSAPublicKey):
        return _sound_rsa(key)
    raise KeyRefused("Only RSA and Ed25519 keys are accepted.")


def _require_one_public_block(text: str) -> None:
    if text.count("-----BEGIN ") > 1:
        raise KeyRefused("There is more than one thing in this PEM.")
    if "PRIVATE KEY-----" in text or "CERTIFICATE-----" in text:
        raise KeyRefused("This is a private key or a certificate, not a public key.")
    if not _BLOCK.fullmatch(text):
        raise KeyUnreadable("This is not one PEM block with a public key.")


def _sound_rsa(key: RSAPublicKey) -> RSAPublicKey:
    numbers = key.public_numbers()
    if not SMALLEST_RSA <= key.key_size <= LARGEST_RSA or not numbers.n & 1:
        raise KeyRefused("An RSA key must have an odd modulus of 2048 to 4096 bits.")
    if not 3 <= numbers.e <= LARGEST_EXPONENT or not numbers.e & 1:
        raise KeyRefused("An RSA exponent must be odd and from 3 to 2^32.")
    return key


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


def public_multibase(key: Ed25519PublicKey) -> str:
    """The `publicKeyMultibase` of a Multikey, `z6Mk…`. Spec: FEP-521a, W3C CID 1.0 2.2.2."""
    return multibase.encode(_ED25519 + key.public_bytes_raw())


def read_multibase(text: str) -> Ed25519PublicKey:
    """The Ed25519 key of a Multikey. Raises: KeyUnreadable, KeyRefused (another kind of key)."""
    data = multibase.decode(text)
    if not data.startswith(_ED25519):
        raise KeyRefused("Only Ed25519 Multikeys are accepted.")
    try:
        return Ed25519PublicKey.from_public_bytes(data[len(_ED25519) :])
    except ValueError as error:
        raise KeyUnreadable("An Ed25519 key has 32 bytes.") from error
