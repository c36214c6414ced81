"""What a document of another server says to us: the parts that we would show or act upon."""

from __future__ import annotations

from typing import Any

from activitypub.activities import Activity, Create, object_id
from activitypub.actors import Actor
from activitypub.addressing import visibility
from activitypub.collections import Collection, OrderedCollection
from activitypub.errors import UrlRefused
from activitypub.identity import host_of, same_origin
from activitypub.languages import original_language, translation_states
from activitypub.objects import Object, Tombstone, Writing
from node.network import particulars
from node.network.particulars import said, short

Json = dict[str, Any]


def understood(value: Object, *, followers: str | None = None) -> Json:
    """Every part that we understand, by its name; `followers` is the author's collection.

    Parts of which the document says nothing are left out.
    """
    parts: Json = {
        "kind": _kind(value),
        "author": author(value),
        "audience": _audience(value, followers),
        "texts": _texts(value),
        "languages": _languages(value),
        "times": particulars.times(value),
        "place": particulars.places(value),
        "joining": particulars.joining(value),
        "picture": particulars.picture(value),
        "poll": particulars.poll(value),
        "tags": particulars.tags(value),
        "conversation": particulars.conversation(value),
        "offer": particulars.offer(value),
        "actor": _actor(value),
        "collection": _collection(value),
        "about": _about(value),
    }
    return {name: part for name, part in parts.items() if part}


def author(value: Object) -> Json:
    """Who is said to have made it, and whether that can be so."""
    if isinstance(value, Actor | Collection):
        return {}
    named = value.attributed_to[0] if value.attributed_to else getattr(value, "actor", None)
    if not isinstance(named, str):
        return {}
    return {"id": named, "believed": value.id is not None and _same(named, value.id)}


def _same(one: str, other: str) -> bool:
    try:
        return same_origin(one, other)
    except UrlRefused:
        return False


def _kind(value: Object) -> Json:
    kind = value.josoor_kind if isinstance(value, Writing) else None
    gone = value.former_type if isinstance(value, Tombstone) else None
    return said({"type": value.type, "josoor": kind, "former": gone, "id": value.id})


def _audience(value: Object, followers: str | None) -> Json:
    if isinstance(value, Actor | Collection) or not (value.to or value.cc or value.audience):
        return {}
    word = visibility(value, followers).value
    return said({"visibility": word, "to": [*value.to], "cc": [*value.cc]})


def _texts(value: Object) -> Json:
    found = {"name": value.name, "summary": value.summary, "content": value.content}
    return {name: short(text) for name, text in found.items() if text is not None}


def _languages(value: Object) -> Json:
    texts = [text for text in (value.name, value.summary, value.content) if text]
    tags = dict.fromkeys(tag for text in texts for tag in text.by_language)
    states = {tag: state.value for tag, state in translation_states(value).items()}
    spoken = [*value.languages_spoken] if isinstance(value, Writing) else []
    original = original_language(value)
    return said({"original": original, "in": [*tags], "translated": states, "spoken": spoken})


def _actor(value: Object) -> Json:
    if not isinstance(value, Actor):
        return {}
    keys = [key.id for key in value.public_keys]
    keys += [key.id for key in value.assertion_methods]
    return said(
        {
            "handle": _handle(value),
            "inbox": value.inbox,
            "shared_inbox": value.shared_inbox,
            "followers": value.followers,
            "moved_to": value.moved_to,
            "keys": keys,
        }
    )


def _handle(value: Actor) -> str | None:
    try:
        return f"@{value.preferred_username}@{host_of(value.id or '')}"
    except UrlRefused:
        return None


def _collection(value: Object) -> Json:
    if not isinstance(value, Collection):
        return {}
    inside = value.items or (value.ordered_items if isinstance(value, OrderedCollection) else ())
    return {"total": value.total_items, "here": len(inside)}


def _about(value: Object) -> Json:
    """What an activity is about: an id, or all that is understood of an embedded object."""
    if not isinstance(value, Activity):
        return {}
    if isinstance(value.object, Object):
        return understood(value.object)
    named = object_id(value)
    return {"kind": {"id": named}} if named else {}


def as_it_would_come(value: Object) -> tuple[type[Activity], type[Object] | None]:
    """The activity and object for which a listener would be looked for; `Create` for an object."""
    if isinstance(value, Activity):
        about = value.object
        return type(value), type(about) if isinstance(about, Object) else None
    return Create, type(value)
