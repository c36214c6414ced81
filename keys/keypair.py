"""The two kinds of key that our actors have, the third that peers may have, and making new ones."""

from __future__ import annotations

from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)

# Of the elliptic curves only P-256 is ever read, and only to verify with: ours are the other two.
PublicKey: TypeAlias = RSAPublicKey | Ed25519PublicKey | EllipticCurvePublicKey
PrivateKey: TypeAlias = RSAPrivateKey | Ed25519PrivateKey

RSA_BITS = 2048
RSA_EXPONENT = 65537

__all__ = [
    "RSA_BITS",
    "RSA_EXPONENT",
    "Ed25519PrivateKey",
    "Ed25519PublicKey",
    "EllipticCurvePublicKey",
    "PrivateKey",
    "PublicKey",
    "RSAPrivateKey",
    "RSAPublicKey",
    "make_ed25519",
    "make_rsa",
]


def make_rsa() -> RSAPrivateKey:
    """A new RSA key of 2048 bits; takes 70-90 ms of CPU, so call it in a thread.

    2048 because every peer takes it and 4096 costs five times as much to sign with.
    """
    return generate_private_key(public_exponent=RSA_EXPONENT, key_size=RSA_BITS)


def make_ed25519() -> Ed25519PrivateKey:
    """A new Ed25519 key, for proofs on documents. Spec: RFC 8032."""
    return Ed25519PrivateKey.generate()
