"""Tests of node/people/ways_in.py: what opened a door in the backup, and was ended since, opens
none after a restore."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from node.context import Context
from node.doctor import check_node
from node.erasure.ledger import Ledger
from node.operations.carrying_out import carry_out
from node.people import actions, passwords, store
from node.people.model import Role
from node.services import Node
from node.storage.database import Row, Transaction
from tests.node.erasure.returning import Twice
from tests.support.authenticator import Device
from tests.support.browsers import PASSWORD, Browser, account
from tests.support.nodes import do
from tests.support.passkeys import add, enter

NEW = "ganz andere lange Wörter"
NEWER = "noch einmal andere Wörter"


@pytest.fixture
async def twice(tmp_path: Path) -> AsyncIterator[Twice]:
    async with AsyncExitStack() as stack:
        found = Twice(tmp_path, stack)
        await account(await found.begin(), "amal", Role.MEMBER)
        yield found


@pytest.fixture
def device(twice: Twice) -> Device:
    return Device(twice.node.urls.origin)


async def opens(node: Node, password: str) -> bool:
    async with Browser(node) as browser:
        return (await browser.sign_in("amal", password)).status == 303


async def opens_with(node: Node, device: Device) -> bool:
    async with Browser(node) as browser:
        return (await enter(browser, device)).status == 303


async def recovers(node: Node, code: str, password: str = NEWER) -> bool:
    fields = {"name": "amal", "code": code, "password": password}
    async with Browser(node) as browser:
        return (await browser.post("/recover", fields)).status == 303


async def changed(node: Node, new: str = NEW) -> None:
    """She takes another password."""
    async with Browser(node) as amal:
        await amal.sign_in("amal")
        await amal.get("/me/password")
        assert (await amal.post("/me/password", {"old": PASSWORD, "password": new})).status == 303


async def reset(node: Node, new: str = NEW) -> int:
    """How a link to a new password answers."""
    link = await reset_link(node)
    async with Browser(node) as browser:
        return (await browser.post(link, {"password": new})).status


async def reset_link(node: Node) -> str:
    link: str = (await do(node, "user.reset-link", name="amal"))["url"]
    return link.removeprefix(node.urls.origin)


async def codes(node: Node) -> list[str]:
    """Her recovery codes, in place of those before."""
    async with Browser(node) as amal:
        await amal.sign_in("amal")
        await amal.get("/me/codes")
        shown = await amal.post("/me/codes")
    found: list[str] = re.findall(r"<code>([0-9a-z-]{19})</code>", shown.text)
    assert len(found) == 10
    return found


async def test_a_password_that_was_changed_since_opens_nothing_and_a_new_link_leads_in(
    twice: Twice,
):
    await twice.keep()
    await changed(twice.node)
    back = await twice.back()
    assert not await opens(back, PASSWORD)
    assert not await opens(back, NEW), "it was set later than the backup was made"
    assert "password ended" in [each["verb"] for each in await do(back, "audit.list")]
    assert await reset(back, NEWER) == 303
    assert await opens(back, NEWER)


async def test_a_password_that_a_link_replaced_since_opens_nothing(twice: Twice):
    await twice.keep()
    assert await reset(twice.node) == 303
    assert not await opens(await twice.back(), PASSWORD)


async def test_a_password_that_is_as_it_was_opens(twice: Twice):
    await changed(twice.node)
    await carry_out(twice.node)
    await twice.keep()
    assert await opens(await twice.back(), NEW)


async def test_without_the_ledger_the_old_password_opens(twice: Twice):
    await twice.keep()
    await changed(twice.node)
    assert await opens(await twice.back(ledger=False), PASSWORD)


@pytest.mark.parametrize("replaced", [False, True])
async def test_a_password_is_the_same_one_when_its_digest_was_made_anew(
    twice: Twice, replaced: bool, monkeypatch: pytest.MonkeyPatch
):
    await twice.keep()
    before = await digests(twice.node)
    monkeypatch.setattr(passwords, "is_dated", lambda kept: True)
    for _ in range(2):
        assert await opens(twice.node, PASSWORD)
    assert before != await digests(twice.node)
    monkeypatch.undo()
    if replaced:
        await changed(twice.node)
    assert await opens(await twice.back(), PASSWORD) is not replaced


async def test_a_digest_that_is_made_anew_does_not_take_the_place_of_another_password(
    twice: Twice,
):
    person = await store_id(twice.node)
    dated = (await digests(twice.node))[0]
    await changed(twice.node)

    async def late(context: Context) -> None:
        await store.digest_anew(context.tx, person, dated, dated)

    await twice.node.act(late)
    assert await opens(twice.node, NEW)


async def digests(node: Node) -> list[str]:
    rows = await node.look(lambda tx: tx.rows("select password from person"))
    return [row["password"] for row in rows]


async def store_id(node: Node) -> str:
    person = await node.look(partial(store.by_name, name="amal"))
    assert person is not None
    return person.id


async def test_a_passkey_that_its_owner_removed_opens_nothing_and_another_one_does(
    twice: Twice, device: Device
):
    other = Device(twice.node.urls.origin)
    async with Browser(twice.node) as amal:
        await amal.sign_in("amal")
        await add(amal, device, "Old phone")
        await add(amal, other, "New phone")
        await twice.keep()
        page = (await amal.get("/me/passkeys")).text
        (first, _) = re.findall(r'name="id" value="(\w{26})"', page)
        assert (await amal.post("/me/passkeys/end", {"id": first})).status == 303
    back = await twice.back()
    assert not await opens_with(back, device)
    assert await opens_with(back, other)
    assert "passkey removed" in [each["verb"] for each in await do(back, "audit.list")]


async def test_passkeys_that_a_link_to_a_new_password_ended_open_nothing(
    twice: Twice, device: Device
):
    async with Browser(twice.node) as amal:
        await amal.sign_in("amal")
        await add(amal, device)
    await twice.keep()
    assert await reset(twice.node) == 303
    assert not await opens_with(await twice.back(), device)


async def test_a_recovery_code_that_was_used_since_is_used_up_and_the_others_hold(twice: Twice):
    used, other, *_ = await codes(twice.node)
    await twice.keep()
    assert await recovers(twice.node, used)
    back = await twice.back()
    assert not await opens(back, PASSWORD)
    assert not await recovers(back, used)
    assert await recovers(back, other, NEW)
    assert await opens(back, NEW)


async def test_recovery_codes_that_were_replaced_since_recover_nothing(twice: Twice):
    old = await codes(twice.node)
    await twice.keep()
    new = await codes(twice.node)
    back = await twice.back()
    for code in (old[0], old[9], new[0]):
        assert not await recovers(back, code)
    assert await opens(back, PASSWORD)


async def test_links_and_questions_of_that_time_lead_nowhere(twice: Twice):
    node, doors = twice.node, ("session", "entry_link", "setup_link", "passkey_challenge")
    link, invitation = await reset_link(node), (await do(node, "user.invite"))["url"]
    await node.act(actions.make_setup_link)
    async with Browser(node) as amal, Browser(node) as half_way:
        await amal.sign_in("amal")
        await half_way.post("/sign-in/passkey", {"next": ""})
        cookie = amal.cookie or ""
        assert [await node.look(partial(_rows, table=each)) for each in doors] == [1, 2, 1, 1]
        await twice.keep()
    back = await twice.back()
    assert [await back.look(partial(_rows, table=each)) for each in doors] == [0, 0, 0, 0]
    async with Browser(back) as browser:
        assert (await browser.post(link, {"password": NEW})).status == 404
        path = invitation.removeprefix(back.urls.origin)
        assert (await browser.post(path, {"name": "lina", "password": NEW})).status == 404
        browser.cookie = cookie
        assert (await browser.get("/me")).status == 303, "the session has ended"


async def _rows(tx: Transaction, table: str) -> int:
    return len(await tx.rows(f"select * from {table}"))


async def test_doctor_says_how_many_need_a_link_and_names_nobody(twice: Twice):
    await account(twice.node, "lina", Role.AMBASSADOR)
    await codes(twice.node)
    await twice.keep()
    await changed(twice.node)
    back = await twice.back()
    assert (await do(back, "status"))["without_a_way_in"] == 0, "she has recovery codes"
    await back.act(lambda context: context.tx.run("delete from recovery_code"))
    status = await do(back, "status")
    (check,) = [each for each in check_node(back.config, status) if each["check"] == "ways in"]
    assert (check["state"], check["says"][:2]) == ("yellow", "1 ")
    assert "reset-link" in check["mend"]
    assert "amal" not in str(check)


async def test_the_lines_tell_neither_who_nor_what_was_ended(twice: Twice, device: Device):
    node = twice.node
    async with Browser(node) as amal:
        await amal.sign_in("amal")
        await add(amal, device)
    old = await codes(node)
    rows = await node.look(_everything)
    needles = {str(value) for row in rows for value in row.values()} | {"amal", PASSWORD, *old}
    assert await recovers(node, old[0])
    await carry_out(node)
    lines = Ledger(node.config.data).lines()
    assert {line.kind for line in lines} == {"gone"}
    assert len(lines) == 3, "a code, a password, a passkey"
    text = Ledger(node.config.data).path.read_text()
    assert [each for each in needles if len(each) > 3 and each in text] == []
    assert await node.look(partial(_rows, table="silence")) == 0


async def _everything(tx: Transaction) -> list[Row]:
    passkeys = await tx.rows("select id, person, handle, credential, public_key from passkey")
    found = await tx.rows("select digest from recovery_code")
    return [*passkeys, *found, *await tx.rows("select id, name, password from person")]
