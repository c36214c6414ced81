"""The document that people hand in for an event, checked field by field, and written back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from node.events.model import EventDraft, JoinMode, PictureRef, Place, Shift
from node.events.recurrence import rule
from node.ids import is_id
from node.media.model import LONGEST_ALT
from node.reading import (
    Reader,
    coordinate,
    language_tag,
    line,
    many,
    one_of,
    prose,
    texts,
    thing,
    truth,
    web_address,
    whole_number,
)

CATEGORIES = (
    "ARTS",
    "AUTO_BOAT_AIR",
    "BOOK_CLUBS",
    "BUSINESS",
    "CAUSES",
    "CLIMATE_ENVIRONMENT",
    "COMEDY",
    "COMMUNITY",
    "CRAFTS",
    "CREATIVE_JAM",
    "DIY_MAKER_SPACES",
    "FAMILY_EDUCATION",
    "FASHION_BEAUTY",
    "FESTIVALS",
    "FILM_MEDIA",
    "FOOD_DRINK",
    "GAMES",
    "HEALTH",
    "INCLUSIVE_SPACES",
    "LANGUAGE_CULTURE",
    "LEARNING",
    "LGBTQ",
    "MEDITATION_WELLBEING",
    "MEETING",
    "MOVEMENTS_POLITICS",
    "MUSIC",
    "NETWORKING",
    "OUTDOORS_ADVENTURE",
    "PARTY",
    "PERFORMING_VISUAL_ARTS",
    "PETS",
    "PHOTOGRAPHY",
    "SCIENCE_TECH",
    "SPIRITUALITY_RELIGION_BELIEFS",
    "SPORTS",
    "THEATRE",
    "WORKSHOPS_SKILL_SHARING",
)
"""Mobilizon's words and those that FEP-8a8e adds. Spec: FEP-8a8e `category`"""

FIELDS = (
    "name",
    "description",
    "start",
    "end",
    "timezone",
    "place",
    "exact_address",
    "online_url",
    "languages_spoken",
    "category",
    "join",
    "external_url",
    "capacity",
    "waitlist",
    "poll",
    "accessibility",
    "recurrence",
    "tags",
    "shifts",
    "picture",
)
_PLACE_FIELDS = ("name", "street", "postal_code", "city", "country", "latitude", "longitude")
_LOCAL_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_TAG = re.compile(r"#?(\w{2,40})")
_LAST_YEAR = 2200
_OUT_OF_TIME = f"must lie between the years 2000 and {_LAST_YEAR}"
_NEVER = datetime(2000, 1, 1)  # noqa: DTZ001  a placeholder that no checked draft keeps


def read_draft(document: object, *, language: str, timezone: str) -> EventDraft:
    """The event that a document describes.

    `language` and `timezone` are the community's, for plain strings and a missing `timezone`.
    `start` and `end` come without an offset: they are what the clock on the wall shows.
    Raises: Invalid, with a complaint for each wrong field.
    """
    reader = Reader(document, known=FIELDS)
    zone = reader.field("timezone", _timezone, timezone)
    start = reader.required("start", _local_time, _NEVER)
    draft = EventDraft(
        name=reader.required("name", texts(line(200), language), {}),
        description=reader.field("description", texts(prose(20_000), language), {}),
        start=_on_the_clock(start, zone),
        end=_on_the_clock(reader.field("end", _local_time, start + timedelta(hours=2)), zone),
        timezone=zone,
        place=reader.field("place", _place, None),
        exact_address=reader.field("exact_address", one_of(("public", "participants")), "public"),
        online_url=reader.field("online_url", web_address, None),
        languages_spoken=reader.field("languages_spoken", many(language_tag, 20), []),
        category=reader.field("category", one_of(CATEGORIES), "MEETING"),
        join=reader.field("join", _join, JoinMode.FREE),
        external_url=reader.field("external_url", web_address, None),
        capacity=reader.field("capacity", whole_number(1, 1_000_000), None),
        waitlist=reader.field("waitlist", truth, False),
        poll=reader.field("poll", truth, False),
        accessibility=reader.field("accessibility", many(line(60), 20), []),
        recurrence=reader.field("recurrence", rule, None),
        tags=reader.field("tags", many(_tag, 20), []),
        shifts=reader.field("shifts", many(lambda one: _shift(one, language), 50), []),
        picture=reader.field("picture", lambda one: _picture(one, language), None),
    )
    _check_together(reader, draft)
    reader.finish()
    return _started_in_its_language(draft, language)


def write_draft(draft: EventDraft) -> dict[str, Any]:
    """The document again, every field present; `read_draft` of it gives the same draft."""
    place = draft.place
    return {
        "name": dict(draft.name),
        "description": dict(draft.description) or None,
        "start": draft.start.strftime("%Y-%m-%dT%H:%M:%S"),
        "end": draft.end.strftime("%Y-%m-%dT%H:%M:%S"),
        "timezone": draft.timezone,
        "place": {field: getattr(place, field) for field in _PLACE_FIELDS} if place else None,
        "exact_address": draft.exact_address,
        "online_url": draft.online_url,
        "languages_spoken": list(draft.languages_spoken),
        "category": draft.category,
        "join": draft.join.value,
        "external_url": draft.external_url,
        "capacity": draft.capacity,
        "waitlist": draft.waitlist,
        "poll": draft.poll,
        "accessibility": list(draft.accessibility),
        "recurrence": draft.recurrence,
        "tags": list(draft.tags),
        "shifts": [{"task": dict(one.task), "places": one.places} for one in draft.shifts],
        "picture": _written(draft.picture) if draft.picture else None,
    }


def _check_together(reader: Reader, draft: EventDraft) -> None:
    if "start" not in reader.complaints:
        _check_end(reader, draft)
    if draft.join is JoinMode.EXTERNAL and draft.external_url is None:
        reader.complain("external_url", "is missing, and join is external")


def _check_end(reader: Reader, draft: EventDraft) -> None:
    if draft.end <= draft.start:
        reader.complain("end", "must be after start")
    if draft.end - draft.start > timedelta(days=366):
        reader.complain("end", "is more than a year after start")
    # one that was not given can lie there too, and must be readable again
    if draft.end.year > _LAST_YEAR:
        reader.complain("end", _OUT_OF_TIME)


def _started_in_its_language(draft: EventDraft, language: str) -> EventDraft:
    """The community's own language first where the text exists in it, else the author's order."""
    if language not in draft.name:
        return draft
    name = {language: draft.name[language], **draft.name}
    return replace(draft, name=name, description=_first(draft.description, language))


def _first(texts: Mapping[str, str], language: str) -> Mapping[str, str]:
    return {language: texts[language], **texts} if language in texts else texts


@cache
def _timezones() -> frozenset[str]:
    return frozenset(available_timezones())


def _timezone(value: Any) -> str:
    if not isinstance(value, str) or value not in _timezones():
        raise ValueError("is not a time zone such as Europe/Vienna")
    return value


def _local_time(value: Any) -> datetime:
    if not isinstance(value, str) or not _LOCAL_TIME.fullmatch(value):
        raise ValueError("must be a local time such as 2026-12-05T18:00")
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("is not a day of the calendar") from None
    if not 2000 <= found.year <= _LAST_YEAR:
        raise ValueError(_OUT_OF_TIME)
    return found


def _on_the_clock(naive: datetime, zone: str) -> datetime:
    return naive.replace(tzinfo=ZoneInfo(zone))


def _place(value: Any) -> Place:
    reader = Reader(thing(value), known=_PLACE_FIELDS)
    place = Place(
        name=reader.required("name", line(200), ""),
        street=reader.field("street", line(200), None),
        postal_code=reader.field("postal_code", line(20), None),
        city=reader.field("city", line(100), None),
        country=reader.field("country", line(100), None),
        latitude=reader.field("latitude", coordinate(90), None),
        longitude=reader.field("longitude", coordinate(180), None),
    )
    reader.finish()
    return place


def _join(value: Any) -> JoinMode:
    return JoinMode(one_of([mode.value for mode in JoinMode])(value))


def _tag(value: Any) -> str:
    found = _TAG.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError("a tag has 2 to 40 letters and digits")
    return found[1]


def _shift(value: Any, language: str) -> Shift:
    reader = Reader(thing(value), known=("task", "places"))
    shift = Shift(
        task=reader.required("task", texts(line(100), language), {}),
        places=reader.required("places", whole_number(1, 1000), 1),
    )
    reader.finish()
    return shift


def _picture(value: Any, language: str) -> PictureRef:
    reader = Reader(thing(value), known=("media", "alt", "focus"))
    focus = reader.field("focus", many(coordinate(1), 2), None)
    if focus is not None and len(focus) != 2:
        reader.complain("focus", "must be two numbers between -1 and 1")
    picture = PictureRef(
        media=reader.required("media", _media_id, ""),
        alt=reader.required("alt", texts(line(LONGEST_ALT), language), {}),
        focus=(focus[0], focus[1]) if focus and len(focus) == 2 else None,
    )
    reader.finish()
    return picture


def _media_id(value: Any) -> str:
    if not isinstance(value, str) or not is_id(value):
        raise ValueError("is not the id of a picture")
    return value


def _written(picture: PictureRef) -> dict[str, Any]:
    found = {"media": picture.media, "alt": dict(picture.alt)}
    return found | ({"focus": list(picture.focus)} if picture.focus else {})
