"""When an event that repeats takes place the next time."""

from __future__ import annotations

from datetime import date, datetime

from node.events.model import EventDraft


def next_date(draft: EventDraft, now: datetime) -> date | None:
    """The day of the first repetition that is still to come; None where there is none.

    It is counted on the clock of the event's own town. Spec: RFC 5545 3.8.5.3
    """
    # dateutil costs start time and is needed only when somebody copies such an event
    from dateutil.rrule import rrulestr  # noqa: PLC0415

    if draft.recurrence is None:
        return None
    start = draft.start.replace(tzinfo=None)
    today = now.astimezone(draft.start.tzinfo).replace(tzinfo=None)
    try:
        found = rrulestr(draft.recurrence, dtstart=start).after(max(start, today))
    except (ValueError, TypeError):
        # its end is told in UTC, which the library wants of the start as well
        return None
    return found.date() if found else None
