"""Events with the words of Mobilizon and FEP-8a8e, and what Mobilizon's groups hold besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from activitypub.nested import nested_disclosed, nested_one
from activitypub.registry import kind, term
from activitypub.shapes import (
    Json,
    Spread,
    boolean,
    id_one,
    ids,
    moment,
    string,
    strings,
    whole_number,
)
from activitypub.vocabulary.base import Object, Writing

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
    """A meeting at a time, with the fields of Mobilizon and FEP-8a8e side by side.

    `category` is the first of several; `join_visibility` names whom a Join must address.
    """

    type: str = "Event"
    actor: str | None = term("actor", id_one)
    uuid: str | None = term("uuid", string)
    timezone: str | None = term("timezone", string)
    join_mode: str | None = term("joinMode", string)
    join_visibility: tuple[str, ...] = term("requiredJoinVisibility", ids)
    event_status: str | None = term("eventStatus", string)
    status: str | None = term("status", _status)
    category: str | None = term("category", string)
    in_language: str | None = term("inLanguage", string)
    display_end_time: bool | None = term("displayEndTime", boolean)
    previous_start_time: datetime | None = term("previousStartTime", moment)
    organizers: Object | str | None = term("organizers", nested_disclosed)
    attendees: Object | str | None = term("attendees", nested_one)
    contacts: tuple[str, ...] = term("contacts", strings)
    maximum_attendee_capacity: int | None = term("maximumAttendeeCapacity", whole_number)
    remaining_attendee_capacity: int | None = term("remainingAttendeeCapacity", whole_number)
    participant_count: int | None = term("participantCount", whole_number)
    external_participation_url: str | None = term("externalParticipationUrl", string)
    is_online: bool | None = term("isOnline", boolean)
    draft: bool | None = term("draft", boolean)
    comments_enabled: bool | None = term("commentsEnabled", boolean)
    replies_moderation_option: str | None = term("repliesModerationOption", string)
    anonymous_participation_enabled: bool | None = term("anonymousParticipationEnabled", boolean)
    adjusts: bool | None = term("dfrn:adjust", boolean)


# --- inside a group of Mobilizon -----------------------------------------------------------------


@kind("Member")
@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Object):
    """Who belongs to a group: `actor` in `object`, with a `role`."""

    type: str = "Member"
    actor: str | None = term("actor", id_one)
    object: str | None = term("object", id_one)
    role: str | None = term("role", string)


@kind("TodoList", "ResourceCollection")
@dataclass(frozen=True, slots=True, kw_only=True)
class Folder(Object):
    """A list of to-dos or of resources."""

    type: str = "ResourceCollection"
    actor: str | None = term("actor", id_one)


@kind("Todo")
@dataclass(frozen=True, slots=True, kw_only=True)
class Todo(Object):
    type: str = "Todo"
    actor: str | None = term("actor", id_one)
    done: bool | None = term("status", boolean)
    todo_list: str | None = term("todoList", id_one)
