"""Actors of other servers and their keys, as the host keeps them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final, Protocol

# Raised whenever what makes a key believable gets stricter: actors kept before are fetched again.
KEY_RULES: Final = 2


class KeyForm(Enum):
    """How a public key is written."""

    PEM = "pem"
    MULTIBASE = "multibase"
    JWK = "jwk"


class KeyUse(Enum):
    """What an actor lets a key do: sign requests, prove documents, or both."""

    SIGNING = "signing"
    ASSERTION = "assertion"
    BOTH = "both"

    def allows(self, use: KeyUse) -> bool:
        """Whether a key with this use may do what `use` asks for."""
        return self in (use, KeyUse.BOTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteKey:
    """One public key that an actor lists and that names the actor as its owner.

    `text` is the key in its `form`, a JWK as JSON; `expires` is None when it names no end.
    """

    id: str
    text: str
    form: KeyForm = KeyForm.PEM
    use: KeyUse = KeyUse.SIGNING
    expires: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteActor:
    """An actor of another server as its own origin served it.

    `rules` are the `KEY_RULES` under which it was kept. `unproven_since` is None unless all its
    keys were exchanged and no earlier key vouched for that: what is not public waits until somebody
    says that it is the same actor. `announced` are digests of keys that an earlier key vouched for.
    """

    id: str
    type: str
    username: str
    host: str
    name: str
    inbox: str
    shared_inbox: str | None
    followers: str | None
    outbox: str | None
    url: str | None
    keys: tuple[RemoteKey, ...]
    fetched_at: datetime
    document: bytes = field(repr=False)
    rules: int = KEY_RULES
    unproven_since: datetime | None = None
    announced: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproven:
    """An actor who has exchanged all its keys with nobody to vouch for that."""

    id: str
    host: str
    name: str
    since: datetime


class ActorCache(Protocol):
    """Remote actors kept between requests; one writer per actor, the last fetch wins."""

    async def actor(self, actor_id: str) -> RemoteActor | None:
        """The kept actor, None if never fetched or forgotten."""

    async def owner_of_key(self, key_id: str) -> RemoteActor | None:
        """The kept actor that lists this key id (`succession.owner_among` where several do)."""

    async def keep(self, actor: RemoteActor) -> RemoteActor:
        """Keep it in place of what was kept under its id; as it is now kept, which is
        `succession.succeed` of the two, decided in the same transaction."""

    async def forget(self, actor_id: str) -> None:
        """Drop it; nothing happens if it is not there."""

    async def unproven(self) -> list[Unproven]:
        """The actors whose exchange of all keys nobody vouched for; by id."""

    async def doubtful(self, actor_ids: Collection[str]) -> frozenset[str]:
        """Those of these actors who may be somebody else by now: what is not public is not sent to
        them. The unproven ones, and all of a host that may have been sold
        (`succession.doubtful_hosts`)."""

    async def confirm(self, actor_id: str) -> bool:
        """Take an unproven actor for the same as before; whether there was one."""
