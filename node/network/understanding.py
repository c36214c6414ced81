"""From a document of another server to what we keep of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from activitypub.activities import Create, Update
from activitypub.identity import same_origin
from activitypub.objects import Article, Event, Note, Object, Page, Question, Video
from activitypub.registry import write
from node.network.model import RemoteThing

CONTENT = (Event, Note, Article, Page, Video, Question)
"""What is shown: events and posts; Lemmy's posts are pages, PeerTube's are videos."""

_CANCELLED = {"CANCELLED", "EVENTCANCELLED"}
_AHEAD = timedelta(minutes=5)
_LONGEST_UUID = 100


def remote_thing(thing: Object, author: str, now: datetime) -> RemoteThing:
    """The thing as we keep it, its author's name still empty."""
    published = sane(thing.published, now)
    event = thing if isinstance(thing, Event) else None
    return RemoteThing(
        id=thing.id or "",
        author=author,
        author_name="",
        kind=thing.type,
        shared_by=None,
        start=event.start_time if event else None,
        end=event.end_time if event else None,
        cancelled=_is_cancelled(write(thing)),
        url=thing.url or thing.id or "",
        uuid=_uuid(thing),
        document=write(thing),
        published=published,
        updated=max(published, sane(thing.updated or published, now)),
        received=now,
    )


def author_of(thing: Object) -> str | None:
    """Who wrote it, as it says itself; None where it does not."""
    if thing.attributed_to:
        return thing.attributed_to[0]
    actor = getattr(thing, "actor", None)
    return actor if isinstance(actor, str) else None


def announced(found: Object) -> Object:
    """What is meant by a share: the thing, also where an activity about it is shared.

    Lemmy and others that follow threads announce the `Create`; it was fetched from its own origin,
    which speaks for what it has of the same origin. Spec: FEP-1b12
    """
    inner = found.object if isinstance(found, Create | Update) else None
    if isinstance(inner, Object) and same_origin(inner.id or "", found.id or ""):
        return inner
    return found


def believed_author(thing: Object, signer: str) -> str | None:
    """The signer, or for whom she wrote: in Mobilizon a person signs and the event is her group's.

    None where that is only her word. An object that does not name her among its authors was fetched
    from its own origin, and that speaks for the actors that it has; who is elsewhere can share it,
    not create it.
    """
    author = author_of(thing)
    if author in (None, signer):
        return signer
    fetched = bool(thing.attributed_to) and signer not in thing.attributed_to
    at_home = all(same_origin(author or "", each) for each in (thing.id or "", signer))
    return author if fetched and at_home else None


def sane(moment: datetime | None, now: datetime) -> datetime:
    """The moment if it can be believed, else the time of arrival (security: C21)."""
    if moment is None or moment > now + _AHEAD or moment.year < 2000:
        return now
    return moment.astimezone(UTC)


def _uuid(thing: Object) -> str | None:
    found = getattr(thing, "uuid", None)
    return found if isinstance(found, str) and 0 < len(found) <= _LONGEST_UUID else None


def _is_cancelled(document: Mapping[str, Any]) -> bool:
    words = (document.get(key) for key in ("eventStatus", "status", "ical:status"))
    return any(
        isinstance(word, str) and word.rsplit("/", 1)[-1].upper() in _CANCELLED for word in words
    )
