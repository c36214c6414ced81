"""What a program makes of an activity, and the small helpers that its readers share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ACTORS = {"Application", "Group", "Organization", "Person", "Service"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`kept` with what it `shows` to a reader, or dropped, and `why`."""

    kept: bool
    why: str = ""
    shows: Json = field(default_factory=dict)


def kept(**shows: Any) -> Verdict:
    """It is taken in and shows this."""
    return Verdict(kept=True, shows=shows)


def dropped(why: str) -> Verdict:
    """It is not taken in."""
    return Verdict(kept=False, why=why)


def many(value: Any) -> list[Any]:
    """A value as a list; nothing is an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def id_of(value: Any) -> str | None:
    """The id that a string or an object is."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) else None


def ids(value: Any) -> list[str]:
    """The ids of one or many."""
    return [found for each in many(value) if (found := id_of(each))]


def host(url: str | None) -> str:
    """The host of an address."""
    return (url or "").split("/")[2] if url and "//" in url else ""


def shows(verdict: Verdict) -> Json:
    """What is shown of something that was kept; fails with the reason if it was not."""
    assert verdict.kept, verdict.why
    return verdict.shows
