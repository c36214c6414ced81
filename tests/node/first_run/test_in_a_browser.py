"""The first evening in a real browser: by keyboard alone, with scripts off, on a phone and a desk."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.services import Node
from tests.interop.peers.installing import folder_of
from tests.interop.peers.present import installed
from tests.support import chromium
from tests.support.chromium import Tab
from tests.support.https import required
from tests.support.keyboard import fill, go, reach, sound
from tests.support.nodes import do, running

AT_MOST = 300.0
"""Seconds. Spec: U4, five minutes; a person types slower, and reads."""


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "graz", "community", at_work=False) as node:
        yield node


@pytest.fixture
async def tab() -> AsyncIterator[Tab]:
    if chromium.program() is None:
        required("no page can be looked at: chromium is not installed")
    async with chromium.chromium() as browser, browser.tab() as tab:
        yield tab


@pytest.fixture(scope="session")
def axe() -> str:
    folder = installed(lambda: folder_of("axe"))
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", ["de", "ar"])
async def test_from_the_printed_link_to_the_first_event_by_keyboard_without_scripts(
    language: str, width: int, node: Node, tab: Tab, axe: str
):
    begun = time.monotonic()
    link = str((await do(node, "setup-link"))["url"])
    await tab.size(width)
    await tab.language(language)
    await tab.scripts(False)
    await tab.open(link)
    await sound(tab, axe)
    await fill(tab, name="Josoor Graz", description="Wir kochen.", city="Graz")
    await go(tab, "button[value=on]")
    await sound(tab, axe)
    await fill(tab, responsible="Verein", address="Hauptplatz 1", contact="a@b.example")
    await go(tab, "button[value=on]")
    await sound(tab, axe)
    await fill(tab, name="amal", password="siebzehn kleine Bruecken")
    await go(tab, "main button:not([name])")
    await sound(tab, axe)
    await go(tab, "a[href*='/desk/events/begin']")
    await sound(tab, axe)
    await go(tab, "a[href*='template=']")
    await sound(tab, axe)
    await reach(tab, "[name=date]")
    await tab.keys("12052031")
    await fill(tab, place__name="Haus der Begegnung")
    await go(tab, "button[value=preview]")
    await sound(tab, axe)
    await go(tab, "button[value=publish]")
    await sound(tab, axe)

    (event,) = await do(node, "event.list")
    assert await tab.evaluate("location.href") == event["id"]
    assert event["start"].startswith("2031-12-05")
    assert time.monotonic() - begun < AT_MOST
