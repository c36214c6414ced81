"""Which public keys are fit to verify with, and the one memory of keys that were read."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1

from keys.errors import KeyRefused
from keys.keypair import Ed25519PublicKey, EllipticCurvePublicKey, PublicKey, RSAPublicKey

SMALLEST_RSA, LARGEST_RSA = 2048, 4096
# Verification takes time with the exponent; no peer needs one above 65537.
LARGEST_EXPONENT = 2**32
CACHED_KEYS = 512

_P = 2**255 - 19  # the field of Ed25519
_D = -121665 * pow(121666, -1, _P) % _P  # and its curve: -x² + y² = 1 + d x² y²


@lru_cache(maxsize=CACHED_KEYS)
def remembered(read: Callable[..., PublicKey], *parts: str) -> PublicKey:
    """What `read(*parts)` gives, read once and then kept among the 512 keys used last.

    One memory for PEM, Multikey and JWK: reading an RSA key costs a third of a verification, an
    Ed25519 key as much as one. What cannot be read is not kept.
    """
    return read(*parts)


def sound(key: object) -> PublicKey:
    """The same key, when it is of a kind and strength that we verify with.

    RSA with an odd modulus of 2048 to 4096 bits and an odd exponent from 3 to 2^32, Ed25519,
    P-256. Raises: KeyRefused.
    """
    if isinstance(key, RSAPublicKey):
        return _sound_rsa(key)
    if isinstance(key, Ed25519PublicKey):
        return _sound_ed25519(key)
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return key  # the library has found the point to be on its curve
    raise KeyRefused("Only RSA, Ed25519 and P-256 keys are accepted.")


def _sound_rsa(key: RSAPublicKey) -> RSAPublicKey:
    numbers = key.public_numbers()
    if not SMALLEST_RSA <= key.key_size <= LARGEST_RSA or not numbers.n & 1:
        raise KeyRefused("An RSA key must have an odd modulus of 2048 to 4096 bits.")
    if not 3 <= numbers.e <= LARGEST_EXPONENT or not numbers.e & 1:
        raise KeyRefused("An RSA exponent must be odd and from 3 to 2^32.")
    return key


def _sound_ed25519(key: Ed25519PublicKey) -> Ed25519PublicKey:
    """The library takes any 32 bytes; a point of low order would fit a signature to any message.

    Spec: RFC 8032 5.1.3, 5.1.7.
    """
    y = int.from_bytes(key.public_bytes_raw(), "little") & (2**255 - 1)
    if y >= _P:
        raise KeyRefused("This Ed25519 key is not written in its one canonical way.")
    square = y * y % _P
    # The eight points of low order: y is 0, 1 or -1, or doubling twice makes it so.
    if y * (square - 1) * (_D * square * square + 2 * square - 1) % _P == 0:
        raise KeyRefused("This Ed25519 key is a point of low order.")
    # x² = (y² - 1) / (d y² + 1) has a root exactly when the product of the two has one.
    if pow((square - 1) * (_D * square + 1), (_P - 1) // 2, _P) != 1:
        raise KeyRefused("This Ed25519 key is no point of the curve.")
    return key
