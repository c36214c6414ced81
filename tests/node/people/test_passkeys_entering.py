"""Tests of coming in with a passkey and without a password, over HTTP."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from node.people.model import Role
from node.services import Node
from tests.support.authenticator import Device
from tests.support.browsers import PASSWORD, Browser, Later, Shown, account
from tests.support.nodes import do
from tests.support.passkeys import asked, enter


async def joined(node: Node, browser: Browser, device: Device, role: str = "member") -> Shown:
    """Come in by an invitation, with a passkey and no password."""
    link = (await do(node, "user.invite", role=role))["url"].removeprefix(node.urls.origin)
    options, action, fields = asked(await browser.post(f"{link}/passkey", {"name": "Lina"}))
    assert (action, fields["name"]) == (link, "lina")
    return await browser.post(action, {**fields, "credential": device.make(options)})


async def test_whoever_is_invited_comes_in_with_a_passkey_alone_and_has_codes(
    node: Node, device: Device
):
    async with Browser(node) as lina, Browser(node) as other:
        shown = await joined(node, lina, device)
        codes = re.findall(r"<code>([0-9a-z-]{19})</code>", shown.text)
        await lina.get("/me")
        assert (shown.status, len(codes)) == (200, 10)

        page = (await lina.get("/me/passkeys")).text
        (passkey,) = re.findall(r'name="id" value="(\w{26})"', page)
        last = await lina.post("/me/passkeys/end", {"id": passkey})
        assert (last.status, "only way in" in last.text) == (409, True)
        assert (await other.sign_in("lina", "")).status == 403
        assert (await enter(other, device)).status == 303
        await other.get("/me/passkeys")

        # With a code from paper she has a password, and what was there opens no more.
        fields = {"name": "lina", "code": codes[3], "password": PASSWORD}
        async with Browser(node) as third:
            assert (await third.post("/recover", fields)).status == 303
            assert (await enter(third, device)).status == 403


async def test_whoever_has_only_passkeys_sets_a_password_when_she_has_just_proven_herself(
    node: Node, device: Device
):
    async with Browser(node) as lina, Browser(node) as other:
        await joined(node, lina, device)
        node.clock = Later(timedelta(minutes=16))
        await lina.get("/me/password")
        refused = await lina.post("/me/password", {"password": PASSWORD})
        assert refused.path == "/me/confirm?next=/me/password"
        asks = (await lina.get("/me/confirm")).text
        assert 'name="password"' not in asks
        options, action, fields = asked(await lina.post("/me/confirm/passkey"))
        await lina.post(action, {**fields, "credential": device.sign(options)})
        await lina.get("/me/password")

        assert (await lina.post("/me/password", {"password": PASSWORD})).status == 303
        assert (await other.sign_in("lina")).status == 303


async def test_a_name_that_is_taken_is_told_before_the_device_is_asked(node: Node):
    await account(node, "amal", Role.MEMBER)
    link = (await do(node, "user.invite"))["url"].removeprefix(node.urls.origin)
    async with Browser(node) as browser:
        for name in ("amal", "ä", ""):
            shown = await browser.post(f"{link}/passkey", {"name": name})
            assert (shown.status, 'id="name-error"' in shown.text) == (422, True)
            assert f'action="{link}"' in shown.text
        # nothing was used up by it
        assert (await browser.get(link)).status == 200


async def test_the_first_ambassador_comes_in_with_a_passkey(node: Node, device: Device):
    link = (await do(node, "setup-link"))["url"].removeprefix(node.urls.origin)
    async with Browser(node) as browser, Browser(node) as other:
        first = {"language": "en", "name.en": "Wien", "city": "Wien", "timezone": "Europe/Vienna"}
        page = (await browser.get(link)).text
        fields = {name: unescape(value) for name, value in
                  re.findall(r'name="([\w.]+)"[^>]*? value="([^"]*)"', page)}  # fmt: skip
        await browser.post(link, {**fields, **first})
        options, action, hidden = asked(await browser.post(f"{link}/you/passkey", {"name": "amal"}))
        assert action == f"{link}/you"
        shown = await browser.post(action, {**hidden, "credential": device.make(options)})

        assert (shown.status, shown.text.count("<li><code>")) == (200, 10)
        assert (await enter(other, device)).path == "/desk"
    (person,) = await do(node, "user.list")
    assert (person["name"], person["role"]) == ("amal", "ambassador")
