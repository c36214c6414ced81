"""Events and their rules: frozen values, no IO."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from zoneinfo import ZoneInfo

from node.i18n.languages import Texts


class State(Enum):
    """The life of a published event."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    DELETED = "deleted"


class JoinMode(Enum):
    """How one takes part (FEP-8a8e `joinMode`)."""

    FREE = "free"
    RESTRICTED = "restricted"
    EXTERNAL = "external"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an event is; `name` is what people call it."""

    name: str
    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A task that an event needs hands for."""

    task: Texts
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRef:
    """A picture that is kept here, and what is to be seen on it.

    `focus` is the point that must stay to be seen when it is cut: from -1 (left, bottom) to 1.
    """

    media: str
    alt: Texts
    focus: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """What a person hands in, checked: everything of an event but its identity and its life."""

    name: Texts
    description: Texts
    start: datetime
    end: datetime
    timezone: str
    place: Place | None = None
    exact_address: str = "public"
    online_url: str | None = None
    languages_spoken: Sequence[str] = ()
    category: str = "MEETING"
    join: JoinMode = JoinMode.FREE
    external_url: str | None = None
    capacity: int | None = None
    waitlist: bool = False
    poll: bool = False
    accessibility: Sequence[str] = ()
    recurrence: str | None = None
    tags: Sequence[str] = ()
    shifts: Sequence[Shift] = ()
    picture: PictureRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of this community. `start` and `end` are aware, in the event's own time zone.

    `sequence` counts the changes (RFC 5545 SEQUENCE); `reason` says why it was cancelled; `going`
    is how many come. `outdated` are languages whose text is older than what the original says now.
    """

    id: str
    draft: EventDraft
    state: State = State.SCHEDULED
    reason: str | None = None
    sequence: int = 0
    going: int = 0
    outdated: Sequence[str] = ()
    published: datetime = field(kw_only=True)
    updated: datetime = field(kw_only=True)

    @property
    def language(self) -> str:
        """The original language."""
        return next(iter(self.draft.name))

    @property
    def cancelled(self) -> bool:
        """Whether it will not take place."""
        return self.state is State.CANCELLED

    @property
    def places_left(self) -> int | None:
        """How many can still come, never below 0; None where there is no limit."""
        capacity = self.draft.capacity
        return None if capacity is None else max(0, capacity - self.going)

    def public_place(self) -> Place | None:
        """The place as anybody may know it: only the district where the address is kept for
        those who take part."""
        place = self.draft.place
        if place is None or self.draft.exact_address == "public":
            return place
        district = " ".join(part for part in (place.postal_code, place.city) if part)
        return Place(
            name=district or place.name,
            postal_code=place.postal_code,
            city=place.city,
            country=place.country,
        )


def local(moment: datetime, timezone: str) -> datetime:
    """The same moment on the clock of a time zone (IANA name)."""
    return moment.astimezone(ZoneInfo(timezone))
