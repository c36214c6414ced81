"""Tests of the style sheet: colours that can be read, pages that mirror."""

from __future__ import annotations

import re

import pytest

from node.web.render import STATIC

CSS = (STATIC / "josoor.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
    for block in re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]
)
SCHEMES = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
PAIRS = [
    *[(text, ground) for text in ("ink", "soft", "bridge", "clay") for ground in ("paper", "card")],
    *[(text, "band") for text in ("ink", "soft", "bridge")],
    ("ink", "bridge-tint"), ("ink", "sun-tint"), ("on-sun", "sun"), ("on-bridge", "bridge"),
    ("on-clay", "clay"),
]  # fmt: skip


def luminance(colour: str) -> float:
    """Spec: WCAG 2.2, relative luminance."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


@SCHEMES
@pytest.mark.parametrize(("text", "ground"), PAIRS, ids=lambda name: name)
def test_every_text_can_be_read_on_its_ground(colours: dict[str, str], text: str, ground: str):
    assert contrast(colours[text], colours[ground]) >= 4.5


@SCHEMES
def test_the_mark_of_the_focus_is_seen(colours: dict[str, str]):
    assert contrast(colours["bridge"], colours["paper"]) >= 3


def test_the_colours_are_those_of_the_design():
    assert [LIGHT[name] for name in ("paper", "ink", "bridge", "clay", "sun")] == [
        "#fbf7f0", "#23201b", "#0b5f63", "#a93f22", "#f6c65b"
    ]  # fmt: skip
    assert [DARK[name] for name in ("paper", "ink", "bridge", "clay", "sun")] == [
        "#14181a", "#ece6da", "#7fd0ca", "#ff9f80", "#e0a92e"
    ]  # fmt: skip


def test_nothing_in_the_style_sheet_knows_left_from_right():
    every = "".join(path.read_text(encoding="utf-8") for path in sorted(STATIC.glob("*.css")))
    rules = re.sub(r"/\*.*?\*/", "", every, flags=re.DOTALL)
    physical = re.findall(
        r"\b(?:left|right)\b|\b(?:margin|padding|border)-(?:top|bottom)\b|(?<![-\w])(?:top|bottom):",
        rules,
    )
    four = re.findall(r"(?:margin|padding|inset)\s*:\s*(?:[^\s;]+\s+){3}[^\s;]+;", rules)

    assert (physical, four) == ([], [])


def test_the_style_sheet_asks_nobody_else_for_anything():
    assert not re.findall(r"url\(|@import|https?:", CSS)


def test_arabic_has_room_and_no_letter_spacing():
    tags = ("ar", "fa", "prs", "ps", "ckb", "ur")
    ways = ", ".join(f":lang({tag})" for tag in tags)
    assert f"{ways} {{ line-height: 1.85" in CSS
