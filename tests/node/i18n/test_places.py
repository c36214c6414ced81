"""Countries and time zones as people name them."""

from __future__ import annotations

import pytest

from node.i18n.countries import countries
from node.i18n.languages import UI_LANGUAGES
from node.i18n.places import country_in, country_said, usual_zone, zone_in, zones_to_choose


@pytest.mark.parametrize("ui_language", UI_LANGUAGES)
def test_every_country_is_found_by_its_name_in_every_language(ui_language: str):
    for code in countries(ui_language):
        assert country_in(country_said(code, ui_language)) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("AT", "AT"), (" at ", "AT"), ("ÖSTERREICH", "AT"), ("osterreich", "AT"),
        ("النَّمسا", "AT"), ("الامارات", "AE"), ("فلسطين", "PS"), ("Palästina", "PS"),
        ("USA", "US"), ("turkiye", "TR"), ("Turkey", "TR"), ("cote d'ivoire", "CI"),
        ("Niger", "NE"), ("Nigeria", "NG"),
        ("اتريش", "AT"), ("سویدن", "SE"), ("كره جنوبي", "KR"), ("В'єтнам", "VN"), ("сша", "US"),
    ],
)  # fmt: skip
def test_what_people_say_besides_is_understood(typed: str, code: str):
    assert country_in(typed) == code


@pytest.mark.parametrize("typed", ["", "Atlantis", "ZZ", "<b>", "?", "Austri"])
def test_what_is_no_country_is_none(typed: str):
    assert (country_in(typed), zone_in(typed)) == (None, None)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Vienna", "Europe/Vienna"), ("vienna", "Europe/Vienna"), ("utc", "UTC"),
        ("new york", "America/New_York"), ("لبنان", "Asia/Beirut"), ("USA", None),
    ],
)  # fmt: skip
def test_a_zone_is_found_by_a_city_or_by_a_country_that_has_a_usual_one(
    typed: str, zone: str | None
):
    assert zone_in(typed) == zone


def test_zones_to_choose_are_those_that_are_known_and_those_of_the_country():
    assert zones_to_choose("UTC", "", "UTC", country="AT") == ["UTC", "Europe/Vienna"]
    assert (usual_zone("AT"), usual_zone("US"), usual_zone("")) == ("Europe/Vienna", None, None)
