"""The digest of a body, and the one strict reading of base64."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from keys.errors import DigestMismatch

_SHA256_BYTES = 32


def read_base64(text: str) -> bytes:
    """The bytes behind padded, canonical base64 without blanks. Raises: ValueError.

    Python alone would take `QR==` for `QQ==`: two spellings of one signature would pass a replay
    cache. Spec: RFC 4648 3.5, 4.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not base64") from error
    if write_base64(data) != text:
        raise ValueError("not canonical base64")
    return data


def write_base64(data: bytes) -> str:
    """`data` in padded base64 on one line."""
    return base64.b64encode(data).decode("ascii")


def digest(body: bytes) -> str:
    """The value of the Digest header, `SHA-256=…`. Spec: RFC 3230 4.3.2, RFC 5843 2.2."""
    return "SHA-256=" + write_base64(hashlib.sha256(body).digest())


def check_digest(header: str, body: bytes) -> None:
    """Nothing when `header` is exactly one SHA-256 member and that of `body`.

    Raises: DigestMismatch. A second member is refused: two verifiers could read different ones.
    """
    algorithm, equals, value = header.partition("=")
    if not equals or algorithm.upper() != "SHA-256":
        raise DigestMismatch("The digest must be one SHA-256 member.")
    try:
        claimed = read_base64(value)
    except ValueError as error:
        raise DigestMismatch("The digest is not strict base64.") from error
    if len(claimed) != _SHA256_BYTES:
        raise DigestMismatch("A SHA-256 digest has 32 bytes.")
    if not hmac.compare_digest(claimed, hashlib.sha256(body).digest()):
        raise DigestMismatch("The digest is not that of the body.")
