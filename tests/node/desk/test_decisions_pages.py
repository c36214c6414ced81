"""Tests of node/desk/decisions_pages.py: what the page says to who is too new in her role."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from node.people import actions, sessions
from node.people.model import Role
from node.services import Node
from tests.node.people.test_twos import amal, confirm, node, role_of
from tests.support.browsers import Browser, account, do_later, signed_in

__all__ = ["amal", "node"]


@asynccontextmanager
async def entered(node: Node, person_id: str) -> AsyncIterator[Browser]:
    """The browser of somebody who is there already, in a session."""
    async with Browser(node) as browser:
        person = await node.act(lambda context: actions.somebody(context, person_id))
        browser.cookie, _ = await node.act(partial(sessions.begin, person=person, device="Firefox"))
        await browser.get("/me")
        yield browser


async def test_nobody_makes_herself_a_second_account_to_confirm_her_own_wish(
    node: Node, amal: Browser
):
    lina = await account(node, "lina", Role.MEMBER)
    noor = await account(node, "noor", Role.MEMBER)
    await amal.post("/desk/people/role", {"id": noor.id, "role": "ambassador"})
    wish = {"id": lina.id, "reason": "Streit."}
    await amal.post("/desk/people/erase", wish)
    async with entered(node, noor.id) as second:
        assert (await confirm(second)).status == 403
        assert (await confirm(amal, "no")).status == 303
        await second.post("/desk/people/erase", wish)
        assert (await confirm(amal)).status == 403
    await do_later(node, 3.1)
    # noor is new, so nothing was done by itself: amal was there to confirm it from now on
    assert await role_of(node, "lina") == "member"


async def test_the_page_says_from_when_on_who_is_new_confirms_and_lets_her_object(
    node: Node, amal: Browser
):
    lina = await account(node, "lina", Role.MEMBER)
    async with signed_in(node, "noor", Role.AMBASSADOR, since=timedelta(hours=1)) as noor:
        await amal.post("/desk/people/role", {"id": lina.id, "role": "ambassador"})
        page = (await noor.get("/desk/decisions")).text
        assert ">Confirm<" not in page
        assert "You are new in your role. You can confirm this from " in page
        assert "If nobody confirms it, it is done by itself on" in page
        refused = await confirm(noor)
        assert "You are new in your role. You can confirm this from " in refused.text
        assert "%(moment)s" not in refused.text
        assert "Whoever asked cannot confirm." in refused.text
        assert (await confirm(noor, "no")).status == 303
    await do_later(node, 3.1)
    assert await role_of(node, "lina") == "member"


async def test_who_founded_the_node_yesterday_sees_a_wish_done_after_three_days(node: Node):
    noor = await account(node, "noor", Role.MEMBER)
    day = timedelta(days=1)
    async with (
        signed_in(node, "amal", Role.AMBASSADOR, since=day) as amal,
        signed_in(node, "lina", Role.AMBASSADOR, since=day) as lina,
    ):
        await amal.post("/desk/people/role", {"id": noor.id, "role": "ambassador"})
        assert await role_of(node, "noor") == "member"
        assert (await confirm(lina)).status == 403
        await do_later(node, 2.9)
        assert await role_of(node, "noor") == "member"
        await do_later(node, 3.1)
        assert await role_of(node, "noor") == "ambassador"
