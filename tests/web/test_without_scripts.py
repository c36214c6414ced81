"""What people do here most, in a real browser with scripts off, by keyboard, on a phone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.browsers import PASSWORD
from tests.support.chromium import Chromium, Tab
from tests.support.keyboard import fill, go, reach, sound
from tests.support.nodes import EVENT, do
from tests.support.sheets import NARROW
from tests.support.town import Town

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def tab(browser: Chromium) -> AsyncIterator[Tab]:
    async with browser.tab() as made:
        await made.size(NARROW)
        await made.language("ar")
        await made.scripts(False)
        yield made


async def test_somebody_says_that_she_comes_and_changes_her_mind(here: Town, tab: Tab, axe: str):
    event = await do(here.node, "event.publish", document=EVENT)
    await tab.open(event["id"])
    await sound(tab, axe)
    await fill(tab, name="Rosa")
    await go(tab, "button[name=answer][value=yes]")
    await sound(tab, axe)
    assert "/rsvp/" in await tab.evaluate("location.href")
    (one,) = await do(here.node, "event.rsvps", id=event["id"])
    assert (one["name"], one["answer"]) == ("Rosa", "yes")
    await go(tab, "button[name=answer][value=no]")
    (one,) = await do(here.node, "event.rsvps", id=event["id"])
    assert one["answer"] == "no"


async def test_somebody_signs_in_wrongly_and_rightly_and_out(here: Town, tab: Tab, axe: str):
    await tab.open(f"{here.node.urls.origin}/sign-in")
    await fill(tab, name="amal", password="falsch")
    await reach(tab, "main form button:not([name])")
    await tab.leading(lambda: tab.press("Enter"))
    assert tab.status == 403
    await sound(tab, axe)
    await fill(tab, password=PASSWORD)
    await go(tab, "main form button:not([name])")
    assert (await tab.evaluate("location.pathname")) in ("/desk", "/me")
    await tab.open(f"{here.node.urls.origin}/me")
    await go(tab, "form[action='/sign-out'] button")
    await tab.open(f"{here.node.urls.origin}/me")
    assert (await tab.evaluate("location.pathname")) == "/sign-in"
