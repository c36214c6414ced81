"""The form in which a community says who it is: on the first evening, and later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from node.community.model import Community
from node.i18n.languages import own_name
from node.i18n.messages import N_
from node.i18n.places import country_in, country_said, usual_zone, zones_to_choose
from node.i18n.speaking import MAIN, languages_in, named
from node.i18n.zones import all_zones, zones_of
from node.web.forms import Form

Json = dict[str, Any]
_NO_LANGUAGE = N_("We do not know one of these languages. Please look at how it is written.")
NO_COUNTRY = N_("We do not know this country. Please look at how it is written.")
CHOOSE_ZONE = N_("This country has several time zones. Please choose yours.")
_MOST_LANGUAGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What can be chosen in the form: pairs of a value and its word. `country` is the name of the
    one that is chosen; no `zones` where the country has only one."""

    languages: Sequence[tuple[str, str]]
    own: Sequence[tuple[str, str]]
    country: str
    zones: Sequence[tuple[str, str]]


def choices(ui_language: str, languages: Sequence[str], form: Form, dash: str) -> Choices:
    """For a page in `ui_language`; `languages` are those the community speaks already, `dash` the
    word for no time zone chosen."""
    own = [(tag, own_name(tag)) for tag in dict.fromkeys((*MAIN, *languages))]
    return Choices(
        languages=[(tag, own_name(tag)) for tag in MAIN],
        own=own,
        country=country_said(form.text("country"), ui_language),
        zones=_zones(country_in(form.text("country")), form.text("timezone"), dash),
    )


def _zones(country: str | None, zone: str, dash: str) -> Sequence[tuple[str, str]]:
    """Those of the country; all of them only where there is no country."""
    if country is None or not zones_of(country):
        near = all_zones()
    elif (near := zones_to_choose(zone, country=country)) == [usual_zone(country)]:
        return []
    return [("", dash), *((each, each.replace("_", " ")) for each in near)]


def spoken(form: Form, own: str) -> tuple[list[str], dict[str, str]]:
    """(the languages of a form, the community's own first; what is wrong with them)."""
    others, unknown = languages_in(form.text("others"))
    wanted = [own, *(tag for tag in form.all("languages") if tag in MAIN), *others]
    errors = {"others": _NO_LANGUAGE} if unknown else {}
    return list(dict.fromkeys(wanted))[:_MOST_LANGUAGES], errors


def place(form: Form, community: Community) -> tuple[Json, dict[str, str]]:
    """(city, country and time zone of a form, what is wrong with them).

    Without a zone it is that of the country, or as it was where there is no country either.
    """
    typed = form.text("country")
    country = country_in(typed)
    zone = _zone(form, country, community)
    errors = {"country": NO_COUNTRY} if typed and not country else {}
    if country and not zone and len(zones_of(country)) > 1 and not usual_zone(country):
        errors = {"timezone": CHOOSE_ZONE}
    zone = zone or (country and usual_zone(country)) or community.timezone
    return {"city": form.text("city") or None, "country": country, "timezone": zone}, errors


def _zone(form: Form, country: str | None, community: Community) -> str:
    """The zone of a form; that of the country in which the community was before moves with it."""
    zone = form.text("timezone")
    moved = country and country != community.country and zone == community.timezone
    return "" if country and moved and zone not in zones_of(country) else zone


def place_pairs(community: Community) -> list[tuple[str, str]]:
    """The fields of `place` as they stand; the zone only where the country does not say it."""
    usual = usual_zone(community.country) if community.country else None
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
