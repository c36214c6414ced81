"""What every object has, and what everything that people write has besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from activitypub.nested import nested_many, nested_one, nested_picture, nested_place
from activitypub.registry import kind, read, term
from activitypub.shapes import (
    Json,
    Shape,
    Spread,
    Text,
    addresses,
    as_it_is,
    boolean,
    id_of,
    id_one,
    ids,
    moment,
    string,
    strings,
    text,
    url,
)


@kind("", "Object")
@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """Anything with a type, known or not; `extra` holds what has no field here."""

    id: str | None = term("id", string)
    type: str = "Object"
    name: Text | None = term("name", text)
    summary: Text | None = term("summary", text)
    content: Text | None = term("content", text)
    url: str | None = term("url", url)
    to: tuple[str, ...] = term("to", addresses)
    cc: tuple[str, ...] = term("cc", addresses)
    audience: tuple[str, ...] = term("audience", addresses)
    attributed_to: tuple[str, ...] = term("attributedTo", ids)
    in_reply_to: str | None = term("inReplyTo", id_one)
    context: str | None = term("context", id_one)
    published: datetime | None = term("published", moment)
    updated: datetime | None = term("updated", moment)
    start_time: datetime | None = term("startTime", moment)
    end_time: datetime | None = term("endTime", moment)
    duration: str | None = term("duration", string)
    location: Object | str | None = term("location", nested_place)
    attachment: tuple[Object, ...] = term("attachment", nested_many)
    tag: tuple[Object, ...] = term("tag", nested_many)
    icon: Object | None = term("icon", nested_picture)
    image: Object | None = term("image", nested_picture)
    media_type: str | None = term("mediaType", string)
    href: str | None = term("href", string)
    generator: Object | str | None = term("generator", nested_one)
    preview: Object | str | None = term("preview", nested_one)
    replies: Object | str | None = term("replies", nested_one)
    likes: Object | str | None = term("likes", nested_one)
    shares: Object | str | None = term("shares", nested_one)
    extra: Mapping[str, Any] = field(default_factory=dict)


def locations(value: Object) -> tuple[Object | str, ...]:
    """Every location of a hybrid event in its own order; `location` is one of them."""
    raw = value.extra.get("location")
    if isinstance(raw, list):
        found = [read(each) if isinstance(each, dict) else each for each in raw]
        return tuple(each for each in found if isinstance(each, (Object, str)))
    return () if value.location is None else (value.location,)


def _is_words(raw: Json) -> bool:
    return isinstance(raw, dict) and all(isinstance(each, str) for each in raw.values())


# A word for each language, such as {"ar": "machine"}.
_by_language = Shape(lambda raw: (raw, True) if _is_words(raw) else (None, False), as_it_is)

# Rules as they were sent: who may quote, reply, like and share.
_policy = Shape(lambda raw: (raw, True) if isinstance(raw, dict) else (None, False), as_it_is)

# FEP-044f first, then what Misskey, Fedibird and old Mastodon call it.
_QUOTE_KEYS = ("quote", "_misskey_quote", "quoteUrl", "quoteUri")


def _read_quote(document: Mapping[str, Json], key: str) -> tuple[str | None, tuple[str, ...]]:
    found = {each: document[each] for each in _QUOTE_KEYS if document.get(each) is not None}
    value = next((id_of(each) for each in found.values() if id_of(each)), None)
    return value, tuple(each for each, raw in found.items() if each != key or raw != value)


_quote = Spread(lambda key: _QUOTE_KEYS, _read_quote, lambda value, key: {key: value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing(Object):
    """What people write: who may quote it, what it quotes, and the few words AS2 lacks.

    Spec: FEP-044f for `quote`, `quote_authorization` (the stamp's id) and `interaction_policy`.
    """

    sensitive: bool | None = term("sensitive", boolean)
    quote: str | None = term("quote", _quote)
    quote_authorization: str | None = term("quoteAuthorization", id_one)
    interaction_policy: Mapping[str, Json] | None = term("interactionPolicy", _policy)
    josoor_kind: str | None = term("josoor:kind", string)
    original_language: str | None = term("josoor:originalLanguage", string)
    translation_state: Mapping[str, str] | None = term("josoor:translationState", _by_language)
    languages_spoken: tuple[str, ...] = term("josoor:languagesSpoken", strings)
    accessibility: tuple[str, ...] = term("josoor:accessibility", strings)
    series: str | None = term("josoor:series", id_one)
    adapted_from: str | None = term("josoor:adaptedFrom", id_one)
