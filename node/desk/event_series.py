"""When an event that repeats takes place the next time."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

from node.events.model import EventDraft

_LONGEST_AGO: Final = timedelta(days=3660)
_DAY = r"[+-]?[1-5]?(?:MO|TU|WE|TH|FR|SA|SU)"
_PARTS: Final = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": r"[1-9][0-9]?",
    "COUNT": r"[0-9]{1,4}",
    "UNTIL": r"[0-9TZ]+",
    "WKST": r"[A-Z]{2}",
    "BYDAY": rf"{_DAY}(?:,{_DAY})*",
    "BYMONTHDAY": r"[1-9]|1[0-9]|2[0-8]|-1",
}


def next_date(draft: EventDraft, now: datetime) -> date | None:
    """The day of the first repetition that is still to come; None where there is none.

    It is counted on the clock of the event's own town. Spec: RFC 5545 3.8.5.3
    """
    # dateutil costs start time and is needed only when somebody copies such an event
    from dateutil.rrule import rrulestr  # noqa: PLC0415

    start = draft.start.replace(tzinfo=None)
    today = now.astimezone(draft.start.tzinfo).replace(tzinfo=None)
    if draft.recurrence is None or not _is_easy(draft.recurrence) or today - start > _LONGEST_AGO:
        return None
    try:
        found = rrulestr(draft.recurrence, dtstart=start).after(max(start, today))
    except (ValueError, TypeError):
        # its end is told in UTC, which the library wants of the start as well
        return None
    return found.date() if found else None


def _is_easy(rule: str) -> bool:
    """Whether a few steps lead to its next day: the library goes on to the year 9999 in search of a
    30 February, and nothing else is done meanwhile."""
    pairs = [part.partition("=") for part in rule.split(";")]
    said = {name: value for name, _, value in pairs}
    days = {"BYDAY", "BYMONTHDAY"} & said.keys()
    return (
        len(said) == len(pairs)
        and all(re.fullmatch(_PARTS.get(name, "(?!)"), said[name]) for name in said)
        and len(days) <= (0 if said["FREQ"] == "DAILY" else 1)
    )
