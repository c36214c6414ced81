"""Tests of passkeys over HTTP: answers that are not for here, not for now, or none at all."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape

import pytest

from node.people import passkeys
from node.people.model import Role
from node.people.passkey_checks import FAILED
from node.services import Node
from tests.support.authenticator import Device, Lies, pack
from tests.support.browsers import Browser, Later, signed_in
from tests.support.nodes import do
from tests.support.passkeys import add, asked, enter, leave

LIES: dict[str, Lies] = {
    "another origin": {"origin": "http://localhost.evil.test"},
    "https": {"origin": "https://localhost"},
    "another site": {"rp_id": "evil.test"},
    "not verified": {"verified": False},
    "another question": {"challenge": pack(b"x" * 32)},
}


async def test_what_is_not_made_here_and_now_by_its_owner_is_no_passkey(node: Node, device: Device):
    more: dict[str, Lies] = {
        "the other act": {"kind": "webauthn.get"},
        "a maker": {"fmt": "packed", "statement": b"\xa1\x63x5c\x81\x41\x00"},
        "no format": {"fmt": "android-safetynet"},
    }
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as other:
        for lie, lies in {**LIES, **more}.items():
            shown = await add(amal, device, **lies)

            assert (shown.status, FAILED in unescape(shown.text)) == (403, True), lie
            assert "You have no passkey" in (await amal.get("/me/passkeys")).text, lie
            assert (await enter(other, device, which=-1)).status == 403, lie


async def test_nobody_comes_in_with_an_answer_that_is_not_for_here_and_now(
    node: Node, device: Device
):
    more: dict[str, Lies] = {
        "the other act": {"kind": "webauthn.create"},
        "another handle": {"handle": pack(b"x" * 32)},
        "no handle": {"handle": ""},
    }
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as other:
        await add(amal, device)
        for lie, lies in {**LIES, **more}.items():
            shown = await enter(other, device, **lies)
            told = shown.status, FAILED in unescape(shown.text), other.cookie
            assert told == (403, True, None), lie
        assert (await enter(other, device)).status == 303


NO_ANSWERS = [
    "", "x", "[]", "{}", '{"id": "a", "response": []}', '{"id": 7, "response": {}}',
    '{"id": "a", "response": {}}', "[" * 9000, '{"a": "' + "x" * 20000 + '"}',
]  # fmt: skip


NO_BYTES = [7, None, "", "é", "AA", pack(b"\xff" * 64), pack(b"\xa0")]


async def test_an_answer_that_is_none_is_refused_in_one_sentence(node: Node, device: Device):
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as other:
        await add(amal, device)
        for browser, path, field in (
            (other, "/sign-in/passkey", {}),
            (amal, "/me/passkeys/new", {"label": "Phone"}),
            (amal, "/me/confirm/passkey", {}),
        ):
            for answer in NO_ANSWERS:
                _, action, fields = asked(await browser.post(path, field))
                shown = await browser.post(action, {**fields, "credential": answer})
                told = shown.status, FAILED in unescape(shown.text)
                assert told == (403, True), (path, answer[:30])


async def test_whatever_a_device_says_in_making_never_breaks_the_node(node: Node, device: Device):
    async with signed_in(node, "amal", Role.MEMBER) as amal:
        for field in ("clientDataJSON", "attestationObject"):
            for value in NO_BYTES:
                shown = await amal.post("/me/passkeys/new", {"label": "Phone"})
                options, action, fields = asked(shown)
                answer = json.loads(device.make(options))
                answer["response"][field] = value
                fields["credential"] = json.dumps(answer)
                assert (await amal.post(action, fields)).status == 403, (field, value)


async def test_whatever_a_device_says_in_signing_never_breaks_the_node(node: Node, device: Device):
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as other:
        await add(amal, device)
        for field in ("clientDataJSON", "authenticatorData", "signature"):
            for value in NO_BYTES:
                options, action, fields = asked(await other.post("/sign-in/passkey"))
                answer = json.loads(device.sign(options))
                answer["response"][field] = value
                fields["credential"] = json.dumps(answer)
                shown = await other.post(action, fields)
                assert (shown.status, other.cookie) == (403, None), (field, value)


async def test_a_question_is_answered_once_and_by_the_browser_to_which_it_was_put(
    node: Node, device: Device
):
    async with (
        signed_in(node, "amal", Role.MEMBER) as amal,
        Browser(node) as first,
        Browser(node) as eve,
    ):
        await add(amal, device)
        options, action, fields = asked(await first.post("/sign-in/passkey"))
        answer = {**fields, "credential": device.sign(options)}
        assert (await eve.post(action, answer)).status == 403
        assert (await first.post(action, answer)).status == 403

        options, action, fields = asked(await first.post("/sign-in/passkey"))
        answer = {**fields, "credential": device.sign(options)}
        assert (await first.post(action, answer)).status == 303
        await leave(first)
        assert (await first.post(action, answer)).status == 403


async def test_a_question_is_too_old_after_five_minutes(node: Node, device: Device):
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as other:
        await add(amal, device)
        options, action, fields = asked(await other.post("/sign-in/passkey"))
        answer = {**fields, "credential": device.sign(options)}
        node.clock = Later(timedelta(minutes=5, seconds=1))

        assert (await other.post(action, answer)).status == 403


async def test_an_answer_for_one_thing_is_none_for_another(node: Node, device: Device):
    async with signed_in(node, "amal", Role.MEMBER) as amal:
        await add(amal, device)
        options, _, fields = asked(await amal.post("/me/confirm/passkey"))
        answer = {**fields, "credential": device.sign(options)}

        assert (await amal.post("/sign-in/passkey/done", answer)).status == 403


async def test_a_counter_that_goes_back_opens_nothing_and_is_written_down(
    node: Node, device: Device
):
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as other:
        await add(amal, device)
        device.kept[0].counter = 7
        assert (await enter(other, device)).status == 303
        await leave(other)

        for counter in (8, 3, 0):
            assert (await enter(other, device, counter=counter)).status == 403
        assert (await enter(other, device, counter=20)).status == 303
        verbs = [each["verb"] for each in await do(node, "audit.list")]
        assert verbs.count("passkey counter") == 3
        assert "A copy of a passkey may be in use" in (await amal.get("/me")).text


async def test_questions_that_nobody_answers_are_forgotten_and_never_too_many(
    node: Node, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(passkeys, "MOST_OPEN", 3)
    async with Browser(node) as browser:
        for _ in range(5):
            await browser.post("/sign-in/passkey")
    count = "select count(*) as many from passkey_challenge"
    assert (await node.look(lambda tx: tx.rows(count)))[0]["many"] == 3
    node.clock = Later(timedelta(minutes=6))
    await node.act(passkeys.forget)
    assert (await node.look(lambda tx: tx.rows(count)))[0]["many"] == 0


async def test_an_erased_person_leaves_no_passkey(node: Node, device: Device):
    async with signed_in(node, "amal", Role.MEMBER) as amal:
        await add(amal, device, "Amals Handy")
    await do(node, "user.erase", name="amal", now=True)

    assert await node.look(lambda tx: tx.rows("select * from passkey")) == []
