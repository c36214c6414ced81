"""Every page by keyboard alone: everything that can be used is reached, in order, and is seen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.chromium import Chromium, Tab
from tests.support.sheets import NARROW, WIDE, Sheet
from tests.support.town import Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

_NUMBER = """(() => {
  const all = [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary")];
  const usable = all.filter(each => !each.disabled && each.checkVisibility());
  const groups = new Set();
  return usable.filter(each => {
    // of a group of radio buttons the keyboard comes to one, and by arrows to the others
    if (each.type !== "radio") return true;
    const group = `${[...document.forms].indexOf(each.form)} ${each.name}`;
    return !groups.has(group) && groups.add(group);
  }).length;
})()"""
_HERE = """(() => {
  const here = document.activeElement, style = getComputedStyle(here), box = here.getBoundingClientRect();
  window.josoor = window.josoor || new Map();
  if (!window.josoor.has(here)) window.josoor.set(here, window.josoor.size);
  return {
    body: here === document.body, number: window.josoor.get(here),
    name: here.outerHTML.slice(0, 120),
    marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    inside: box.width > 0 && box.height > 0 && box.right > 0 && box.left < innerWidth,
  };
})()"""


async def _walk(tab: Tab, url: str) -> list[str]:
    """What is wrong for somebody who goes through the page with the Tab key."""
    await tab.open(url)
    number, faults, seen = int(await tab.evaluate(_NUMBER)), [], set[int]()
    for _ in range(number * 4 + 8):
        await tab.press("Tab")
        here: dict[str, Any] = await tab.evaluate(_HERE)
        if here["body"] or (here["number"] in seen and here["number"] == 0):
            break
        if here["number"] not in seen:
            seen.add(here["number"])
            faults += [f"not marked: {here['name']}"] * (not here["marked"])
            faults += [f"out of sight: {here['name']}"] * (not here["inside"])
    if len(seen) < number:
        faults.append(f"{len(seen)} of {number} are reached")
    return [f"{url}: {fault}" for fault in faults]


async def test_everything_on_every_page_is_reached_and_seen_with_the_tab_key(
    browser: Chromium, here: Town, cookie: str, sheets: Sequence[Sheet]
):
    good = [sheet for sheet in sheets if sheet.status == 200]
    halves = await asyncio.gather(
        _walks(browser, here, good[::2], cookie, "ar", NARROW),
        _walks(browser, here, good[1::2], cookie, "de", WIDE),
    )
    assert [fault for half in halves for fault in half] == []


async def _walks(
    browser: Chromium, here: Town, sheets: Sequence[Sheet], cookie: str, language: str, width: int
) -> list[str]:
    faults: list[str] = []
    async with browser.tab() as tab:
        await tab.cookie(here.node.urls.origin, "session", cookie)
        await tab.language(language)
        await tab.size(width)
        await tab.scripts(False)
        for sheet in sheets:
            faults += await _walk(tab, here.node.urls.origin + sheet.path)
    return faults


async def test_the_first_key_leads_past_the_bar_to_what_the_page_is_about(
    browser: Chromium, here: Town
):
    async with browser.tab() as tab:
        await tab.scripts(False)
        for path in ("/", "/events", "/sign-in"):
            await tab.open(here.node.urls.origin + path)
            await tab.press("Tab")
            target = await tab.evaluate("document.activeElement.getAttribute('href')")
            assert target == "#main"
            await tab.press("Enter")
            await tab.press("Tab")
            assert await tab.evaluate("!!document.activeElement.closest('main, footer')")
