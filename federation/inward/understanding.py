"""What a kept activity is about, as far as its own origin says so: fetched before any listener."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

from activitypub.activities import (
    Activity,
    Announce,
    Create,
    Delete,
    Move,
    Undo,
    Update,
    object_id,
)
from activitypub.actors import Actor
from activitypub.identity import same_origin
from activitypub.objects import Object, Tombstone
from activitypub.parsing import parse
from activitypub.registry import read
from activitypub.unfamiliar import is_unfamiliar, same_claim
from federation.errors import Gone
from federation.inward.listeners import Heard
from federation.network.budget import Allowance, Buckets, Fetch, fetch_buckets
from federation.ports import Clock, InboxLog, Kept, RemoteActor


class Actors(Protocol):
    """Where the sender is looked up; an `ActorCache` will do."""

    async def actor(self, actor_id: str) -> RemoteActor | None:
        """The actor as it was when its activity was believed; None when it was forgotten since.

        Raises: FederationError, when it fetches. One that is gone is still answered if it is kept:
        nobody could say farewell otherwise.
        """


class Reader(Protocol):
    """Brings documents in unfamiliar JSON-LD into the form that we read."""

    async def familiar(self, document: Mapping[str, Any]) -> dict[str, Any] | None:
        """The same statement in our terms; None when it cannot be said within our bounds."""


class Unhelpful:
    """A `Reader` that understands nothing unfamiliar."""

    async def familiar(self, document: Mapping[str, Any]) -> dict[str, Any] | None:
        """None."""
        return None


class NotUnderstood(Exception):
    """There is nothing to hear in this activity; `outcome` is what becomes of it."""

    def __init__(self, outcome: str) -> None:
        super().__init__(f"The activity is not heard: {outcome}.")
        self.outcome = outcome


_FORGOTTEN: Final = "refused:sender-forgotten"


class Understanding:
    """From kept bytes to `Heard`. `origin` is ours: what lives there is never fetched."""

    def __init__(
        self,
        log: InboxLog,
        actors: Actors,
        fetch: Fetch,
        clock: Clock,
        origin: str,
        reader: Reader,
    ) -> None:
        self._log = log
        self._actors = actors
        self._fetch = fetch
        self._origin = origin
        self._reader = reader
        self._hosts: Buckets = fetch_buckets(clock)

    def allowance(self, kept: Kept) -> Allowance:
        """The fetches that this activity may cause."""
        return Allowance(self._fetch, self._hosts, kept.host)

    async def activity(self, kept: Kept) -> Activity | None:
        """What was kept, in our terms; None when it is no activity that we can read."""
        found = read(await self._plain(parse(kept.body)))
        if not isinstance(found, Activity):
            return None
        if isinstance(found, Undo) and isinstance(found.object, str):
            return await self._completed(found, found.object, kept)
        return found

    async def heard(self, kept: Kept, activity: Activity, *, fresh: bool = False) -> Heard:
        """The activity with its sender and object; `fresh`: the object from its origin in any case.

        Raises: NotUnderstood, FederationError.
        """
        allowance = self.allowance(kept)
        if kept.hint:
            return await self._from_origin(kept, activity, allowance)
        sender = await self._sender(kept.sender)
        about = await self._object(activity, sender, allowance, fresh=fresh)
        return Heard(kept=kept, activity=activity, object=about, sender=sender, fresh=fresh)

    async def _sender(self, actor_id: str) -> RemoteActor:
        sender = await self._actors.actor(actor_id)
        if sender is None:
            raise NotUnderstood(_FORGOTTEN)
        return sender

    async def _completed(self, undo: Undo, undone: str, kept: Kept) -> Activity:
        """An Undo that names only an id, with what we know under that id of the same sender."""
        known = await self._log.recall(undone, kept.sender)
        if known is None:
            return undo
        inner = {"id": undone, "type": known.kind, "actor": kept.sender, "object": known.object_id}
        completed: Activity = read(
            {"id": undo.id, "type": "Undo", "actor": undo.actor, "object": inner}
        )
        return completed

    async def _from_origin(self, kept: Kept, activity: Activity, allowance: Allowance) -> Heard:
        """What a hint leads to: nothing of it is believed but what the object's origin says."""
        url = object_id(activity)
        if url is None or self._is_ours(url) or not same_origin(url, kept.sender):
            raise NotUnderstood("refused:nothing-to-ask-for")
        try:
            found = await self._read(url, allowance)
        except Gone:
            return await self._gone(kept, activity)
        author = _author(found)
        if isinstance(activity, Delete) or isinstance(found, Tombstone) or author is None:
            raise NotUnderstood("refused:not-gone")
        if not same_origin(author, url):
            raise NotUnderstood("refused:foreign-author")
        allowance.spend()
        update = Update(id=kept.activity_id, actor=author, object=found)
        sender = await self._sender(author)
        return Heard(kept=kept, activity=update, object=found, sender=sender, fresh=True)

    async def _gone(self, kept: Kept, activity: Activity) -> Heard:
        """410 from the origin stands for the Delete of whoever is named as its author."""
        delete = Delete(id=kept.activity_id, actor=kept.sender, object=object_id(activity))
        sender = await self._sender(kept.sender)
        return Heard(kept=kept, activity=delete, object=None, sender=sender, fresh=True)

    async def _object(
        self, activity: Activity, sender: RemoteActor, allowance: Allowance, *, fresh: bool
    ) -> Object | None:
        """The object as its own origin gives it; see `Heard.object`. Raises: FederationError."""
        embedded = activity.object if isinstance(activity.object, Object) else None
        if isinstance(activity, Create | Update):
            if embedded and _speaks_for(sender, embedded) and not fresh:
                return embedded
            return await self._fetched(object_id(activity), allowance)
        if isinstance(activity, Announce):
            return await self._fetched(object_id(activity), allowance)
        if isinstance(activity, Move):
            # Its object is the sender; where he goes must itself say that it was he.
            return await self._fetched(_id_held(activity.target), allowance)
        if embedded and (_shares_origin(embedded.id, sender.id) or self._is_ours(embedded.id)):
            return embedded
        return None

    async def _fetched(self, url: str | None, allowance: Allowance) -> Object | None:
        if url is None or self._is_ours(url):
            return None
        found = await self._read(url, allowance)
        return found if _shares_origin(found.id, url) else None

    async def _read(self, url: str, allowance: Allowance) -> Object:
        found: Object = read(await self._plain(await allowance.document(url)))
        return found

    async def _plain(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The document in our terms, if another has to be asked what it means.

        Who says what stays what the plain document says: a context cannot change it.
        """
        if not is_unfamiliar(document):
            return document
        found = await self._reader.familiar(document)
        return found if found is not None and same_claim(document, found) else document

    def _is_ours(self, url: str | None) -> bool:
        return _shares_origin(url, self._origin)


def _id_held(held: Object | str | None) -> str | None:
    return held.id if isinstance(held, Object) else held


def _author(found: Object) -> str | None:
    if found.attributed_to:
        return found.attributed_to[0]
    actor = getattr(found, "actor", None)
    return actor if isinstance(actor, str) else None


def _speaks_for(sender: RemoteActor, embedded: Object) -> bool:
    """Whether the sender's word is enough for this object: his own, of his own origin."""
    if isinstance(embedded, Actor):
        return embedded.id == sender.id
    written_by_him = not embedded.attributed_to or sender.id in embedded.attributed_to
    return _shares_origin(embedded.id, sender.id) and written_by_him


def _shares_origin(url: str | None, other: str) -> bool:
    return url is not None and same_origin(url, other)
