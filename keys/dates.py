"""The Date header: IMF-fixdate in GMT and nothing else."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from keys.errors import SignatureMalformed

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NUMBERS = {name: f"{number:02}" for number, name in enumerate(_MONTHS, 1)}
_FIXDATE = re.compile(
    r"([A-Z][a-z]{2}), ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4})"
    r" ([0-9]{2}:[0-9]{2}:[0-9]{2}) GMT"
)


def write_date(moment: datetime) -> str:
    """An aware moment as IMF-fixdate, parts of a second dropped.

    Raises: ValueError for a naive moment. Spec: RFC 9110 5.6.7.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    gmt = moment.astimezone(UTC)
    day, month = _DAYS[gmt.weekday()], _MONTHS[gmt.month - 1]
    time = gmt.isoformat()[11:19]
    return f"{day}, {gmt.day:02} {month} {gmt.year:04} {time} GMT"


def read_date(text: str) -> datetime:
    """The moment of an IMF-fixdate, aware, in UTC.

    Raises: SignatureMalformed. Not `parsedate_to_datetime`: that takes two-digit years, other zones
    and none at all.
    """
    match = _FIXDATE.fullmatch(text)
    if match is None:
        raise SignatureMalformed("A date must be written as in RFC 9110, in GMT.")
    weekday, day, month, year, time = match.groups()
    try:
        moment = datetime.fromisoformat(f"{year}-{_NUMBERS.get(month)}-{day}T{time}+00:00")
    except ValueError as error:
        raise SignatureMalformed("There is no such day or time.") from error
    if _DAYS[moment.weekday()] != weekday:
        raise SignatureMalformed("The weekday is not that of the date.")
    return moment
