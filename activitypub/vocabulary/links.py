"""Links, tags, and the fields of a profile."""

from __future__ import annotations

from dataclasses import dataclass

from activitypub.registry import kind, term
from activitypub.shapes import string, strings, whole_number
from activitypub.vocabulary.base import Object


@kind("Link")
@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Object):
    """An address with what is known of it; `rel` is one relation or several."""

    type: str = "Link"
    rel: tuple[str, ...] = term("rel", strings)
    hreflang: str | None = term("hreflang", string)
    width: int | None = term("width", whole_number)
    height: int | None = term("height", whole_number)


@kind("Hashtag")
@dataclass(frozen=True, slots=True, kw_only=True)
class Hashtag(Link):
    type: str = "Hashtag"


@kind("Mention")
@dataclass(frozen=True, slots=True, kw_only=True)
class Mention(Link):
    type: str = "Mention"


@kind("Emoji")
@dataclass(frozen=True, slots=True, kw_only=True)
class Emoji(Object):
    """A picture to be shown for `name` (`:blobcat:`): its `icon`."""

    type: str = "Emoji"


@kind("PropertyValue")
@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyValue(Object):
    """A profile field (`name`, `value`) or an event property (`property_id`, `value`)."""

    type: str = "PropertyValue"
    value: str | None = term("value", string)
    property_id: str | None = term("propertyID", string)
