"""Every page of a town, found by the route table and opened in a real browser."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession

from node.i18n.languages import UI_LANGUAGES
from node.routes import ROUTES
from node.routing.policies import Needs, Route, SignedIn
from node.services import Node
from tests.support.chromium import Chromium, Tab
from tests.support.town import Town

Json = dict[str, Any]
NARROW, WIDE = 320, 1280
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_LOOKS = {
    "ar": ((NARROW, False), (WIDE, True)),
    "de": ((NARROW, True), (WIDE, False)),
    "en": ((NARROW, False), (WIDE, True)),
}
"""(width, dark) of each look with axe-core: one language of each direction and the source, in both
widths and both colours. What it finds is the same in the others; how wide they are is not."""
_LOOK = """
axe.run(document, {
  runOnly: {type: "tag", values: %s}, resultTypes: ["violations"], preload: false,
}).then(found => found.violations.flatMap(rule => rule.nodes.map(node =>
    rule.id + ": " + node.html.slice(0, 160) + " " +
    [...node.any, ...node.all, ...node.none].map(each => each.message).join("; ").slice(0, 200))))
"""
_STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
_SHAPE = """({
  language: document.documentElement.lang, direction: document.documentElement.dir,
  wide: document.documentElement.scrollWidth, title: document.title,
  inline: [...document.scripts].filter(
    each => each.type !== "application/ld+json" && !each.src).length,
  scripts: [...document.scripts].filter(each => each.src).length,
  handlers: [...document.querySelectorAll("*")].filter(each => [...each.attributes].some(
    one => one.name.startsWith("on") || one.name === "style")).length,
})"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of page: the path of one of them, and whether one has to be signed in for it."""

    name: str
    path: str
    known: bool
    status: int


@dataclass(slots=True, kw_only=True)
class Visit:
    """What a sheet was like in one language."""

    sheet: Sheet
    language: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    shape: Json = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.sheet.path} ({self.language})"


async def sheets_of(town: Town, cookie: str) -> list[Sheet]:
    """Every route that shows a page, with one of its pages; `cookie` is of a session."""
    found = [await _sheet(town.node, route, town.here(route), cookie) for route in ROUTES]
    return [sheet for sheet in found if sheet]


async def _sheet(node: Node, route: Route, path: str | None, cookie: str) -> Sheet | None:
    if route.method != "GET" or path is None or path.startswith("/api/"):
        return None
    known = isinstance(route.policy, Needs | SignedIn)
    headers = {"Accept": "text/html", **({"Cookie": f"session={cookie}"} if known else {})}
    async with (
        ClientSession() as session,
        session.get(node.urls.origin + path, headers=headers, allow_redirects=False) as answer,
    ):
        if answer.status < 500 and (answer.status != 200 or answer.content_type != "text/html"):
            return None
        return Sheet(route.path, path, known, answer.status)


async def weight_of(node: Node, sheet: Sheet, language: str, cookie: str) -> int:
    """Bytes of the first view, compressed: the page and all its style sheets."""
    headers = {"Accept": "text/html", "Accept-Language": language}
    if sheet.known:
        headers["Cookie"] = f"session={cookie}"
    origin = node.urls.origin
    async with ClientSession() as session:
        async with session.get(origin + sheet.path, headers=headers) as answer:
            page = await answer.read()
        styles = [await _style(session, origin + url) for url in _STYLE.findall(page.decode())]
    assert styles, sheet.path
    return len(gzip.compress(page)) + sum(len(gzip.compress(style)) for style in styles)


async def _style(session: ClientSession, url: str) -> bytes:
    async with session.get(url) as answer:
        assert answer.status == 200, url
        return await answer.read()


async def visits(
    browser: Chromium, town: Town, sheets: Sequence[Sheet], cookie: str, axe: str
) -> list[Visit]:
    """Every sheet in every language, narrow and wide, light and dark; scripts are off."""
    good = [sheet for sheet in sheets if sheet.status == 200]
    guests = [sheet for sheet in good if not sheet.known]
    members = [sheet for sheet in good if sheet.known]
    half = len(members) // 2
    found = await asyncio.gather(
        _visits(browser, town.node, guests, None, axe),
        _visits(browser, town.node, members[:half], cookie, axe),
        _visits(browser, town.node, members[half:], cookie, axe),
    )
    return [visit for some in found for visit in some]


async def _visits(
    browser: Chromium, node: Node, sheets: Sequence[Sheet], cookie: str | None, axe: str
) -> list[Visit]:
    async with browser.tab() as tab:
        if cookie:
            await tab.cookie(node.urls.origin, "session", cookie)
        found = []
        for language in UI_LANGUAGES:
            await tab.language(language)
            found += [await _visit(tab, node, sheet, language, axe) for sheet in sheets]
        return found


async def _visit(tab: Tab, node: Node, sheet: Sheet, language: str, axe: str) -> Visit:
    tab.asked.clear()
    tab.told.clear()
    visit = Visit(sheet=sheet, language=language)
    await tab.size(NARROW)
    await tab.scripts(False)
    await tab.open(node.urls.origin + sheet.path)
    await tab.scripts(True)
    visit.status, visit.headers = tab.status, tab.headers
    visit.shape = await tab.evaluate(_SHAPE)
    looks = _LOOKS.get(language, ())
    await tab.evaluate(f"{axe}; 0" if looks else "0")
    for width, dark in looks:
        await tab.size(width)
        await tab.dark(dark)
        visit.faults += [f"{width} {dark=} {each}" for each in await look(tab)]
    visit.asked, visit.told = list(tab.asked), list(tab.told)
    return visit


async def look(tab: Tab) -> list[str]:
    """What axe-core, which is in the page already, finds wrong in it as it is now."""
    found: list[str] = await tab.evaluate(_LOOK % json.dumps(_RULES))
    return found
