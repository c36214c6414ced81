"""Actors of other servers and their keys, proven from both ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urldefrag, urlsplit

from activitypub.actors import Actor
from activitypub.errors import DocumentError
from activitypub.identity import host_of, same_origin
from activitypub.registry import read
from activitypub.shapes import id_of
from federation.errors import ActorUnreadable, FederationError, Gone, NotBelieved
from federation.fetch import Fetched, Fetcher
from federation.ports import ActorCache, Clock, RemoteActor, RemoteKey
from federation.remembering import Remembered
from keys.errors import KeysError
from keys.keypair import PublicKey
from keys.serialisation import read_public_pem

FRESH: Final = timedelta(hours=24)
STALE: Final = timedelta(days=7)
MOST_KEYS: Final = 10
_REFETCH_PAUSE: Final = timedelta(minutes=5)
_LONGEST_NAME: Final = 500
_LONGEST_USERNAME: Final = 100


class RemoteActors:
    """Actors, kept for a day; when their server is in trouble, for a week."""

    def __init__(self, cache: ActorCache, fetcher: Fetcher, clock: Clock) -> None:
        self._cache = cache
        self._fetcher = fetcher
        self._clock = clock
        self._refetched: Remembered[bool] = Remembered(clock)

    async def knows(self, actor_id: str) -> bool:
        """Whether this actor was ever fetched and not forgotten; nothing is fetched."""
        return await self._cache.actor(actor_id) is not None

    async def actor(self, actor_id: str, *, fresh: bool = False) -> RemoteActor:
        """The actor, fetched when it is not kept or older than a day.

        With `fresh` it is fetched in any case, and a failure is not covered by what was kept.
        Raises: FederationError; Gone when its origin answers 410.
        """
        kept = None if fresh else await self._cache.actor(actor_id)
        if kept is not None and self._age(kept) < FRESH:
            return kept
        try:
            return await self._fetch(actor_id, fresh=fresh)
        except FederationError as error:
            # A deleted actor's last word is signed with a key that can no longer be fetched.
            if kept is None or self._age(kept) > STALE or not (error.retry or _gone(error)):
                raise
            return kept

    async def key(self, key_id: str, *, refetch: bool = False) -> tuple[RemoteActor, PublicKey]:
        """The key with exactly this id and the actor that owns it.

        The actor lists the key, the key names the actor, both have one origin. With `refetch` the
        actor is asked again first, but not twice within 5 minutes.
        Raises: NotBelieved, FederationError.
        """
        actor = await self._cache.owner_of_key(key_id)
        if actor is None:
            actor = await self._owner(key_id)
        elif refetch and self._may_refetch(key_id):
            actor = await self.actor(actor.id, fresh=True)
        elif self._age(actor) >= FRESH:
            actor = await self.actor(actor.id)
        return actor, _listed(actor, key_id)

    async def _owner(self, key_id: str) -> RemoteActor:
        """The actor behind a key that no kept actor lists."""
        actor_id = urldefrag(key_id).url
        kept = await self._cache.actor(actor_id)
        # A key that a kept actor does not list is new or invented: worth one look, not a thousand.
        if kept is not None and not self._may_refetch(key_id):
            return kept
        fetched = await self._fetcher.document(actor_id)
        if isinstance(read(fetched.document), Actor):
            return await self._keep(fetched)
        return await self.actor(_named_owner(fetched, key_id))

    def _may_refetch(self, key_id: str) -> bool:
        document = urldefrag(key_id).url
        if self._refetched.get(document):
            return False
        self._refetched.put(document, True, _REFETCH_PAUSE)
        return True

    async def _fetch(self, actor_id: str, *, fresh: bool) -> RemoteActor:
        return await self._keep(await self._fetcher.document(actor_id, fresh=fresh))

    async def _keep(self, fetched: Fetched) -> RemoteActor:
        actor = actor_from(fetched.document, fetched.body, self._clock.now())
        await self._cache.keep(actor)
        return actor

    def _age(self, actor: RemoteActor) -> timedelta:
        return self._clock.now() - actor.fetched_at


def _gone(error: FederationError) -> bool:
    return isinstance(error, Gone)


def _named_owner(fetched: Fetched, key_id: str) -> str:
    """The owner that a key's own document names; it is a claim until the owner lists the key."""
    document = fetched.document
    owner = id_of(document.get("owner")) or id_of(document.get("controller"))
    if document["id"] != key_id or owner is None:
        raise NotBelieved("key-unreadable", "Where the key should be is neither actor nor key.")
    if not same_origin(owner, key_id):
        raise NotBelieved("foreign-owner", "The key names an owner on another server.")
    return owner


def _listed(actor: RemoteActor, key_id: str) -> PublicKey:
    for key in actor.keys:
        if key.id == key_id:
            try:
                return read_public_pem(key.pem)
            except KeysError as error:
                raise NotBelieved.because(error) from error
    raise NotBelieved("key-not-listed", "The owner does not list this key.")


# --- from a document to an actor -----------------------------------------------------------------


def actor_from(document: Mapping[str, Any], body: bytes, now: datetime) -> RemoteActor:
    """The actor in a document that its own origin served as `body`.

    Inbox and keys must have the actor's origin; other addresses that do not are left out.
    Raises: ActorUnreadable.
    """
    actor = read(dict(document))
    if not isinstance(actor, Actor):
        raise ActorUnreadable("The document is not that of an actor.")
    actor_id = _own(actor, actor.id)
    inbox = _own(actor, actor.inbox)
    if actor_id is None or inbox is None:
        raise ActorUnreadable("The actor has no id or no inbox on its own server.")
    username = _username(actor, actor_id)
    return RemoteActor(
        id=actor_id,
        type=actor.type,
        username=username,
        host=_host(actor_id),
        name=_name(actor) or username,
        inbox=inbox,
        shared_inbox=_own(actor, actor.shared_inbox),
        followers=_own(actor, actor.followers),
        outbox=_own(actor, actor.outbox),
        url=actor.url,
        keys=_keys(actor, actor_id),
        fetched_at=now,
        document=body,
    )


def _own(actor: Actor, url: str | None) -> str | None:
    """The address if it has the actor's origin."""
    if url is None or actor.id is None or not same_origin(url, actor.id):
        return None
    return url


def _host(actor_id: str) -> str:
    try:
        return host_of(actor_id)
    except DocumentError as error:
        raise ActorUnreadable("The actor's id is not an address.") from error


def _username(actor: Actor, actor_id: str) -> str:
    """Its user name; actors of whole servers sometimes have none and are called by their path."""
    path = urlsplit(actor_id).path.rstrip("/").rpartition("/")[2].removeprefix("@")
    return (actor.preferred_username or path or _host(actor_id))[:_LONGEST_USERNAME]


def _name(actor: Actor) -> str:
    return actor.name.best(())[0][:_LONGEST_NAME].strip() if actor.name else ""


def _keys(actor: Actor, actor_id: str) -> tuple[RemoteKey, ...]:
    """The keys that name this actor as their owner; none of those that share an id."""
    if len(actor.public_keys) > MOST_KEYS:
        raise ActorUnreadable("The actor has more keys than we read.")
    times = Counter(key.id for key in actor.public_keys)
    return tuple(
        RemoteKey(id=key.id, pem=key.pem)
        for key in actor.public_keys
        if key.owner == actor_id and same_origin(key.id, actor_id) and times[key.id] == 1
    )
