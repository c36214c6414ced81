"""Tests of what needs two where only one is there: said, seen by the team, done after three days."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from node.people import audit
from node.people.model import Role
from node.services import Node
from tests.support.browsers import Browser, account, do_later, signed_in
from tests.support.nodes import do, running

FRIEND = {"target": "friend.example", "level": "suspend", "comment": "Sie greifen uns an."}


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        await do(node, "block.add", target="friend.example", level="trust")
        yield node


@pytest.fixture
async def amal(node: Node) -> AsyncIterator[Browser]:
    async with signed_in(node, "amal", Role.AMBASSADOR) as browser:
        await browser.get("/desk/blocks")
        yield browser


async def level(node: Node) -> str:
    return str((await do(node, "block.list"))[0]["level"])


async def test_the_page_says_that_nobody_else_confirms_and_what_then(node: Node, amal: Browser):
    shown = await amal.post("/desk/blocks/add", FRIEND)
    assert shown.path == "/desk/decisions"
    text = (await amal.get("/desk/decisions")).text
    assert "Nobody else here can confirm this. It is done by itself on" in text
    assert "/desk/people#invite" in text
    (wish,) = await do(node, "decision.list")
    assert f"josoor decision confirm {wish['id']}" in text
    assert await level(node) == "limit"


async def test_a_coordinator_sees_it_on_her_first_page_and_objects(node: Node, amal: Browser):
    await amal.post("/desk/blocks/add", FRIEND)
    async with signed_in(node, "lina", Role.COORDINATOR) as lina:
        assert "Done by one person soon, if nobody objects" in (await lina.get("/desk")).text
        page = (await lina.get("/desk/decisions")).text
        assert ">Confirm<" not in page
        found = re.search(r'name="id" value="(\w{26})"', page)
        assert found
        await lina.post("/desk/decisions", {"id": found[1], "answer": "no"})
    await do_later(node, 4)
    assert await level(node) == "limit"
    assert "What came of your wishes" in (await amal.get("/desk")).text
    assert "Somebody else said no. It was not done." in (await amal.get("/desk/decisions")).text
    await amal.post("/desk/decisions/seen", {})
    assert "What came of your wishes" not in (await amal.get("/desk/decisions")).text


async def test_after_three_days_without_a_no_it_is_done_and_told(node: Node, amal: Browser):
    await amal.post("/desk/blocks/add", FRIEND)
    await do_later(node, 2.9)
    assert await level(node) == "limit"
    await do_later(node, 3.1)
    assert await level(node) == "suspend"
    assert "Nobody objected. It was done." in (await amal.get("/desk/decisions")).text
    notes = await do(node, "audit.list")
    assert (notes[0]["actor"], notes[0]["verb"][:10]) == (audit.NODE, "confirmed:")


@pytest.mark.parametrize("objected", [False, True])
async def test_asking_again_is_no_way_to_do_it_alone(node: Node, amal: Browser, objected: bool):
    await amal.post("/desk/blocks/add", FRIEND)
    if objected:
        (wish,) = await do(node, "decision.list")
        await do(node, "decision.refuse", id=wish["id"])
    again = await amal.post("/desk/blocks/add", FRIEND)
    assert again.path == "/desk/decisions"
    assert await level(node) == "limit"


async def test_a_second_moderator_who_came_meanwhile_objects_or_lets_it_be_done(
    node: Node, amal: Browser
):
    await amal.post("/desk/blocks/add", FRIEND)
    mona = await account(node, "mona", Role.MEMBER)
    await do(node, "user.role", name=mona.id, role="moderator")
    assert "Nobody else here can confirm this." in (await amal.get("/desk/decisions")).text
    await do_later(node, 3.1)
    assert await level(node) == "suspend"


async def test_beside_somebody_who_is_new_the_page_says_that_nobody_confirms_yet(
    node: Node, amal: Browser
):
    await account(node, "mona", Role.MODERATOR, since=timedelta(hours=71))
    await do(node, "block.mode", mode="allow-list")
    assert "done by itself after three days" in (await amal.get("/desk/blocks")).text
    await account(node, "mira", Role.MODERATOR, since=timedelta(hours=73))
    assert "done by itself after three days" not in (await amal.get("/desk/blocks")).text


async def test_whoever_is_at_the_machine_is_the_second_person(node: Node, amal: Browser):
    await amal.post("/desk/blocks/add", FRIEND)
    (wish,) = await do(node, "decision.list")
    assert (await do(node, "decision.confirm", id=wish["id"]))["state"] == "confirmed"
    assert await level(node) == "suspend"
    await amal.post("/desk/blocks/mode", {"mode": "allow-list"})
    await amal.post("/desk/blocks/mode", {"mode": "open", "why": "Alle."})
    (wish,) = await do(node, "decision.list")
    await do(node, "decision.refuse", id=wish["id"])
    assert (await do(node, "block.mode"))["mode"] == "allow-list"
    assert await do(node, "decision.list") == []
