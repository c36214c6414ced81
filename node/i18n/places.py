"""Countries and time zones as people name them.

A list of 250 countries, or of 400 zones, weighs more than the rest of a form and is a mile to
scroll on a phone: one types what one would say, in any language that the interface speaks.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from node.i18n.countries import countries
from node.i18n.languages import UI_LANGUAGES
from node.i18n.zones import all_zones, zones_of

_ALSO = (
    "US=USA;US=Amerika;US=America;US=أمريكا;GB=UK;GB=Great Britain;GB=Großbritannien;GB=England;"
    "GB=بريطانيا;AE=UAE;AE=Emirates;AE=Emirate;AE=VAE;AE=الإمارات;SA=السعودية;TR=Turkey;"
    "CZ=Czech Republic;CZ=Tschechische Republik;NL=Holland;NL=هولندا;CH=Suisse;CH=Svizzera;"
    "CI=Ivory Coast;CI=Elfenbeinküste;PS=Palestine;PS=Palästina;PS=فلسطين;BA=Bosnia;BA=Bosnien;"
    "BA=البوسنة;MK=Macedonia;MK=Mazedonien;MD=Moldau;MD=Moldawien;CV=Kap Verde;CV=Cabo Verde;"
    "CD=DR Congo;CD=DR Kongo;CG=Congo;CG=Kongo;MM=Burma;MM=Myanmar;BY=Weißrussland;"
    "KR=Korea;HK=Hong Kong;HK=Hongkong;MO=Macao;VA=Vatican;VA=Vatikan;BN=Brunei;"
    "SY=سورية;SZ=Swaziland;TL=East Timor;TL=Osttimor;RU=Russian Federation;LY=Libia;"
    "HU=المجر;GR=Hellas;AT=Oesterreich;AT=Autriche;DE=Allemagne;US=ایالات متحدهٔ امریکا;"
    "GB=انگلیس;GB=انگلستان;AE=امارات;SA=عربستان;CH=سویس;SE=سویدن;NL=هالند;NO=ناروی;DK=دنمارک;"
    "BE=بلجیم;PL=پولند;JP=جاپان;US=США;US=Америка;GB=Британія;GB=Англія;AE=ОАЕ;NL=Голландія;"
    "CZ=Чеська Республіка;ZA=ПАР;ZA=Південна Африка;PS=Палестина;CD=ДР Конго;KR=Корея"
)
"""What people say besides the names of CLDR."""
_FEW_ZONES = 3
_LETTERS = str.maketrans("أإآٱىیةکı", "ااااييهكi", "ـʼ")


def country_in(text: str) -> str | None:
    """The code (ISO 3166-1) of a country that is named in any language of the interface, or by its
    code; None for what is no country."""
    word = text.strip()
    if word.upper() in countries("en"):
        return word.upper()
    return _countries().get(_plain(word))


def country_said(code: str, ui_language: str) -> str:
    """The name of a country for people; what is no code of one stays as it is."""
    return countries(ui_language).get(code, code)


def zone_in(text: str) -> str | None:
    """The time zone of this name, of this large city, or of a country that has a usual one."""
    found = _zones().get(_plain(text))
    return found or usual_zone(country_in(text) or "")


def usual_zone(country: str) -> str | None:
    """The zone of a country that one need not ask for; None where there are many, or none."""
    zones = zones_of(country)
    return zones[0] if 0 < len(zones) <= _FEW_ZONES else None


def zones_to_choose(*known: str, country: str = "") -> Sequence[str]:
    """Zones that are likely: those that are known already, and those of the country."""
    return list(dict.fromkeys(zone for zone in (*known, *zones_of(country)) if zone))


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, name in _named():
        found.setdefault(_plain(name), code)
    return found


def _named() -> Iterator[tuple[str, str]]:
    for ui_language in UI_LANGUAGES:
        yield from countries(ui_language).items()
    for pair in _ALSO.split(";"):
        code, _, name = pair.partition("=")
        yield code, name


@cache
def _zones() -> dict[str, str]:
    found = {_plain(zone): zone for zone in all_zones()}
    for zone in all_zones():
        found.setdefault(_plain(zone.rpartition("/")[2]), zone)
    return found


def _plain(name: str) -> str:
    """Without accents, case and signs; Arabic letters that are written in several ways as one."""
    parts = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    return "".join(letter for letter in parts if letter.isalnum())
