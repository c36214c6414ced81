"""When an event takes place again: the rule that people hand in, checked. Spec: RFC 5545 3.3.10"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

_RULE = re.compile(r"FREQ=(WEEKLY|MONTHLY|YEARLY|DAILY)(;[A-Z]+=[A-Z0-9,+-]+)*")
_SOME_DAY = datetime(2000, 1, 1)  # noqa: DTZ001  only to try the rule out


def rule(value: Any) -> str:
    """A rule that the standard's library understands, each part of it once. Raises: ValueError."""
    # dateutil costs start time and is needed only when somebody hands in a rule
    from dateutil.rrule import rrulestr  # noqa: PLC0415

    if not isinstance(value, str) or len(value) > 200 or not _RULE.fullmatch(value):
        raise ValueError("must be a rule such as FREQ=MONTHLY;BYDAY=1SA")
    # of two the library takes the last, and a reader's calendar perhaps the first
    if twice := _twice(name for name, _ in _parts(value)):
        raise ValueError(f"says {twice} more than once")
    # the library wants a start in UTC exactly where the rule's end is in UTC
    ends_in_utc = re.search(r";UNTIL=[0-9T]+Z", value) is not None
    try:
        rrulestr(value, dtstart=_SOME_DAY.replace(tzinfo=UTC) if ends_in_utc else _SOME_DAY)
    except (ValueError, TypeError, KeyError):
        raise ValueError("is not a rule such as FREQ=MONTHLY;BYDAY=1SA") from None
    return value


def each_once(kept: str | None) -> str | None:
    """A rule that was taken before repeated parts were refused: of each part the last counts, as it
    did for us then. None for none."""
    if kept is None:
        return None
    return ";".join(f"{name}={said}" for name, said in dict(_parts(kept)).items())


def _parts(text: str) -> list[tuple[str, str]]:
    """The parts of a rule by their names."""
    pieces = [part.partition("=") for part in text.split(";")]
    return [(name, said) for name, _, said in pieces]


def _twice(names: Iterable[str]) -> str | None:
    """The first that comes again; None where each is another one."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
