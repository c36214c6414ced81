"""Tests of node/people/twos.py: what ambassadors do only in twos, over HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from node.people import audit
from node.people.model import Role
from node.services import Node
from tests.node.people.test_api import caller
from tests.support.browsers import Browser, Shown, account, do_later, signed_in
from tests.support.nodes import do, running


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        yield node


@pytest.fixture
async def amal(node: Node) -> AsyncIterator[Browser]:
    async with signed_in(node, "amal", Role.AMBASSADOR) as browser:
        await browser.get("/desk/people")
        yield browser


@pytest.fixture
async def lina(node: Node) -> AsyncIterator[Browser]:
    async with signed_in(node, "lina", Role.AMBASSADOR) as browser:
        yield browser


async def role_of(node: Node, name: str) -> str:
    (found,) = [one for one in await do(node, "user.list") if one["name"] == name]
    return "closed" if found["disabled"] else str(found["role"])


async def confirm(browser: Browser, answer: str = "yes") -> Shown:
    """Say yes to what waits, or no."""
    page = (await browser.get("/desk/decisions")).text
    found = re.search(r'name="id" value="(\w{26})"><input type="hidden" name="answer"', page)
    assert found is not None, page
    return await browser.post("/desk/decisions", {"id": found[1], "answer": answer})


async def test_one_ambassador_alone_makes_another_one(node: Node, amal: Browser):
    noor = await account(node, "noor", Role.MEMBER)
    await account(node, "gone", Role.AMBASSADOR)
    await do(node, "user.disable", name="gone")

    await amal.post("/desk/people/role", {"id": noor.id, "role": "ambassador"})

    assert await role_of(node, "noor") == "ambassador"


async def test_where_there_are_two_both_want_a_third(node: Node, amal: Browser, lina: Browser):
    noor = await account(node, "noor", Role.MEMBER)
    shown = await amal.post("/desk/people/role", {"id": noor.id, "role": "ambassador"})

    assert (shown.status, await role_of(node, "noor")) == (303, "member")
    assert shown.path == "/desk/decisions"
    assert (await confirm(amal)).status == 403
    assert await role_of(node, "noor") == "member"
    page = (await lina.get("/desk/decisions")).text
    assert ("noor" in page, noor.id in page) == (True, False)
    await confirm(lina)
    assert await role_of(node, "noor") == "ambassador"
    verbs = [one["verb"] for one in await do(node, "audit.list")]
    assert {"ask: make ambassador", "confirmed: make ambassador", "role ambassador"} <= {*verbs}


async def test_a_wish_that_cannot_be_done_any_more_keeps_no_other_waiting(node: Node):
    noor = await account(node, "noor", Role.MEMBER)
    lina = await account(node, "lina", Role.AMBASSADOR, since=timedelta(0))
    async with signed_in(node, "amal", Role.AMBASSADOR) as amal:
        await do(node, "user.role", name="amal", role="ambassador", until="2031-03-31")
        await amal.sign_in("amal")
        await amal.post("/desk/people/role", {"id": lina.id, "role": "member"})
        await amal.post("/desk/people/role", {"id": noor.id, "role": "ambassador"})
        assert len(await do(node, "decision.list")) == 2
    await do(node, "user.role", name="noor", role="moderator", until="2031-03-31")
    await do_later(node, 3.1)
    assert await do(node, "decision.list") == []
    assert [await role_of(node, name) for name in ("lina", "noor")] == ["ambassador"] * 2


async def test_one_ambassador_alone_does_not_open_the_closed_account_of_another(
    node: Node, amal: Browser, lina: Browser
):
    noor = await account(node, "noor", Role.AMBASSADOR)
    await do(node, "user.disable", name="noor")
    shown = await amal.post("/desk/people/disable", {"id": noor.id, "answer": "open"})
    assert (shown.status, await role_of(node, "noor")) == (409, "closed")
    call = await caller(node)
    assert (await call("POST", f"/users/{noor.id}/enable"))[0] == 409
    await amal.post("/desk/people/role", {"id": noor.id, "role": "member"})
    await amal.post("/desk/people/disable", {"id": noor.id, "answer": "open"})
    assert await role_of(node, "noor") == "member"


async def test_a_token_erases_at_once_only_whoever_holds_it(node: Node, amal: Browser):
    noor = await account(node, "noor", Role.MEMBER)
    call = await caller(node)
    status, receipt = await call("POST", f"/users/{noor.id}/erase", {"now": True})
    assert (status, receipt["erased"]) == (200, None)
    assert (await do(node, "user.keep", name="noor"))["kept"] is True
    lina = await account(node, "lina", Role.AMBASSADOR)
    call = await caller(node, "lina")
    status, receipt = await call("POST", f"/users/{lina.id}/erase", {"now": True})
    assert status == 200
    assert receipt["erased"]
    assert (await do(node, "user.erase", name="noor", now=True))["erased"]


async def test_a_token_does_not_delete_everything_of_an_actor(node: Node, amal: Browser):
    call = await caller(node)
    for target in ("https://there.example/anna", "@anna@there.example"):
        status, problem = await call("POST", "/erasures", {"target": target})
        assert (status, "two people" in problem["detail"]) == (409, True)
    link = node.urls.rsvp("nothing")
    assert (await call("POST", "/erasures", {"target": link}))[0] == 404


async def test_a_link_made_before_does_not_open_the_new_role(
    node: Node, amal: Browser, lina: Browser
):
    noor = await account(node, "noor", Role.MEMBER)
    link = (await do(node, "user.reset-link", name="noor"))["url"]
    await amal.post("/desk/people/role", {"id": noor.id, "role": "ambassador"})
    await confirm(lina)
    assert await role_of(node, "noor") == "ambassador"

    async with Browser(node) as browser:
        assert (await browser.get(link.removeprefix(node.urls.origin))).status == 404


async def test_two_give_the_role_for_good(node: Node, amal: Browser, lina: Browser):
    noor = await account(node, "noor", Role.MEMBER)
    wanted = {"id": noor.id, "role": "ambassador", "until": "2031-03-31"}

    assert (await amal.post("/desk/people/role", wanted)).status == 422
    assert await role_of(node, "noor") == "member"


@pytest.mark.parametrize(
    ("path", "fields"),
    [("disable", {"answer": "close"}), ("reset", {}), ("role", {"role": "member"})],
)
async def test_one_ambassador_does_nothing_alone_to_another(
    node: Node, amal: Browser, lina: Browser, path: str, fields: dict[str, str]
):
    people = {one["name"]: one["id"] for one in await do(node, "user.list")}
    shown = await amal.post(f"/desk/people/{path}", {"id": people["lina"], **fields})

    assert shown.status == (303 if path == "role" else 409)
    assert "/reset/" not in shown.text
    assert await role_of(node, "lina") == "ambassador"
    assert (await lina.get("/desk")).status == 200


async def test_two_let_an_ambassador_be_one_no_more(node: Node, amal: Browser, lina: Browser):
    noor = await account(node, "noor", Role.AMBASSADOR)
    await amal.post("/desk/people/role", {"id": noor.id, "role": "volunteer"})
    assert await role_of(node, "noor") == "ambassador"

    await confirm(lina)

    assert await role_of(node, "noor") == "member"


async def test_one_of_several_does_not_hand_over_alone(node: Node, amal: Browser, lina: Browser):
    noor = await account(node, "noor", Role.MEMBER)
    shown = await amal.post("/desk/people/hand-over", {"id": noor.id, "role": "member"})

    assert (shown.status, await role_of(node, "noor")) == (409, "member")


async def test_nobody_is_invited_as_ambassador_but_from_the_machine(node: Node, amal: Browser):
    fields = {"role": "ambassador", "days": "7", "uses": "1"}
    assert (await amal.post("/desk/people/invite", fields)).status == 403
    call = await caller(node)
    assert (await call("POST", "/users/invitations", {"role": "ambassador"}))[0] == 403
    assert (await do(node, "user.invite", role="ambassador"))["url"]


async def test_no_program_gives_or_takes_the_role_of_ambassador(node: Node):
    amal = await account(node, "amal", Role.AMBASSADOR)
    noor = await account(node, "noor", Role.MEMBER)
    call = await caller(node)
    for path, document in (
        (f"/users/{noor.id}/role", {"role": "ambassador"}),
        (f"/users/{amal.id}/hand-over", {"to": "noor"}),
    ):
        status, problem = await call("POST", path, document)
        assert (status, "at the desk, or at the machine" in problem["detail"]) == (409, True)

    lina = await account(node, "lina", Role.AMBASSADOR)
    for path, document in (
        (f"/users/{lina.id}/role", {"role": "member"}),
        (f"/users/{lina.id}/disable", {}),
        (f"/users/{lina.id}/reset-link", {}),
    ):
        assert (await call("POST", path, document))[0] == 409, path
    assert [await role_of(node, name) for name in ("lina", "noor")] == ["ambassador", "member"]


async def test_another_s_account_is_erased_by_two_and_only_after_the_time_to_think(
    node: Node, lina: Browser
):
    await account(node, "amal", Role.AMBASSADOR)
    noor = await account(node, "noor", Role.MEMBER)
    call = await caller(node)
    status, asked = await call("POST", f"/users/{noor.id}/erase", {"now": True})
    assert (status, list(asked)) == (200, ["asked"])
    assert await role_of(node, "noor") == "member"

    await confirm(lina)

    assert await role_of(node, "noor") == "closed"
    assert (await do(node, "user.keep", name="noor"))["kept"] is True


async def test_somebody_at_the_machine_does_each_alone_and_the_log_says_so(
    node: Node, amal: Browser, lina: Browser
):
    await account(node, "noor", Role.MEMBER)
    await do(node, "user.role", name="noor", role="ambassador")
    await do(node, "user.disable", name="lina")
    await do(node, "user.reset-link", name="noor")
    await do(node, "user.erase", name="noor")

    notes = await do(node, "audit.list")
    mine = [one["verb"] for one in notes if one["actor"] == audit.COMMAND_LINE]
    assert {"role ambassador", "disable", "reset-link", "erase"} <= {*mine}


async def test_no_program_opens_the_door_to_all_or_suspends_a_friend_by_one_person_s_word(
    node: Node,
):
    await account(node, "amal", Role.AMBASSADOR)
    call = await caller(node)
    friend = {"target": "friend.example", "level": "trust"}
    assert (await call("POST", "/blocks", friend))[0] == 201
    for method, path, document in (
        ("PUT", "/blocks/mode", {"mode": "open"}),
        ("POST", "/blocks", {**friend, "level": "suspend"}),
        ("POST", "/blocks/import", {"csv": "#domain,#severity\nfriend.example,suspend\n"}),
    ):
        status, problem = await call(method, path, document)
        assert (status, "two people" in problem["detail"]) == (409, True), path
    tried = {"csv": "friend.example\nspam.example\n", "dry_run": True}
    assert (await call("POST", "/blocks/import", tried))[1]["needs_two"] == ["friend.example"]
    assert (await do(node, "block.import", **tried))["needs_two"] == []
    stranger = {"target": "spam.example", "level": "suspend"}
    assert (await call("POST", "/blocks", stranger))[0] == 201
    assert (await do(node, "block.mode", mode="open"))["mode"] == "open"
    assert (await do(node, "block.add", **friend))["level"] == "trust"
