"""Actors of other servers and their keys, proven from both ends."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import timedelta
from typing import Final
from urllib.parse import urldefrag

from activitypub.actors import Actor
from activitypub.identity import same_origin
from activitypub.registry import read
from federation.errors import FederationError, Gone, NotBelieved
from federation.network.fetch import Fetched, Fetcher
from federation.ports import KEY_RULES, ActorCache, Clock, KeyUse, RemoteActor, Unproven
from federation.trust.lookups import PAUSE, Lookups
from federation.trust.ownership import actor_from, listed_key, may_use, owner_in
from keys.keypair import PublicKey

_log = logging.getLogger(__name__)

FRESH: Final = timedelta(hours=24)
STALE: Final = timedelta(days=7)


class RemoteActors:
    """Actors, kept for a day; when their server is in trouble, for a week.

    Those that were kept under older rules are fetched again before anything of them is believed.
    """

    def __init__(self, cache: ActorCache, fetcher: Fetcher, clock: Clock) -> None:
        self._cache = cache
        self._fetcher = fetcher
        self._clock = clock
        self._lookups = Lookups(clock)

    async def knows(self, actor_id: str) -> bool:
        """Whether this actor was ever fetched and not forgotten; nothing is fetched."""
        return await self._cache.actor(actor_id) is not None

    async def unproven(self) -> list[Unproven]:
        """The actors whose exchange of all keys nobody vouched for; nothing is fetched."""
        return await self._cache.unproven()

    async def doubtful(self, actor_ids: Collection[str]) -> frozenset[str]:
        """Those of these actors who may be somebody else by now; nothing is fetched.

        What is not public is not sent to them.
        """
        return await self._cache.doubtful(actor_ids)

    async def confirm(self, actor_id: str) -> bool:
        """Take an unproven actor for the same as before; whether there was one."""
        return await self._cache.confirm(actor_id)

    async def actor(self, actor_id: str, *, fresh: bool = False) -> RemoteActor:
        """The actor, fetched when it is not kept or older than a day.

        With `fresh` it is fetched in any case, and a failure is not covered by what was kept.
        Raises: FederationError; Gone when its origin answers 410.
        """
        kept = None if fresh else await self._cache.actor(actor_id)
        if kept is not None and _outdated(kept):
            kept = None
        if kept is not None and self._age(kept) < FRESH:
            return kept
        try:
            return await self._keep(await self._fetcher.document(actor_id, fresh=fresh))
        except FederationError as error:
            # A deleted actor's last word is signed with a key that can no longer be fetched.
            covered = error.retry or isinstance(error, Gone)
            if kept is None or self._age(kept) > STALE or not covered:
                raise
            return kept

    async def key(
        self, key_id: str, *, refetch: bool = False, use: KeyUse = KeyUse.SIGNING
    ) -> tuple[RemoteActor, PublicKey]:
        """The key with exactly this id and the actor that owns it and lists it for this use.

        The actor lists the key, the key names the actor, both have one origin. With `refetch` the
        actor is asked again first, but not twice within 5 minutes.
        Raises: NotBelieved, FederationError.
        """
        actor = await self._by_our_rules(await self._cache.owner_of_key(key_id))
        if actor is None:
            actor = await self._owner(key_id)
        elif refetch or not may_use(actor, key_id, use, self._clock.now()):
            actor = await self._again(actor)
        elif self._age(actor) >= FRESH:
            actor = await self._renewed(actor)
        return actor, listed_key(actor, key_id, use, self._clock.now())

    async def _owner(self, key_id: str) -> RemoteActor:
        """The actor behind a key that no kept actor lists."""
        url = urldefrag(key_id).url
        kept = await self._by_our_rules(await self._cache.actor(url))
        if kept is not None:
            # A key that a kept actor does not list is new or invented: one look, not a thousand.
            return await self._again(kept)
        # By the whole id: what is said of an invented one must not be said of the others there.
        found = await self._lookups.once(key_id, lambda: self._unknown(url, key_id))
        # None: it was found a moment ago, and forgotten since.
        return found or await self._unknown(url, key_id)

    async def _by_our_rules(self, held: RemoteActor | None) -> RemoteActor | None:
        """The actor, fetched again when it was kept under older rules."""
        return await self._renewed(held) if held is not None and _outdated(held) else held

    async def _renewed(self, held: RemoteActor) -> RemoteActor:
        """The actor as it is today; one that cannot be read any more is not asked for each time."""
        renewed = await self._lookups.once(f"renew {held.id}", lambda: self.actor(held.id))
        return renewed or await self.actor(held.id)

    async def _unknown(self, url: str, key_id: str) -> RemoteActor:
        """The actor at an address of which nothing is known, or the one that a key there names."""
        self._lookups.count_new(url)
        fetched = await self._fetcher.document(url)
        if isinstance(read(fetched.document), Actor):
            return await self._keep(fetched)
        actor = await self.actor(_named_owner(fetched, key_id))
        if not _lists(actor, key_id) and self._age(actor) >= PAUSE:
            # It was kept before it had this key.
            actor = await self._again(actor)
        if not _lists(actor, key_id):
            raise NotBelieved("key-not-listed", "The owner does not list this key.")
        return actor

    async def _again(self, actor: RemoteActor) -> RemoteActor:
        """The actor asked again, or as it is kept when it was asked again a moment ago."""
        # Keys that an earlier one has announced are worth a look of their own.
        what = " ".join(["again", actor.id, *sorted(actor.announced)])
        found = await self._lookups.once(what, lambda: self.actor(actor.id, fresh=True))
        return found or actor

    async def _keep(self, fetched: Fetched) -> RemoteActor:
        actor = actor_from(fetched.document, fetched.body, self._clock.now())
        held = await self._cache.actor(actor.id)
        kept = await self._cache.keep(actor)
        if held is not None:
            _tell_changes(held, kept)
        return kept

    def _age(self, actor: RemoteActor) -> timedelta:
        return self._clock.now() - actor.fetched_at


def _outdated(actor: RemoteActor) -> bool:
    return actor.rules < KEY_RULES


def _lists(actor: RemoteActor, key_id: str) -> bool:
    return any(key.id == key_id for key in actor.keys)


def _tell_changes(held: RemoteActor, kept: RemoteActor) -> None:
    """One line for each change that a person may want to look at; types are words of ours."""
    if held.type != kept.type:
        _log.warning("A known actor changed its type from %s to %s.", held.type, kept.type)
    if held.unproven_since is None and kept.unproven_since is not None:
        _log.warning("All keys of a known actor are new, and no earlier key vouched for them.")


def _named_owner(fetched: Fetched, key_id: str) -> str:
    """The owner that a key's own document names; it is a claim until the owner lists the key."""
    owner = owner_in(fetched.document)
    if fetched.document["id"] != key_id or owner is None:
        raise NotBelieved("key-unreadable", "Where the key should be is neither actor nor key.")
    if not same_origin(owner, key_id):
        raise NotBelieved("foreign-owner", "The key names an owner on another server.")
    return owner
