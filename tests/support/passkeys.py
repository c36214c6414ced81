"""What a browser does with passkeys, with a device in software."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

from tests.support.authenticator import Device
from tests.support.browsers import Browser, Shown

Asked = tuple[dict[str, Any], str, dict[str, str]]


def asked(shown: Shown) -> Asked:
    """(what the device is asked, where its answer goes, the hidden fields that go along)."""
    assert shown.status == 200, shown.text
    found = re.search(r'action="([^"]+)"[^>]*data-options="([^"]+)"', shown.text)
    assert found is not None, shown.text
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown.text))
    return json.loads(unescape(found[2])), found[1], {k: unescape(v) for k, v in fields.items()}


async def add(browser: Browser, device: Device, name: str = "Phone", **lies: Any) -> Shown:
    """Make a passkey on one's own page."""
    options, action, fields = asked(await browser.post("/me/passkeys/new", {"label": name}))
    shown = await browser.post(action, {**fields, "credential": device.make(options, **lies)})
    # the session has another cookie now, and its forms another token
    await browser.get("/me/passkeys")
    return shown


async def enter(browser: Browser, device: Device, next: str = "", **lies: Any) -> Shown:
    """Sign in with a passkey."""
    options, action, fields = asked(await browser.post("/sign-in/passkey", {"next": next}))
    assert options["allowCredentials"] == []
    return await browser.post(action, {**fields, "credential": device.sign(options, **lies)})


async def leave(browser: Browser) -> None:
    """Sign out."""
    await browser.get("/me")
    assert (await browser.post("/sign-out")).status == 303
