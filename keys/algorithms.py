"""The algorithms that requests are signed with; which one it is, the key decides."""

from __future__ import annotations

from typing import TypeGuard

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA512

from keys.errors import AlgorithmRefused, SignatureInvalid
from keys.keypair import (
    Ed25519PublicKey,
    EllipticCurvePublicKey,
    PrivateKey,
    PublicKey,
    RSAPrivateKey,
    RSAPublicKey,
)

RSA_V1_5 = "rsa-v1_5-sha256"
RSA_PSS = "rsa-pss-sha512"
ED25519 = "ed25519"
ECDSA_P256 = "ecdsa-p256-sha256"
# Spec: RFC 9421 6.2.2. hmac-sha256 has no place between strangers; P-384 nobody uses.
ALGORITHMS = frozenset({RSA_V1_5, RSA_PSS, ED25519, ECDSA_P256})

_PKCS1, _SHA256, _SHA512 = PKCS1v15(), SHA256(), SHA512()
_PSS = PSS(mgf=MGF1(_SHA512), salt_length=64)
_ECDSA = ECDSA(_SHA256)


def prove(key: PublicKey, algorithm: str, value: bytes, text: bytes) -> None:
    """Nothing when `value` is the signature of `text` by this key.

    An empty `algorithm` is the usual one of the key: RSASSA-PKCS1-v1_5 with SHA-256, Ed25519 or
    ECDSA over P-256. Any other is only a label, and has to fit the key.
    Raises: SignatureInvalid, AlgorithmRefused. Spec: RFC 9421 3.3, RFC 8017 8, RFC 8032 5.1.
    """
    try:
        if isinstance(key, RSAPublicKey) and algorithm in ("", RSA_V1_5):
            key.verify(value, text, _PKCS1, _SHA256)
        elif isinstance(key, RSAPublicKey) and algorithm == RSA_PSS:
            key.verify(value, text, _PSS, _SHA512)
        elif isinstance(key, Ed25519PublicKey) and algorithm in ("", ED25519):
            key.verify(value, text)
        elif _is_p256(key) and algorithm in ("", ECDSA_P256):
            key.verify(_der(value), text, _ECDSA)
        else:
            raise AlgorithmRefused("The algorithm is not one of this key.")
    except InvalidSignature as error:
        raise SignatureInvalid(
            "The signature was not made by this key over this request."
        ) from error


def _is_p256(key: PublicKey) -> TypeGuard[EllipticCurvePublicKey]:
    return isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)


def _der(value: bytes) -> bytes:
    """The two numbers of an ECDSA signature, sent side by side, as OpenSSL wants them."""
    if len(value) != 64:
        raise InvalidSignature
    return encode_dss_signature(
        int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
    )


def make(key: PrivateKey, text: bytes) -> bytes:
    """The signature of `text` with the usual algorithm of the key: `rsa-v1_5-sha256` or
    `ed25519`."""
    if isinstance(key, RSAPrivateKey):
        return key.sign(text, _PKCS1, _SHA256)
    return key.sign(text)
