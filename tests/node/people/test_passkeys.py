"""Tests of passkeys over HTTP: made, used and removed, with a device in software."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from node.people.model import Role
from node.services import Node
from node.web.render import static_url
from tests.support.authenticator import EDDSA, ES256, Device, pack, unpack
from tests.support.browsers import Browser, Later, signed_in
from tests.support.nodes import do
from tests.support.passkeys import add, asked, enter, leave


@pytest.mark.parametrize("kind", [ES256, EDDSA])
async def test_a_passkey_is_made_and_opens_without_a_name_or_a_password(
    node: Node, device: Device, kind: int
):
    device.knows = (kind,)
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as other:
        made = await add(amal, device, "My phone")
        assert (made.status, made.path) == (303, "/me/passkeys")
        assert "My phone" in (await amal.get("/me/passkeys")).text

        shown = await enter(other, device, "/me/sessions")

        assert (shown.status, shown.path) == (303, "/me/sessions")
        assert "amal" in (await other.get("/me")).text
        notes = [each["verb"] for each in await do(node, "audit.list")]
        assert "passkey" in notes


async def test_a_passkey_is_told_neither_the_account_nor_asked_about_its_maker(
    node: Node, device: Device
):
    async with signed_in(node, "amal", Role.MEMBER) as amal:
        options, _, _ = asked(await amal.post("/me/passkeys/new", {"label": "Phone"}))
    (person,) = await do(node, "user.list")

    assert options["attestation"] == "none"
    assert options["rp"]["id"] == "localhost"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert person["id"] not in json.dumps(options)
    assert pack(person["id"].encode()) not in json.dumps(options)


async def test_somebody_has_several_passkeys_each_only_once(node: Node, device: Device):
    tablet = Device(node.urls.origin, knows=(EDDSA,), counts=False)
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as other:
        await add(amal, device, "Phone")
        await add(amal, tablet, "Tablet")
        options, _, _ = asked(await amal.post("/me/passkeys/new", {"label": "Again"}))

        known = {each["id"] for each in options["excludeCredentials"]}
        assert known == {pack(each.id) for each in (*device.kept, *tablet.kept)}
        assert len({each.handle for each in (*device.kept, *tablet.kept)}) == 1
        for one in (device, tablet, device, tablet):
            assert (await enter(other, one)).status == 303
            await leave(other)


async def test_a_passkey_that_is_here_already_is_not_taken_from_somebody_else(
    node: Node, device: Device
):
    async with (
        signed_in(node, "amal", Role.MEMBER) as amal,
        signed_in(node, "eve", Role.MEMBER) as eve,
    ):
        await add(amal, device)
        options, action, fields = asked(await eve.post("/me/passkeys/new", {"label": "Mine"}))
        device_of_eve = Device(node.urls.origin)
        answer = json.loads(device_of_eve.make(options))
        stolen = _with_name_of(answer, device_of_eve, device)
        shown = await eve.post(action, {**fields, "credential": stolen})

        assert shown.status == 409
        assert "is here already" in shown.text
        async with Browser(node) as other:
            assert (await enter(other, device)).status == 303
            assert "amal" in (await other.get("/me")).text


def _with_name_of(answer: dict[str, Any], ours: Device, theirs: Device) -> str:
    """What eve's device made, under the name of amal's passkey."""
    told = json.dumps(answer).replace(pack(ours.kept[0].id), pack(theirs.kept[0].id))
    changed = json.loads(told)
    raw = ours.kept[0].id, theirs.kept[0].id
    attestation = unpack(changed["response"]["attestationObject"]).replace(*raw)
    changed["response"]["attestationObject"] = pack(attestation)
    return json.dumps(changed)


async def test_a_passkey_proves_once_more_who_it_is_and_only_one_of_her_own(
    node: Node, device: Device
):
    theirs = Device(node.urls.origin)
    async with (
        signed_in(node, "amal", Role.MEMBER) as amal,
        signed_in(node, "eve", Role.MEMBER) as eve,
    ):
        await add(amal, device)
        await add(eve, theirs)
        node.clock = Later(timedelta(minutes=16))
        assert (await amal.get("/me/codes")).path == "/me/confirm?next=/me/codes"
        shown = await amal.post("/me/confirm/passkey", {"next": "/me/codes"})
        options, action, fields = asked(shown)
        assert [each["id"] for each in options["allowCredentials"]] == [pack(device.kept[0].id)]
        wrong = theirs.sign_with(theirs.kept[0], options)
        assert (await amal.post(action, {**fields, "credential": wrong})).status == 403
        assert (await amal.get("/me/codes")).status == 303

        before = amal.cookie
        options, action, fields = asked(
            await amal.post("/me/confirm/passkey", {"next": "/me/codes"})
        )
        right = await amal.post(action, {**fields, "credential": device.sign(options)})

        assert (right.status, right.path) == (303, "/me/codes")
        assert (await amal.get("/me/codes")).status == 200
        assert amal.cookie != before


async def test_a_passkey_is_made_only_shortly_after_signing_in(node: Node):
    async with signed_in(node, "amal", Role.MEMBER) as amal:
        node.clock = Later(timedelta(minutes=16))

        for path in ("/me/passkeys/new", "/me/passkeys/end", "/me/passkeys"):
            assert (await amal.post(path, {})).path.startswith("/me/confirm?next=/me"), path
            shown = await amal.post(path, {"label": "Phone"})
            assert (shown.status, "/me/confirm?next=/me" in shown.text) == (403, True), path


async def test_a_passkey_that_was_removed_opens_nothing_and_signs_out_elsewhere(
    node: Node, device: Device
):
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as other:
        await add(amal, device)
        await enter(other, device)
        await other.get("/me/passkeys")
        page = (await amal.get("/me/passkeys")).text
        (passkey,) = re.findall(r'name="id" value="(\w{26})"', page)
        eve_tries = await other.post("/me/passkeys/end", {"id": "0" * 26})
        assert eve_tries.status == 404
        removed = await amal.post("/me/passkeys/end", {"id": passkey})

        assert (removed.status, removed.path) == (303, "/me/passkeys")
        assert (await other.get("/me")).status == 303
        assert (await amal.get("/me")).status == 200
        assert (await enter(other, device)).status == 403


async def test_nobody_removes_the_passkey_of_somebody_else(node: Node, device: Device):
    async with (
        signed_in(node, "amal", Role.MEMBER) as amal,
        signed_in(node, "eve", Role.AMBASSADOR) as eve,
    ):
        await add(amal, device)
        page = (await amal.get("/me/passkeys")).text
        (passkey,) = re.findall(r'name="id" value="(\w{26})"', page)

        foreign = await eve.post("/me/passkeys/end", {"id": passkey})
        absent = await eve.post("/me/passkeys/end", {"id": "0" * 26})

        assert (foreign.status, foreign.text) == (absent.status, absent.text)
        assert passkey in (await amal.get("/me/passkeys")).text


async def test_the_passkey_of_a_closed_account_opens_nothing(node: Node, device: Device):
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as other:
        await add(amal, device)
        await do(node, "user.disable", name="amal")

        assert (await enter(other, device)).status == 403


async def test_pages_for_passkeys_have_one_script_of_ours_and_other_pages_none(node: Node):
    link = (await do(node, "user.invite"))["url"].removeprefix(node.urls.origin)
    async with Browser(node) as guest, signed_in(node, "amal", Role.MEMBER) as amal:
        shown = [await guest.get(path) for path in ("/sign-in", link)]
        shown += [await guest.post("/sign-in/passkey")]
        shown += [await amal.get(path) for path in ("/me/passkeys", "/me/confirm")]
        for each in shown:
            (script,) = re.findall(r"<script[^>]*>", each.text)
            (address,) = re.findall(r'src="([^"]+)"', script)
            policy = each.headers["Content-Security-Policy"].split("; ")
            assert "script-src 'self'" in policy
            assert not [rule for rule in policy if "unsafe" in rule or "connect" in rule]
            assert urlsplit(address).path == "/static/passkeys.js"
        for path in ("/", "/events", "/me", "/me/password", "/recover", "/me/codes"):
            page = await amal.get(path)
            assert "script-src" not in page.headers["Content-Security-Policy"], path
            assert "<script src" not in page.text, path
        file = await guest.get(static_url("passkeys.js"))
        assert file.headers["Content-Type"].startswith("text/javascript")
        assert not re.search(r"eval|innerHTML|Function|fetch|http", file.text)
