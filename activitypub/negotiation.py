"""Is this Accept or Content-Type ActivityPub's?"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from activitypub.names import ACTIVITY_JSON, ACTIVITYSTREAMS

_LD_JSON: Final = "application/ld+json"
_ACTIVITY_TYPES: Final = frozenset({ACTIVITY_JSON, _LD_JSON})
_PAGE_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
_WILD_TYPES: Final = frozenset({"text/*", "*/*"})
# Commas and semicolons inside quotes belong to a parameter.
_PART: Final = r'(?:[^{0}"]|"[^"]*"?)+'
_RANGES: Final = re.compile(_PART.format(","))
_PARAMETERS: Final = re.compile(_PART.format(";"))
_LONGEST: Final = 4096


class _Range(NamedTuple):
    type: str
    parameters: dict[str, str]
    quality: float


@lru_cache(maxsize=64)
def wants_activity(accept: str) -> bool:
    """Whether this Accept header prefers the document to the page.

    The higher quality wins, then what is named before what is only a wildcard, then what comes
    first. A header that names neither wants the page.
    """
    ranges = [_range(each) for each in _RANGES.findall(accept[:_LONGEST])]
    activity = _rank(ranges, _ACTIVITY_TYPES, named=True)
    if activity is None:
        return False
    pages = [_rank(ranges, _PAGE_TYPES, named=True), _rank(ranges, _WILD_TYPES, named=False)]
    return all(page is None or activity > page for page in pages)


def _rank(
    ranges: list[_Range], types: frozenset[str], *, named: bool
) -> tuple[float, bool, int] | None:
    """The rank of the best range of these types: quality, named or wild, place in the header."""
    found = [
        (each.quality, named, -place)
        for place, each in enumerate(ranges)
        if each.type in types and each.quality > 0
    ]
    return max(found, default=None)


@lru_cache(maxsize=64)
def is_activity(content_type: str) -> bool:
    """Whether a body of this type is ActivityPub: activity+json, or ld+json with the AS profile.

    Spec: ActivityPub 3.2.
    """
    media = _range(content_type[:_LONGEST])
    if media.type == ACTIVITY_JSON:
        return True
    return media.type == _LD_JSON and ACTIVITYSTREAMS in media.parameters.get("profile", "").split()


def _range(text: str) -> _Range:
    name, *rest = _PARAMETERS.findall(text) or [""]
    parameters = {}
    for each in rest:
        key, _, value = each.partition("=")
        parameters[key.strip().lower()] = value.strip().strip('"')
    return _Range(name.strip().lower(), parameters, _quality(parameters.get("q", "1")))


def _quality(text: str) -> float:
    """Between 0 and 1; what cannot be read counts as 0."""
    return float(text) if re.fullmatch(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", text) else 0.0
