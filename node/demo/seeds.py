"""What a seeded community is made of, and how its dates come out in the coming weeks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Json = dict[str, Any]
Texts = Mapping[str, str]
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


@dataclass(frozen=True, slots=True)
class Days:
    """The weeks after `today`."""

    today: date

    def on(self, weekday: int, start: str, end: str, *, weeks: int) -> Json:
        """`start` and `end` of an event on the first such weekday from `weeks` weeks on.

        `start` and `end` are times on the wall, such as 18:00.
        """
        earliest = self.today + timedelta(weeks=weeks, days=1)
        day = earliest + timedelta(days=(weekday - earliest.weekday()) % 7)
        return {"start": f"{day.isoformat()}T{start}", "end": f"{day.isoformat()}T{end}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A community as the demo founds it. `names` starts with the community's own language.

    `events` gives its documents, as `josoor event publish` takes them. `follows` are handles.
    """

    handle: str
    names: Texts
    descriptions: Texts
    languages: Sequence[str]
    city: str | None
    country: str | None
    timezone: str
    follows: Sequence[str]
    events: Callable[[Days], Sequence[Json]]

    @property
    def name(self) -> str:
        """The community's name in its own language."""
        return next(iter(self.names.values()))
