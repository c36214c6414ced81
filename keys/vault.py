"""Secrets at rest: one master key outside the database, one derived key for each purpose."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keys.errors import VaultRefused

MASTER_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12
_TAG_BYTES = 16
_SHORTEST = len(_VERSION) + _NONCE_BYTES + _TAG_BYTES


def make_master() -> bytes:
    """A new master key of 32 random bytes."""
    return secrets.token_bytes(MASTER_BYTES)


class Vault:
    """Seals and opens small secrets; a sealed value opens only in its own row and purpose.

    Layout: version byte, 96-bit nonce, AES-256-GCM text with its tag. The key is HKDF-SHA-256 of
    the master for the purpose. Spec: NIST SP 800-38D, RFC 5869.
    """

    __slots__ = ("_ciphers", "_master")

    def __init__(self, master: bytes) -> None:
        """Raises: VaultRefused when `master` has not 32 bytes."""
        if len(master) != MASTER_BYTES:
            raise VaultRefused("The master key must have 32 bytes.")
        self._master = master
        self._ciphers: dict[str, AESGCM] = {}

    def seal(self, plain: bytes, *, row: str, purpose: str) -> bytes:
        """`plain` sealed for this row and purpose; never the same bytes twice.

        `row` names table and row (`actor_key:01JD…`), `purpose` the column's meaning.
        """
        nonce = secrets.token_bytes(_NONCE_BYTES)
        text = self._cipher(purpose).encrypt(nonce, plain, _context(row, purpose))
        return _VERSION + nonce + text

    def open(self, sealed: bytes, *, row: str, purpose: str) -> bytes:
        """What was sealed for this row and purpose. Raises: VaultRefused."""
        if len(sealed) < _SHORTEST or not sealed.startswith(_VERSION):
            raise VaultRefused("This was not sealed by a vault of this version.")
        nonce, text = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher(purpose).decrypt(nonce, text, _context(row, purpose))
        except InvalidTag as error:
            raise VaultRefused(
                "This secret does not open: another master key, another row, or changed bytes."
            ) from error

    def _cipher(self, purpose: str) -> AESGCM:
        """The cipher of a purpose; purposes are words in our code, so they are few."""
        if purpose not in self._ciphers:
            info = b"josoor vault 1|" + purpose.encode()
            key = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self._master)
            self._ciphers[purpose] = AESGCM(key)
        return self._ciphers[purpose]


def _context(row: str, purpose: str) -> bytes:
    """version|row|purpose, lengths in front so that no two pairs read the same."""
    parts = (row.encode(), purpose.encode())
    return _VERSION + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
