"""Passkeys in a real browser, with a device that the browser itself plays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from node.people.model import Role
from node.services import Node
from tests.support.browsers import PASSWORD, account, signed_in
from tests.support.chromium import Tab, chromium, program
from tests.support.https import required
from tests.support.nodes import do, running

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    if program() is None:
        required("passkeys in a browser cannot be tested: there is no Chromium")
    async with running(tmp_path / "wien", at_work=False) as node:
        yield node


async def write(tab: Tab, field: str, text: str) -> None:
    """Type into a field."""
    await tab.evaluate(f"document.getElementById('{field}').focus()")
    await tab.write(text)


async def push(tab: Tab, button: str, path: str, words: str) -> None:
    """Push a button, until the browser has come to a path that shows these words, scripts and all."""
    await tab.evaluate(f"document.querySelector('{button}').click()")
    here = (
        "document.readyState == 'complete' ? location.pathname + ' ' + document.body.innerText : ''"
    )
    shown = ""
    for _ in range(200):
        with suppress(RuntimeError):  # the page was just leaving
            shown = await tab.evaluate(here)
        if shown.startswith(f"{path} ") and words in shown:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"never came to {path}, where {words} is: {shown}; {tab.told}")


async def test_a_browser_makes_a_passkey_and_comes_in_with_it(node: Node):
    origin = node.urls.origin
    await account(node, "amal", Role.MEMBER)
    async with chromium() as browser, browser.tab() as tab:
        await tab.call("WebAuthn.enable")
        await tab.call("WebAuthn.addVirtualAuthenticator", options=DEVICE)
        await tab.language("en")
        await tab.open(f"{origin}/sign-in?next=/me/passkeys")
        await write(tab, "name", "amal")
        await write(tab, "password", PASSWORD)
        await push(tab, 'form[action="/sign-in"] button', "/me/passkeys", "You have no")
        await write(tab, "label", "This browser")
        await push(tab, 'form[action="/me/passkeys/new"] button', "/me/passkeys", "This browser")
        assert not await tab.evaluate("!!document.querySelector('[data-without]:not([hidden])')")

        await tab.open(f"{origin}/me")
        await push(tab, 'form[action="/sign-out"] button', "/", "Dates")
        await tab.open(f"{origin}/sign-in?next=/me")
        await push(tab, 'form[action="/sign-in/passkey"] button', "/me", "amal · Member")

        assert [each for each in tab.asked if not each.startswith((origin, "data:"))] == []
        assert tab.told == []


async def test_somebody_who_is_invited_needs_no_password_in_her_browser(node: Node):
    link = (await do(node, "user.invite"))["url"]
    async with chromium() as browser, browser.tab() as tab:
        await tab.call("WebAuthn.enable")
        await tab.call("WebAuthn.addVirtualAuthenticator", options=DEVICE)
        await tab.language("en")
        await tab.open(link)
        await write(tab, "name", "lina")
        await push(
            tab, "button[formaction]", link.removeprefix(node.urls.origin), "I have them. Go on"
        )
        await tab.open(f"{node.urls.origin}/me")

        assert await tab.evaluate("location.pathname") == "/me"
        assert tab.told == []


async def test_without_scripts_nothing_of_passkeys_is_offered_and_the_pages_say_so(node: Node):
    async with (
        signed_in(node, "amal", Role.MEMBER) as amal,
        chromium() as browser,
        browser.tab() as tab,
    ):
        await tab.scripts(False)
        await tab.open(f"{node.urls.origin}/sign-in")
        assert await count(tab, "[data-passkeys]") == 1
        assert await count(tab, "[data-passkeys]:not([hidden])") == 0

        await tab.cookie(node.urls.origin, "session", amal.cookie or "")
        await tab.open(f"{node.urls.origin}/me/passkeys")
        assert await count(tab, "[data-passkeys]:not([hidden])") == 0
        assert await count(tab, "[data-without]:not([hidden])") == 1
        assert tab.told == []


async def count(tab: Tab, selector: str) -> int:
    """How many of these the page has, found without a script."""
    page = await tab.call("DOM.getDocument")
    found = await tab.call("DOM.querySelectorAll", nodeId=page["root"]["nodeId"], selector=selector)
    return len(found["nodeIds"])
