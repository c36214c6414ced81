"""VTIMEZONE from the zone database: each clock change of the years wanted, one by one.

Rules ("last Sunday of March") would be shorter, but cannot say what Morocco does at Ramadan.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_NONE = timedelta()


@lru_cache(maxsize=64)
def vtimezone(zone: str, first: int, last: int) -> tuple[str, ...]:
    """The lines of a VTIMEZONE that holds from the start of year `first` to the end of `last`.

    Raises: ZoneInfoNotFoundError. Spec: RFC 5545 3.6.5
    """
    clock = ZoneInfo(zone)
    begin = datetime(first, 1, 1, tzinfo=UTC) - _DAY
    end = datetime(last + 1, 1, 1, tzinfo=UTC) + _DAY
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}"]
    lines += _observance(clock, begin, begin)
    for moment in _changes(clock, begin, end):
        lines += _observance(clock, moment - _SECOND, moment)
    return (*lines, "END:VTIMEZONE")


def _state(clock: ZoneInfo, moment: datetime) -> tuple[timedelta, timedelta, str]:
    there = moment.astimezone(clock)
    return there.utcoffset() or _NONE, there.dst() or _NONE, there.tzname() or ""


def _changes(clock: ZoneInfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """The moments of clock change, to the second; at most one a day is looked for."""
    day, before = begin, _state(clock, begin)
    while day < end:
        after = _state(clock, day + _DAY)
        if after != before:
            yield _change_within(clock, day)
        day, before = day + _DAY, after


def _change_within(clock: ZoneInfo, day: datetime) -> datetime:
    """The first second of the new state within the 24 hours from `day`."""
    low, high, old = 0, 86_400, _state(clock, day)
    while high - low > 1:
        middle = (low + high) // 2
        if _state(clock, day + timedelta(seconds=middle)) == old:
            low = middle
        else:
            high = middle
    return day + timedelta(seconds=high)


def _observance(clock: ZoneInfo, before: datetime, after: datetime) -> list[str]:
    """The part of a VTIMEZONE that begins at `after`; its start is on the clock of before."""
    old, (new, dst, name) = _state(clock, before)[0], _state(clock, after)
    kind = "DAYLIGHT" if dst else "STANDARD"
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{(after + old).replace(tzinfo=None):%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_offset(old)}",
        f"TZOFFSETTO:{_offset(new)}",
        f"TZNAME:{name}",
        f"END:{kind}",
    ]


def _offset(offset: timedelta) -> str:
    """ "+0100"; with seconds where there are some."""
    seconds = int(offset.total_seconds())
    sign, rest = "-" if seconds < 0 else "+", abs(seconds)
    text = f"{sign}{rest // 3600:02}{rest // 60 % 60:02}"
    return text + f"{rest % 60:02}" if rest % 60 else text
