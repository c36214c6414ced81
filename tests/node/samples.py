"""A few events of a community in Vienna, for tests of pages and feeds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from node.events.model import Event, EventDraft, Place, Shift, State

VIENNA = ZoneInfo("Europe/Vienna")
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
HOUSE = Place(
    name="Haus der Begegnung",
    street="Praterstraße 1",
    postal_code="1020",
    city="Wien",
    country="AT",
    latitude=48.21,
    longitude=16.37,
)


def event(
    *,
    key: str = "kochabend",
    state: State = State.SCHEDULED,
    reason: str | None = None,
    sequence: int = 0,
    **draft: Any,
) -> Event:
    """A cooking evening, in German and Arabic; anything about it may be said otherwise."""
    values: dict[str, Any] = {
        "name": {"de": "Kochabend", "ar": "أمسية طبخ"},
        "description": {"de": "Wir kochen **zusammen**.", "ar": "نطبخ **معاً**."},
        "start": datetime(2026, 12, 5, 18, 0, tzinfo=VIENNA),
        "end": datetime(2026, 12, 5, 21, 0, tzinfo=VIENNA),
        "timezone": "Europe/Vienna",
        "place": HOUSE,
        "languages_spoken": ("ar", "de"),
        "shifts": (Shift(task={"de": "Kochen", "ar": "طبخ"}, places=2),),
        "accessibility": ("wheelchair",),
        "capacity": 30,
        "tags": ("josoor",),
    }
    return Event(
        id=key,
        draft=EventDraft(**{**values, **draft}),
        state=state,
        reason=reason,
        sequence=sequence,
        published=datetime(2026, 11, 1, 12, 0, tzinfo=UTC),
        updated=datetime(2026, 11, 2, 12, 0, tzinfo=UTC),
    )


def url_of(found: Event) -> str:
    """Where an event of these tests is."""
    return f"https://wien.example/e/{found.id}"
