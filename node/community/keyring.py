"""The node's own keys: made once for each actor, sealed at rest, parsed once and held."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from federation.ports import SigningKey
from keys.keypair import make_ed25519, make_rsa
from keys.serialisation import private_der, public_multibase, public_pem, read_private_der
from keys.vault import Vault
from node.community.model import ActorKey

PURPOSE = "actor-key"


def make_keys(actor: str, vault: Vault, now: datetime) -> list[ActorKey]:
    """An RSA-2048 and an Ed25519 pair for a new actor; about 80 ms of CPU.

    The RSA key's id is `ACTOR#main-key`: Mastodon before 4.6 finds an actor by cutting at `#`.
    """
    rsa, edwards = make_rsa(), make_ed25519()
    pairs = (
        ("rsa", f"{actor}#main-key", rsa, public_pem(rsa.public_key())),
        ("ed25519", f"{actor}#ed25519-key", edwards, public_multibase(edwards.public_key())),
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
        for kind, key_id, private, public in pairs
    ]


class StoredKeyring:
    """The signing keys of the actors that live here (federation.ports.Keyring)."""

    def __init__(self, keys: Iterable[ActorKey], vault: Vault) -> None:
        self._signing: dict[str, SigningKey] = {}
        for key in keys:
            if key.kind == "rsa":
                private = read_private_der(vault.open(key.sealed, row=key.id, purpose=PURPOSE))
                assert isinstance(private, RSAPrivateKey)
                self._signing[key.actor] = SigningKey(id=key.id, key=private)

    async def signing_key(self, actor: str) -> SigningKey:
        """The newest RSA key of this actor. Raises: KeyError for an actor that is not ours."""
        return self._signing[actor]
