"""The form in which a community says who it is: on the first evening, and later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from node.community.model import Community
from node.i18n.countries import countries
from node.i18n.languages import own_name
from node.i18n.messages import N_
from node.i18n.speaking import MAIN, languages_in, named
from node.i18n.zones import all_zones, zones_of
from node.web.forms import Form

Json = dict[str, Any]
_NO_LANGUAGE = N_("We do not know one of these languages. Please look at how it is written.")
_CHOOSE_ZONE = N_("This country has several time zones. Please choose yours.")
_MOST_LANGUAGES = 20
_FEW_ZONES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What can be chosen in the form: pairs of a value and its word."""

    languages: Sequence[tuple[str, str]]
    own: Sequence[tuple[str, str]]
    countries: Sequence[tuple[str, str]]
    zones: Sequence[tuple[str, str]]


def choices(ui_language: str, languages: Sequence[str], dash: str) -> Choices:
    """For a page in `ui_language`; `languages` are those the community speaks already, `dash` the
    word for nothing chosen."""
    own = [(tag, own_name(tag)) for tag in dict.fromkeys((*MAIN, *languages))]
    return Choices(
        languages=[(tag, own_name(tag)) for tag in MAIN],
        own=own,
        countries=[("", dash), *countries(ui_language).items()],
        zones=[("", dash), *((zone, zone.replace("_", " ")) for zone in all_zones())],
    )


def spoken(form: Form, own: str) -> tuple[list[str], dict[str, str]]:
    """(the languages of a form, the community's own first; what is wrong with them)."""
    others, unknown = languages_in(form.text("others"))
    wanted = [own, *(tag for tag in form.all("languages") if tag in MAIN), *others]
    errors = {"others": _NO_LANGUAGE} if unknown else {}
    return list(dict.fromkeys(wanted))[:_MOST_LANGUAGES], errors


def place(form: Form, fallback: str) -> tuple[Json, dict[str, str]]:
    """(city, country and time zone of a form, what is wrong with them).

    Without a zone it is that of the country, or `fallback` where there is no country either.
    """
    country, zone = form.text("country") or None, form.text("timezone")
    zones = zones_of(country) if country else ()
    errors = {"timezone": _CHOOSE_ZONE} if not zone and len(zones) > _FEW_ZONES else {}
    guess = zones[0] if zones else fallback
    found = {"city": form.text("city") or None, "country": country, "timezone": zone or guess}
    return found, errors


def place_pairs(community: Community) -> list[tuple[str, str]]:
    """The fields of `place` as they stand; the zone only where the country does not say it."""
    zones = zones_of(community.country) if community.country else ()
    usual = zones[0] if 0 < len(zones) <= _FEW_ZONES else None
    return [
        ("city", community.city or ""),
        ("country", community.country or ""),
        ("timezone", "" if community.timezone == usual else community.timezone),
    ]


def spoken_pairs(languages: Sequence[str], ui_language: str) -> list[tuple[str, str]]:
    """The fields of `spoken` as they stand."""
    others = [tag for tag in languages if tag not in MAIN]
    return [
        *(("languages", tag) for tag in languages if tag in MAIN),
        ("others", named(others, ui_language)),
    ]


def field_of(complaint: str) -> str:
    """The field of the form that a complaint about a document means: `name.de` is `name-de`."""
    return complaint.replace(".", "-")


def joined(*errors: Mapping[str, str]) -> dict[str, str]:
    """All of them; of two about one field the first."""
    return {name: why for each in reversed(errors) for name, why in each.items()}
