"""Short public notes that reply to an event: it is off, or it is at another time or place.

Mastodon before 4.5 never shows a changed event (mastodon: 3.4), so a reply says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import PUBLIC
from node.community.threads import thread_keys
from node.events.model import Event
from node.events.summary import notices
from node.ids import rfc3339
from node.urls import Urls

Json = dict[str, Any]


class Change(Enum):
    """What of an event everybody must hear."""

    CANCELLED = "cancelled"
    TIME = "time"
    PLACE = "place"
    BOTH = "both"


_OF_TIME = ("startTime", "endTime", "timezone")
_OF_PLACE = ("location", "isOnline")


def change_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Change | None:
    """What has changed between two forms of an event's document that those who come must know.

    `before` may be empty: then there is nothing to compare, and None.
    """
    if not before:
        return None
    time = any(before.get(key) != after.get(key) for key in _OF_TIME)
    place = any(before.get(key) != after.get(key) for key in _OF_PLACE)
    if time and place:
        return Change.BOTH
    if time or place:
        return Change.TIME if time else Change.PLACE
    return None


def notice(event: Event, change: Change, note_id: str, published: datetime, urls: Urls) -> Json:
    """The note about a change; `published` is when it was first said."""
    contents = {tag: f"<p>{line}</p>" for tag, line in notices(event, change.value).items()}
    document: Json = {
        "@context": OBJECT_CONTEXT,
        "id": urls.note(note_id),
        "type": "Note",
        "attributedTo": urls.community,
        "audience": urls.community,
        "inReplyTo": urls.event(event.id),
        "to": [PUBLIC],
        "cc": [urls.collection(urls.community, "followers")],
        "content": contents[event.language],
        "contentMap": contents,
        "url": urls.event(event.id),
        "published": rfc3339(published),
        "tag": [],
        "attachment": [],
        **thread_keys(urls.note(note_id), urls.event(event.id)),
    }
    if event.updated > published:
        document["updated"] = rfc3339(event.updated)
    return document
