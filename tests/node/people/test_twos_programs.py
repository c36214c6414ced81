"""Tests of node/people/twos.py: what no token and no account that is gone does in place of two."""

from __future__ import annotations

import pytest

from node.errors import Conflict, NotFound
from node.people.model import Role
from node.services import Node
from tests.node.people.test_api import caller
from tests.node.people.test_twos import amal, lina, node, role_of
from tests.support.browsers import Browser, account
from tests.support.nodes import do

__all__ = ["amal", "lina", "node"]


async def test_no_program_gives_her_role_on_and_is_ambassador_afterwards(
    node: Node, amal: Browser, lina: Browser
):
    mona = await account(node, "mona", Role.MODERATOR)
    await account(node, "dee", Role.MEMBER)
    given = {"to": "dee", "then": "ambassador"}
    status, _ = await (await caller(node))("POST", f"/users/{mona.id}/hand-over", given)
    assert status == 409
    assert [await role_of(node, name) for name in ("mona", "dee")] == ["moderator", "member"]


async def test_one_alone_does_not_keep_the_account_of_an_ambassador(
    node: Node, amal: Browser, lina: Browser
):
    noor = await account(node, "noor", Role.AMBASSADOR)
    await do(node, "user.erase", name="noor")
    assert (await amal.post("/desk/people/keep", {"id": noor.id})).status == 409
    assert (await (await caller(node))("POST", f"/users/{noor.id}/keep"))[0] == 409
    assert await role_of(node, "noor") == "closed"
    await amal.post("/desk/people/role", {"id": noor.id, "role": "member"})
    await amal.post("/desk/people/keep", {"id": noor.id})
    assert await role_of(node, "noor") == "member"


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("user.role", {"name": "noor", "role": "ambassador"}),
        ("user.hand-over", {"name": "amal", "to": "noor"}),
        ("user.erase", {"name": "noor"}),
        ("user.invite", {"role": "ambassador"}),
        ("block.mode", {"mode": "open"}),
    ],
)
@pytest.mark.parametrize("gone", [True, False])
async def test_whose_account_is_gone_or_closed_is_nobody_at_the_machine(
    node: Node, amal: Browser, operation: str, given: dict[str, str], gone: bool
):
    await account(node, "noor", Role.MEMBER)
    closed = await account(node, "lina", Role.AMBASSADOR)
    await do(node, "user.disable", name="lina")
    await do(node, "block.mode", mode="allow-list")
    with pytest.raises(Conflict if operation == "block.mode" else NotFound):
        await do(node, operation, **given, by="0" * 26 if gone else closed.id)
    assert [await role_of(node, name) for name in ("amal", "noor")] == ["ambassador", "member"]
    assert await do(node, "user.invitations") == []
    assert (await do(node, "block.mode"))["mode"] == "allow-list"
