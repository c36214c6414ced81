"""Secrets at rest: one master key outside the database, one derived key for each purpose.

A new master comes in like this: a vault of both seals with the new one and opens with either, every
row that `needs_resealing` is put through `reseal`, and then the old master can go.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.errors import VaultRefused

MASTER_BYTES = 32
_VERSION_1, _VERSION_2 = b"\x01", b"\x02"
_ID_BYTES = 8
_NONCE_BYTES = 12
_TAG_BYTES = 16
_HEAD_BYTES = {_VERSION_1: 1, _VERSION_2: 1 + _ID_BYTES}


def make_master() -> bytes:
    """A new master key of 32 random bytes."""
    return secrets.token_bytes(MASTER_BYTES)


class Vault:
    """Seals and opens small secrets; a sealed value opens only in its own row and purpose.

    Layout: version byte 2, 8 bytes naming the master, 96-bit nonce, AES-256-GCM text with its
    tag; version 1 names no master. The key is HKDF-SHA-256 of the master for the purpose.
    Spec: NIST SP 800-38D, RFC 5869.
    """

    __slots__ = ("_ciphers", "_masters", "_newest")

    def __init__(self, master: bytes, *older: bytes) -> None:
        """Seals with `master`; opens what was sealed with any of them.

        Raises: VaultRefused when one has not 32 bytes.
        """
        if any(len(one) != MASTER_BYTES for one in (master, *older)):
            raise VaultRefused("The master key must have 32 bytes.")
        self._masters = {_id(one): one for one in (*older, master)}
        self._newest = _id(master)
        self._ciphers: dict[tuple[bytes, str], AESGCM] = {}

    def seal(self, plain: bytes, *, row: str, purpose: str) -> bytes:
        """`plain` sealed for this row and purpose; never the same bytes twice.

        `row` names table and row (`actor_key:01JD…`), `purpose` the column's meaning.
        """
        head, nonce = _VERSION_2 + self._newest, secrets.token_bytes(_NONCE_BYTES)
        cipher = self._cipher(self._newest, purpose)
        return head + nonce + cipher.encrypt(nonce, plain, _context(head, row, purpose))

    def open(self, sealed: bytes, *, row: str, purpose: str) -> bytes:
        """What was sealed for this row and purpose. Raises: VaultRefused."""
        size = _HEAD_BYTES.get(sealed[:1])
        if size is None or len(sealed) < size + _NONCE_BYTES + _TAG_BYTES:
            raise VaultRefused("This was not sealed by a vault of this version.")
        head, nonce = sealed[:size], sealed[size : size + _NONCE_BYTES]
        text, context = sealed[size + _NONCE_BYTES :], _context(head, row, purpose)
        for master in self._candidates(head):
            try:
                return self._cipher(master, purpose).decrypt(nonce, text, context)
            except InvalidTag:
                continue
        raise VaultRefused(
            "This secret does not open: another master key, another row, or changed bytes."
        )

    def needs_resealing(self, sealed: bytes) -> bool:
        """Whether this is sealed otherwise than by the newest master, in the newest version."""
        return not sealed.startswith(_VERSION_2 + self._newest)

    def reseal(self, sealed: bytes, *, row: str, purpose: str) -> bytes:
        """The same secret under the newest master; the very same bytes where they are already.

        Raises: VaultRefused when it does not open.
        """
        plain = self.open(sealed, row=row, purpose=purpose)
        return (
            self.seal(plain, row=row, purpose=purpose) if self.needs_resealing(sealed) else sealed
        )

    def _candidates(self, head: bytes) -> Iterator[bytes]:
        """The ids of the masters that may have sealed this; version 1 does not say which."""
        named = head[1:]
        return (one for one in reversed(self._masters) if named in (b"", one))

    def _cipher(self, master: bytes, purpose: str) -> AESGCM:
        """The cipher of a purpose; purposes are words in our code, so they are few."""
        if (master, purpose) not in self._ciphers:
            key = _derive(self._masters[master], b"josoor vault 1|" + purpose.encode(), 32)
            self._ciphers[master, purpose] = AESGCM(key)
        return self._ciphers[master, purpose]


def _id(master: bytes) -> bytes:
    """A name for a master that tells nothing about it."""
    return _derive(master, b"josoor vault id", _ID_BYTES)


def _derive(master: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(master)


def _context(head: bytes, row: str, purpose: str) -> bytes:
    """head|row|purpose, lengths in front so that no two pairs read the same."""
    parts = (row.encode(), purpose.encode())
    return head + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
