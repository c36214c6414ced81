"""Every port in memory: for tests, and the plainest statement of what each port means.

Nothing here is durable. `Mailroom` is the state that both ends of the outbox share.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from federation.memory.deliveries import MemoryDeliveries as MemoryDeliveries
from federation.memory.inbox import MemoryInbox as MemoryInbox
from federation.memory.outbox import Mailroom as Mailroom
from federation.memory.outbox import MemoryNeighbours as MemoryNeighbours
from federation.memory.outbox import MemoryOutbox as MemoryOutbox
from federation.ports import RemoteActor, SigningKey, Unproven
from federation.trust.succession import doubtful, owner_among, succeed
from keys.keypair import PrivateKey

_START = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)


class FakeClock:
    """A clock that moves only when it is told to."""

    def __init__(self, start: datetime = _START) -> None:
        self._now = start

    def now(self) -> datetime:
        """The present moment of this clock."""
        return self._now

    def advance(self, step: timedelta) -> None:
        """Move by `step`."""
        self._now += step


class MemoryKeyring:
    """Keys by the id of the actor that signs with them; the first key's id is `ACTOR#main-key`."""

    def __init__(self, keys: Mapping[str, PrivateKey]) -> None:
        self._keys = {
            actor: [SigningKey(id=f"{actor}#main-key", key=key)] for actor, key in keys.items()
        }

    def rotate(self, actor: str, newest: SigningKey) -> None:
        """Give the actor one more key, from now on its newest."""
        self._keys[actor].append(newest)

    async def signing_key(self, actor: str, key_id: str | None = None) -> SigningKey:
        """The key with this id, else the newest. Raises: KeyError."""
        keys = self._keys[actor]
        return next((key for key in keys if key.id == key_id), keys[-1])


class MemoryActors:
    """`ActorCache`."""

    def __init__(self) -> None:
        self._actors: dict[str, RemoteActor] = {}

    async def actor(self, actor_id: str) -> RemoteActor | None:
        """The kept actor, None if never fetched or forgotten."""
        return self._actors.get(actor_id)

    async def owner_of_key(self, key_id: str) -> RemoteActor | None:
        """The kept actor that lists this key id."""
        listing = [
            actor.id
            for actor in self._actors.values()
            if any(key.id == key_id for key in actor.keys)
        ]
        return self._actors.get(owner_among(key_id, listing) or "")

    async def keep(self, actor: RemoteActor) -> RemoteActor:
        """Keep it in place of what was kept under its id; as it is now kept."""
        kept = self._actors[actor.id] = succeed(self._actors.get(actor.id), actor)
        return kept

    async def forget(self, actor_id: str) -> None:
        """Drop it; nothing happens if it is not there."""
        self._actors.pop(actor_id, None)

    async def unproven(self) -> list[Unproven]:
        """The actors whose keys are unproven; by id."""
        return [
            Unproven(id=each.id, host=each.host, name=each.name, since=each.unproven_since)
            for _, each in sorted(self._actors.items())
            if each.unproven_since is not None
        ]

    async def doubtful(self, actor_ids: Collection[str]) -> frozenset[str]:
        """Those of these actors who may be somebody else by now."""
        return doubtful(actor_ids, await self.unproven())

    async def confirm(self, actor_id: str) -> bool:
        """Take an unproven actor for the same as before; whether there was one."""
        actor = self._actors.get(actor_id)
        if actor is None or actor.unproven_since is None:
            return False
        self._actors[actor_id] = replace(actor, unproven_since=None)
        return True
