"""Languages as people name them, countries with their zones, and the link as a picture."""

from __future__ import annotations

import os
import pty
import sys
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE, run

import pytest

from node.desk.complaints import MISSING, in_words
from node.desk.event_templates import TEMPLATES, pairs_of
from node.desk.setup_form import first_words
from node.errors import Invalid
from node.events.draft import read_draft
from node.i18n.countries import countries
from node.i18n.languages import UI_LANGUAGES
from node.i18n.speaking import languages_in, named
from node.i18n.zones import all_zones, country_of, zones_of
from tests.support.nodes import community


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("Tigrinya, Kurdî", ["ti", "ku"]),
        ("التغرينية، الكردية", ["ti", "ku"]),
        ("Somali; gebärdensprache", ["so", "sgn"]),
        ("ti,\nku", ["ti", "ku"]),
        ("ingilizce, İNGİLİZCE, ARAPÇA", ["en", "en", "ar"]),
        ("", []),
    ],
)
def test_languages_are_found_by_any_of_their_names(typed: str, tags: list[str]):
    assert languages_in(typed) == (tags, [])


@pytest.mark.parametrize("ui_language", UI_LANGUAGES)
def test_languages_that_are_named_are_found_again(ui_language: str):
    tags = ["ti", "ku", "ckb", "so", "prs"]
    assert languages_in(named(tags, ui_language)) == (tags, [])


def test_what_is_no_language_is_told():
    assert languages_in("Somali, Klingonisch, zz, <b>") == (["so"], ["Klingonisch", "zz", "<b>"])


def test_every_country_has_a_name_in_every_language_of_the_interface():
    assert {frozenset(countries(tag)) for tag in UI_LANGUAGES} == {frozenset(countries("en"))}
    assert countries("de")["AT"] == "Österreich"
    assert list(countries("de").values()).index("Österreich") < list(countries("de").values()).index("Polen")  # fmt: skip


def test_a_country_says_its_zone_and_a_zone_its_country():
    assert (zones_of("AT"), country_of("Europe/Vienna")) == (["Europe/Vienna"], "AT")
    assert zones_of("DE")[0] == "Europe/Berlin"
    assert (len(zones_of("US")) > 3, country_of("UTC"), zones_of("ZZ")) == (True, None, ())
    assert all_zones()[-1] == "UTC"


@pytest.mark.parametrize(
    ("accept", "country"), [("de-AT,de;q=0.9", "AT"), ("en-US,en", "AT"), ("de", "AT"), ("ar-LB", "LB"), ("de-XX", "AT")]
)  # fmt: skip
def test_the_country_is_guessed_from_the_browser_or_the_machine(accept: str, country: str):
    fresh = community("community")
    assert first_words(fresh, "de", accept).text("country") == country


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_written_in_every_language_of_the_interface(name: str):
    pairs = dict(pairs_of(TEMPLATES[name], UI_LANGUAGES))
    assert len({pairs[f"name-{tag}"] for tag in UI_LANGUAGES}) == len(UI_LANGUAGES)
    assert len({pairs[f"description-{tag}"] for tag in UI_LANGUAGES}) == len(UI_LANGUAGES)


def test_no_complaint_about_an_event_is_shown_in_the_words_of_programs():
    wrong = {
        "name": {"de": "x" * 201}, "description": {"de": "x" * 20_001}, "start": "x", "end": "y",
        "timezone": "Mars/Base", "online_url": "ftp://x", "capacity": 0, "tags": ["a b"],
    }  # fmt: skip
    with pytest.raises(Invalid) as told:
        read_draft(wrong, language="de", timezone="Europe/Vienna")
    fields = told.value.fields
    assert "This cannot be used as it is." not in in_words(fields).values()
    assert in_words({"name": "is missing"}) == {"name": MISSING}


PUBLIC = "https://graz.example"


def setup_link(folder: Path, *options: str, out: int, origin: str = PUBLIC) -> bytes:
    """What the command prints to a pipe or a terminal."""
    environment = {**os.environ, "JOSOOR_DATA": str(folder), "JOSOOR_ORIGIN": origin}
    command = [sys.executable, "-m", "node"]
    founding = [*command, "init", "--handle", "graz", "--name", "Graz", "--language", "de"]
    run(founding, env=environment, check=True, stdout=DEVNULL)
    found = run([*command, "setup-link", *options], env=environment, check=True, stdout=out)
    return bytes(found.stdout or b"")


def test_whoever_reads_the_setup_link_by_a_program_gets_no_picture(tmp_path: Path):
    lines = setup_link(tmp_path / "data", out=PIPE).decode().splitlines()
    assert (len(lines), "/setup/" in lines[0]) == (2, True)


@pytest.mark.parametrize(
    ("options", "origin", "picture"),
    [((), PUBLIC, True), (("--json",), PUBLIC, False), ((), "http://localhost:8080", False)],
)
def test_on_a_terminal_a_setup_link_that_a_phone_can_open_is_also_a_picture(
    tmp_path: Path, options: tuple[str, ...], origin: str, picture: bool
):
    head, tail = pty.openpty()
    setup_link(tmp_path / "data", *options, out=tail, origin=origin)
    os.close(tail)
    shown = b""
    # the end of a terminal is an error
    with suppress(OSError):
        while piece := os.read(head, 4096):
            shown += piece
    os.close(head)
    assert b"/setup/" in shown
    assert any(mark in shown.decode() for mark in "▀▄█") is picture
