"""A form that is sent too late, over all pages of a town and in a real browser with scripts off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import Any

import pytest
from aiohttp import ClientSession

from node.i18n.languages import UI_LANGUAGES, direction
from node.i18n.names import OWN_NAMES
from tests.support.browsers import Browser
from tests.support.chromium import Chromium, Tab
from tests.support.keyboard import fill, go, reach, sound
from tests.support.sheets import NARROW, Sheet
from tests.support.town import Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

_TYPED = ("text", "date", "time", "url", "email", "number")


async def test_each_text_comes_back_under_the_label_that_it_has_in_its_form(
    here: Town, cookie: str, sheets: Sequence[Sheet]
):
    seen = set()
    async with ClientSession() as session:
        for sheet in [sheet for sheet in sheets if sheet.known]:
            page = await _answer(session, "GET", here, sheet.path, cookie)
            for form in re.findall(r'<form method="post".*?</form>', page, re.DOTALL):
                found = re.search(r'action="([^"]+)"', form)
                action, said = found[1] if found else sheet.path, _labels(form)
                fields = {**dict.fromkeys(said, "1"), "csrf": "old"}
                back = await _answer(session, "POST", here, action, cookie, data=fields)
                given = _labels(back) if said else {}
                assert set(given) == set(said), action
                assert {name: given[name] for name in said if not _same(said, given, name)} == {}
                seen |= {f"{action} {name}" for name in said}
    assert len(seen) > 60


def _same(said: dict[str, str], given: dict[str, str], name: str) -> bool:
    """Texts in one language are called by its name alone where it is clear that they are texts."""
    plain = given[name].rpartition(" – ")[0] or given[name]
    return said[name] in (given[name], plain) or (
        plain == "Text" and (said[name] in OWN_NAMES.values() or name == "text")
    )


async def _answer(
    session: ClientSession, method: str, town: Town, path: str, cookie: str, **more: Any
) -> str:
    headers = {"Accept": "text/html", "Accept-Language": "en", "Sec-Fetch-Site": "same-origin"}
    headers["Cookie"] = f"session={cookie}"
    url = town.node.urls.origin + path
    async with session.request(method, url, headers=headers, **more) as answer:
        return await answer.text()


def _labels(text: str) -> dict[str, str]:
    """The label of every field that somebody types in, by its name."""
    tags = re.findall(r"<(?:input|textarea)\b[^>]*>", text)
    fields = [dict(re.findall(r'\b(id|name|type)="([^"]*)"', tag)) for tag in tags]
    return {
        one["name"]: _words(re.findall(rf'<label for="{one["id"]}">(.*?)</label>', text, re.DOTALL))
        for one in fields
        if one.get("type", "text") in _TYPED and one.get("id")
    }


def _words(found: list[str]) -> str:
    return unescape(re.sub(r"<[^>]+>", "", found[0])).strip() if found else ""


async def _comes_in(here: Town, tab: Tab) -> None:
    """Amal, in a new session, whatever this browser had before."""
    async with Browser(here.node) as amal:
        await amal.sign_in("amal")
        await tab.cookie(here.node.urls.origin, "session", amal.cookie or "")


async def test_whoever_was_signed_out_goes_on_with_her_words_in_every_language(
    here: Town, browser: Chromium, axe: str
):
    profile, looked = f"{here.node.urls.origin}/me/profile", set()
    async with browser.tab() as tab:
        await tab.size(NARROW)
        await tab.scripts(False)
        for language in UI_LANGUAGES:
            await tab.language(language)
            await _comes_in(here, tab)
            await tab.open(profile)
            await fill(tab, talents=f"Brot {language}")
            await tab.cookie(here.node.urls.origin, "session", "ended")
            await _press(tab, "main form .button:not(.quiet)")
            assert (tab.status, await _direction(tab)) == (403, direction(language))
            looked.add(await tab.evaluate("document.title"))
            await sound(tab, axe)
            await _comes_in(here, tab)
            await _press(tab, "main form button")
            assert tab.status == 403
            await sound(tab, axe)
            await go(tab, "main form button")
            assert f"Brot {language}" in await tab.evaluate("document.body.innerHTML")
    assert len(looked) == len(UI_LANGUAGES)


async def _press(tab: Tab, selector: str) -> None:
    await reach(tab, selector)
    await tab.leading(lambda: tab.press("Enter"))


async def _direction(tab: Tab) -> str:
    return str(await tab.evaluate("document.documentElement.dir"))
