"""The actors who were here a moment ago: asking the database for each of their activities costs
more than proving the signature."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from federation.ports import ActorCache, Clock, RemoteActor, Unproven
from federation.remembering import Remembered

LIFE: Final = timedelta(seconds=10)
"""So long another process on the same database may know something newer."""
MOST: Final = 256
LONGEST: Final = 64 * 1024
"""Bytes of a document: strangers must not fill our memory with what they call an actor."""


class RecentActors:
    """`ActorCache` before another one; what is changed through it is forgotten here at once."""

    def __init__(self, cache: ActorCache, clock: Clock) -> None:
        self._cache = cache
        self._by_key: Remembered[RemoteActor] = Remembered(clock, MOST)

    async def actor(self, actor_id: str) -> RemoteActor | None:
        """The kept actor, None if never fetched or forgotten."""
        return await self._cache.actor(actor_id)

    async def owner_of_key(self, key_id: str) -> RemoteActor | None:
        """The kept actor that lists this key id, as it was ten seconds ago at most."""
        found = self._by_key.get(key_id)
        if found is None:
            found = await self._cache.owner_of_key(key_id)
            if found is not None and len(found.document) <= LONGEST:
                self._by_key.put(key_id, found, LIFE)
        return found

    async def keep(self, actor: RemoteActor) -> RemoteActor:
        """Keep it in place of what was kept under its id; as it is now kept."""
        before = await self._cache.actor(actor.id)
        kept = await self._cache.keep(actor)
        self._drop(before, actor, kept)
        return kept

    async def forget(self, actor_id: str) -> None:
        """Drop it; nothing happens if it is not there."""
        before = await self._cache.actor(actor_id)
        await self._cache.forget(actor_id)
        self._drop(before)

    async def unproven(self) -> list[Unproven]:
        """The actors whose exchange of all keys nobody vouched for; by id."""
        return await self._cache.unproven()

    async def doubtful(self, actor_ids: Collection[str]) -> frozenset[str]:
        """Those of these actors who may be somebody else by now."""
        return await self._cache.doubtful(actor_ids)

    async def confirm(self, actor_id: str) -> bool:
        """Take an unproven actor for the same as before; whether there was one."""
        confirmed = await self._cache.confirm(actor_id)
        self._drop(await self._cache.actor(actor_id))
        return confirmed

    def _drop(self, *actors: RemoteActor | None) -> None:
        for actor in actors:
            for key in actor.keys if actor else ():
                self._by_key.forget(key.id)
