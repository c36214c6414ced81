"""Time zones and the countries they lie in, from the table that comes with the zones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files


def zones_of(country: str) -> Sequence[str]:
    """The time zones of a country (two letters), the one of its capital first; () for none."""
    return _zones().get(country.upper(), ())


def country_of(zone: str) -> str | None:
    """The country a time zone is named for; None for UTC and its like."""
    return next((code for code, zones in _zones().items() if zone in zones), None)


def all_zones() -> Sequence[str]:
    """Every zone that is named for a place, and UTC at the end."""
    return [*sorted({zone for zones in _zones().values() for zone in zones}), "UTC"]


@cache
def _zones() -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for line in _text().splitlines():
        if line and not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            found.setdefault(code, []).append(zone)
    return found


def _text() -> str:
    return files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
