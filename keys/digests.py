"""The digest of a body, and the one strict reading of base64."""

from __future__ import annotations

import binascii
import hashlib

from keys.errors import DigestMismatch

_SHA256_BYTES = 32
_CONTENT_ALGORITHMS = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}


def read_base64(text: str) -> bytes:
    """The bytes behind padded, canonical base64 without blanks. Raises: ValueError.

    Python alone would take `QR==` for `QQ==`: two spellings of one signature would pass a replay
    cache. Spec: RFC 4648 3.5, 4.
    """
    try:
        data = binascii.a2b_base64(text)
    except ValueError as error:
        raise ValueError("not base64") from error
    # The reader skips what it does not know; what it then writes is the only spelling there is.
    if write_base64(data) != text:
        raise ValueError("not canonical base64")
    return data


def write_base64(data: bytes) -> str:
    """`data` in padded base64 on one line."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def digest(body: bytes) -> str:
    """The value of the Digest header, `SHA-256=…`. Spec: RFC 3230 4.3.2, RFC 5843 2.2."""
    return "SHA-256=" + write_base64(hashlib.sha256(body).digest())


def check_digest(header: str, body: bytes) -> None:
    """Nothing when `header` is exactly one SHA-256 member and that of `body`.

    Raises: DigestMismatch. A second member is refused: two verifiers could read different ones.
    """
    if header == digest(body):
        return
    algorithm, equals, value = header.partition("=")
    if not equals or algorithm.upper() != "SHA-256":
        raise DigestMismatch("The digest must be one SHA-256 member.")
    try:
        claimed = read_base64(value)
    except ValueError as error:
        raise DigestMismatch("The digest is not strict base64.") from error
    if len(claimed) != _SHA256_BYTES:
        raise DigestMismatch("A SHA-256 digest has 32 bytes.")
    if claimed != hashlib.sha256(body).digest():
        raise DigestMismatch("The digest is not that of the body.")


def content_digest(body: bytes) -> str:
    """The value of the Content-Digest header, `sha-256=:…:`. Spec: RFC 9530 2."""
    return f"sha-256=:{write_base64(hashlib.sha256(body).digest())}:"


def check_content_digest(header: str, body: bytes) -> None:
    """Nothing when `header` is exactly one member, sha-256 or sha-512, and that of `body`.

    Raises: DigestMismatch. A second member is refused, even a right one: two verifiers could read
    different ones, and no peer sends two.
    """
    if header == content_digest(body):
        return
    algorithm, equals, value = header.partition("=:")
    if not equals or algorithm not in _CONTENT_ALGORITHMS or not value.endswith(":"):
        raise DigestMismatch("The content digest must be one member, sha-256 or sha-512.")
    try:
        claimed = read_base64(value[:-1])
    except ValueError as error:
        raise DigestMismatch("The content digest is not strict base64.") from error
    if claimed != _CONTENT_ALGORITHMS[algorithm](body).digest():
        raise DigestMismatch("The content digest is not that of the body.")
