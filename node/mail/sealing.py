"""Addresses as the database holds them: sealed, and a keyed digest by which one is found again.

The key of the digests is random and sealed itself, so that it outlives an exchange of the master.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

from keys.vault import Vault
from node.ids import is_id
from node.mail.model import Address, same_spelling
from node.storage.database import Transaction

_ADDRESS, _KEY = "mail address", "mail index"
_KEY_ROW = "mail_key:index"
_ID_LETTERS = 26


def seal(vault: Vault, address_id: str, address: str) -> bytes:
    """An address that opens in its own row only."""
    return vault.seal(address.encode(), row=f"mail_address:{address_id}", purpose=_ADDRESS)


def opened(vault: Vault, address: Address) -> str:
    """The address itself. Raises: VaultRefused."""
    row = f"mail_address:{address.id}"
    return vault.open(address.sealed, row=row, purpose=_ADDRESS).decode()


async def index_key(tx: Transaction, vault: Vault) -> bytes:
    """The key of the digests, made when the first address comes."""
    if found := await known_key(tx, vault):
        return found
    sealed = vault.seal(secrets.token_bytes(32), row=_KEY_ROW, purpose=_KEY)
    await tx.run(
        "insert into mail_key (name, sealed) values ('index', :sealed) on conflict do nothing",
        sealed=sealed,
    )
    made = await known_key(tx, vault)
    assert made is not None
    return made


async def known_key(tx: Transaction, vault: Vault) -> bytes | None:
    """The same, None as long as nobody ever gave an address."""
    row = await tx.row("select sealed from mail_key")
    return vault.open(bytes(row["sealed"]), row=_KEY_ROW, purpose=_KEY) if row else None


def digest_of(key: bytes, address: str) -> str:
    """What is looked for in place of an address."""
    return _mac(key, f"address|{same_spelling(address)}").hex()


def stop_secret(key: bytes, address_id: str) -> str:
    """What the link to no more mails carries: nothing is kept of it, so it holds for ever."""
    return address_id + urlsafe_b64encode(_mac(key, f"stop|{address_id}")).decode().rstrip("=")


def address_of_stop(key: bytes, secret: str) -> str | None:
    """The id of the address to which such a link belongs; None where it is none of ours."""
    address_id = secret[:_ID_LETTERS]
    ours = is_id(address_id) and hmac.compare_digest(
        secret.encode("utf-8", "replace"), stop_secret(key, address_id).encode()
    )
    return address_id if ours else None


async def reseal(tx: Transaction, vault: Vault) -> int:
    """Seal with the vault's newest master key whatever an older one had sealed; how many."""
    many = 0
    for table, name, purpose in (("mail_address", "id", _ADDRESS), ("mail_key", "name", _KEY)):
        rows = await tx.rows(f"select {name} as name, sealed from {table}")  # noqa: S608  ours
        for row in rows:
            if vault.needs_resealing(bytes(row["sealed"])):
                where = f"{table}:{row['name']}"
                sealed = vault.reseal(bytes(row["sealed"]), row=where, purpose=purpose)
                await tx.run(
                    f"update {table} set sealed = :sealed where {name} = :name",  # noqa: S608
                    sealed=sealed,
                    name=row["name"],
                )
                many += 1
    return many


def _mac(key: bytes, said: str) -> bytes:
    return hmac.new(key, said.encode(), hashlib.sha256).digest()
