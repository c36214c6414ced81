"""The things that are spoken about: notes, events, places, pictures, links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from activitypub.nested import (
    nested_disclosed,
    nested_many,
    nested_one,
    nested_picture,
    nested_place,
)
from activitypub.registry import kind, read, term
from activitypub.shapes import (
    Json,
    Spread,
    Text,
    addresses,
    as_it_is,
    boolean,
    id_one,
    ids,
    moment,
    number,
    string,
    strings,
    text,
    url,
    whole_number,
)
from activitypub.shapes import Shape as _Shape


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
    location: Object | str | None = term("location", nested_place)
    attachment: tuple[Object, ...] = term("attachment", nested_many)
    tag: tuple[Object, ...] = term("tag", nested_many)
    icon: Object | None = term("icon", nested_picture)
    image: Object | None = term("image", nested_picture)
    media_type: str | None = term("mediaType", string)
    href: str | None = term("href", string)
    replies: Object | str | None = term("replies", nested_one)
    extra: Mapping[str, Any] = field(default_factory=dict)


def locations(value: Object) -> tuple[Object | str, ...]:
    """Every location of a hybrid event in its own order; `location` is one of them."""
    raw = value.extra.get("location")
    if isinstance(raw, list):
        found = [read(each) if isinstance(each, dict) else each for each in raw]
        return tuple(each for each in found if isinstance(each, (Object, str)))
    return () if value.location is None else (value.location,)


# --- what people write ---------------------------------------------------------------------------

# A word for each language, such as {"ar": "machine"}.
_by_language = _Shape(lambda raw: (raw, True) if _is_words(raw) else (None, False), as_it_is)


def _is_words(raw: Json) -> bool:
    return isinstance(raw, dict) and all(isinstance(each, str) for each in raw.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing(Object):
    """What people write, with the few words of ours that AS2 lacks."""

    sensitive: bool | None = term("sensitive", boolean)
    josoor_kind: str | None = term("josoor:kind", string)
    original_language: str | None = term("josoor:originalLanguage", string)
    translation_state: Mapping[str, str] | None = term("josoor:translationState", _by_language)
    languages_spoken: tuple[str, ...] = term("josoor:languagesSpoken", strings)
    accessibility: tuple[str, ...] = term("josoor:accessibility", strings)
    series: str | None = term("josoor:series", id_one)


@kind("Note")
@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Writing):
    type: str = "Note"


@kind("Article")
@dataclass(frozen=True, slots=True, kw_only=True)
class Article(Writing):
    type: str = "Article"


@kind("Page")
@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Writing):
    type: str = "Page"


@kind("Question")
@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Writing):
    """A poll: `one_of` or `any_of` are its options, each a Note with a name."""

    type: str = "Question"
    one_of: tuple[Object, ...] = term("oneOf", nested_many)
    any_of: tuple[Object, ...] = term("anyOf", nested_many)
    closed: datetime | None = term("closed", moment)
    voters_count: int | None = term("votersCount", whole_number)


_STATUS_KEYS = ("status", "ical:status")


def _read_status(document: Mapping[str, Json], key: str) -> tuple[str | None, tuple[str, ...]]:
    """The iCalendar status in capitals from either spelling; the plain one wins."""
    value, kept = None, []
    for spelling in _STATUS_KEYS:
        raw = document.get(spelling)
        if raw is None:
            continue
        word = raw.upper() if isinstance(raw, str) and raw else None
        value = value or word
        if word is None or word != value:
            kept.append(spelling)
    return value, tuple(kept)


_status = Spread(
    lambda key: _STATUS_KEYS, _read_status, lambda word, key: dict.fromkeys(_STATUS_KEYS, word)
)


@kind("Event")
@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Writing):
    """A meeting at a time, with the fields of Mobilizon and FEP-8a8e side by side."""

    type: str = "Event"
    actor: str | None = term("actor", id_one)
    uuid: str | None = term("uuid", string)
    timezone: str | None = term("timezone", string)
    join_mode: str | None = term("joinMode", string)
    event_status: str | None = term("eventStatus", string)
    status: str | None = term("status", _status)
    category: str | None = term("category", string)
    in_language: str | None = term("inLanguage", string)
    display_end_time: bool | None = term("displayEndTime", boolean)
    previous_start_time: datetime | None = term("previousStartTime", moment)
    organizers: Object | str | None = term("organizers", nested_disclosed)
    attendees: Object | str | None = term("attendees", nested_one)
    maximum_attendee_capacity: int | None = term("maximumAttendeeCapacity", whole_number)
    remaining_attendee_capacity: int | None = term("remainingAttendeeCapacity", whole_number)
    participant_count: int | None = term("participantCount", whole_number)
    external_participation_url: str | None = term("externalParticipationUrl", string)
    is_online: bool | None = term("isOnline", boolean)
    draft: bool | None = term("draft", boolean)
    comments_enabled: bool | None = term("commentsEnabled", boolean)
    replies_moderation_option: str | None = term("repliesModerationOption", string)
    anonymous_participation_enabled: bool | None = term("anonymousParticipationEnabled", boolean)


# --- places --------------------------------------------------------------------------------------


@kind("Place")
@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Object):
    """A place; latitude and longitude in degrees, always written as floats."""

    type: str = "Place"
    address: Object | str | None = term("address", nested_one)
    latitude: float | None = term("latitude", number)
    longitude: float | None = term("longitude", number)


@kind("VirtualLocation")
@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualLocation(Object):
    type: str = "VirtualLocation"


@kind("PostalAddress")
@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress(Object):
    type: str = "PostalAddress"
    street_address: str | None = term("streetAddress", string)
    postal_code: str | None = term("postalCode", string)
    address_locality: str | None = term("addressLocality", string)
    address_region: str | None = term("addressRegion", string)
    address_country: str | None = term("addressCountry", string)


# --- media and remains ---------------------------------------------------------------------------


@kind("Document")
@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Writing):
    """A file, or a campaign tally of ours; `name` of a picture is its description."""

    type: str = "Document"
    width: int | None = term("width", whole_number)
    height: int | None = term("height", whole_number)


@kind("Image")
@dataclass(frozen=True, slots=True, kw_only=True)
class Image(Document):
    type: str = "Image"


@kind("Video")
@dataclass(frozen=True, slots=True, kw_only=True)
class Video(Document):
    type: str = "Video"


@kind("Audio")
@dataclass(frozen=True, slots=True, kw_only=True)
class Audio(Document):
    type: str = "Audio"


@kind("Tombstone")
@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone(Object):
    """What is left of something deleted."""

    type: str = "Tombstone"
    former_type: str | None = term("formerType", string)
    deleted: datetime | None = term("deleted", moment)


# --- links and tags ------------------------------------------------------------------------------


@kind("Link")
@dataclass(frozen=True, slots=True, kw_only=True)
class Link(Object):
    type: str = "Link"


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
    type: str = "Emoji"


@kind("PropertyValue")
@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyValue(Object):
    """A profile field (`name`, `value`) or an event property (`property_id`, `value`)."""

    type: str = "PropertyValue"
    value: str | None = term("value", string)
    property_id: str | None = term("propertyID", string)
