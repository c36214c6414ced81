"""A document with every field of an event, and what is read or complained of."""

from __future__ import annotations

import copy
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from node.errors import Invalid
from node.events.draft import read_draft
from node.events.model import EventDraft

VIENNA = ZoneInfo("Europe/Vienna")
WHOLE: dict[str, Any] = {
    "name": {"de": "Sprachcafé", "ar": "مقهى اللغة"},
    "description": {"de": "Wir **reden**.", "ar": "نتحدث."},
    "start": "2026-12-05T18:00",
    "end": "2026-12-05T21:00",
    "timezone": "Europe/Vienna",
    "place": {
        "name": "Haus der Begegnung",
        "street": "Praterstraße 1",
        "postal_code": "1020",
        "city": "Wien",
        "country": "AT",
        "latitude": 48.21,
        "longitude": 16,
    },
    "exact_address": "participants",
    "online_url": "https://meet.example/x",
    "languages_spoken": ["ar", "de"],
    "category": "LANGUAGE_CULTURE",
    "join": "external",
    "external_url": "https://tickets.example/1",
    "capacity": 30,
    "waitlist": True,
    "poll": True,
    "accessibility": ["wheelchair"],
    "recurrence": "FREQ=MONTHLY;BYDAY=1SA",
    "tags": ["josoor", "#غذاء"],
    "shifts": [{"task": {"de": "Kochen"}, "places": 3}],
    "picture": {"media": "0" * 26, "alt": {"de": "Ein Garten"}, "focus": [0.5, -1.0]},
}


def read(document: object) -> EventDraft:
    return read_draft(document, language="de", timezone="Europe/Vienna")


def complaints(document: object) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        read(document)
    return refused.value.fields


def changed(**fields: Any) -> dict[str, Any]:
    return {**copy.deepcopy(WHOLE), **fields}
