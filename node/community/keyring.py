"""The node's own keys: made in pairs, sealed at rest, unsealed when first used, and then held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from federation.ports import Clock, SigningKey
from keys.errors import VaultRefused
from keys.keypair import Ed25519PrivateKey, make_ed25519, make_rsa
from keys.serialisation import private_der, public_multibase, public_pem, read_private_der
from keys.vault import Vault
from node.community import store
from node.community.model import ActorKey
from node.storage.database import Database

PURPOSE = "actor-key"
# Other processes on the same database rotate and retire keys as well.
_READ_AGAIN = timedelta(minutes=1)
_NOT_BEFORE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """The two private keys that an actor has: for requests and for proofs."""

    rsa: RSAPrivateKey
    edwards: Ed25519PrivateKey


def make_pair() -> Pair:
    """New keys; about 80 ms of CPU, so call it in a thread while the node is working."""
    return Pair(make_rsa(), make_ed25519())


def seal_pair(
    actor: str, pair: Pair, vault: Vault, now: datetime, *, number: int
) -> list[ActorKey]:
    """The pair as it is kept; `number` counts the actor's pairs from 1.

    The RSA key's id is `ACTOR#main-key`, then `ACTOR#main-key-2` and so on: Mastodon before 4.6
    and others find an actor by cutting at `#`, GoToSocial holds a key by its whole id.
    """
    part = "" if number == 1 else f"-{number}"
    halves = (
        ("rsa", f"{actor}#main-key{part}", pair.rsa, public_pem(pair.rsa.public_key())),
        (
            "ed25519",
            f"{actor}#ed25519-key{part}",
            pair.edwards,
            public_multibase(pair.edwards.public_key()),
        ),
    )
    return [
        ActorKey(
            id=key_id,
            actor=actor,
            kind=kind,
            public=public,
            sealed=vault.seal(private_der(private), row=key_id, purpose=PURPOSE),
            created=now,
        )
        for kind, key_id, private, public in halves
    ]


class StoredKeyring:
    """The signing keys of the actors that live here (federation.ports.Keyring).

    `open_vault` reads the master key's file; it is called again when a key does not open, for
    another process may have exchanged the master key.
    """

    def __init__(self, database: Database, open_vault: Callable[[], Vault], clock: Clock) -> None:
        self._database = database
        self._open_vault = open_vault
        self._clock = clock
        self._read_at: datetime | None = None
        self._keys: dict[str, list[ActorKey]] = {}
        self._open: dict[str, SigningKey] = {}
        self.vault = open_vault()

    async def check(self) -> None:
        """Read the keys; nothing when every one of them opens. Raises: VaultRefused."""
        await self.refresh()
        for key in await self._database.read(store.keys):
            if key.retired_at is None:
                self.vault.open(key.sealed, row=key.id, purpose=PURPOSE)

    async def refresh(self) -> None:
        """Read keys and master key again: one was added, retired or sealed anew."""
        self.vault = self._open_vault()
        await self._read()

    async def _read(self) -> None:
        """Read the keys again. Not the master key: what is open stays so without its file."""
        now = self._clock.now()
        found: dict[str, list[ActorKey]] = {}
        for key in await self._database.read(store.keys):
            if key.kind == "rsa" and key.retired_at is None:
                found.setdefault(key.actor, []).append(key)
        self._keys = found
        live = {key.id for keys in found.values() for key in keys}
        self._open = {key_id: key for key_id, key in self._open.items() if key_id in live}
        # Last: whoever asks meanwhile must not take an empty ring for the whole of it.
        self._read_at = now

    async def signing_key(self, actor: str, key_id: str | None = None) -> SigningKey:
        """The RSA key of this actor with this id, the newest where there is none such.

        Raises: KeyError for an actor that is not ours.
        """
        await self._refresh_when_older(_READ_AGAIN)
        if actor not in self._keys:
            # a member may have got an actor of her own this very moment
            await self._read()
        key = self._find(actor, key_id)
        if key_id is not None and key.id != key_id:
            await self._refresh_when_older(_NOT_BEFORE)
            key = self._find(actor, key_id)
        if key.id not in self._open:
            self._open[key.id] = self._unsealed(key)
        return self._open[key.id]

    def _find(self, actor: str, key_id: str | None) -> ActorKey:
        keys = self._keys[actor]
        return next((key for key in keys if key.id == key_id), keys[-1])

    def _unsealed(self, key: ActorKey) -> SigningKey:
        try:
            plain = self.vault.open(key.sealed, row=key.id, purpose=PURPOSE)
        except VaultRefused:
            self.vault = self._open_vault()
            plain = self.vault.open(key.sealed, row=key.id, purpose=PURPOSE)
        private = read_private_der(plain)
        assert isinstance(private, RSAPrivateKey)
        return SigningKey(id=key.id, key=private)

    async def _refresh_when_older(self, age: timedelta) -> None:
        if self._read_at is None or self._clock.now() - self._read_at >= age:
            await self._read()
