"""Tests of what one person does not do in two steps: to suspend whom we trusted or followed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from node.context import Context
from node.moderation import once_known, twos
from node.network import store as network
from node.network.model import Following, FollowState
from node.people.model import Role
from node.services import Node
from tests.support.browsers import Browser, Later, signed_in
from tests.support.nodes import do, running

HOST = "friend.example"
ACTOR = f"https://{HOST}/community"
BLOCKS = "/desk/blocks"


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        yield node


@pytest.fixture
async def amal(node: Node) -> AsyncIterator[Browser]:
    async with signed_in(node, "amal", Role.AMBASSADOR) as browser:
        await browser.get(BLOCKS)
        yield browser


async def rules(node: Node, by: Browser, level: str, target: str = HOST) -> str:
    """Where the answer leads to somebody who wants this rule."""
    fields = {"target": target, "level": level, "comment": "Streit"}
    return (await by.post(f"{BLOCKS}/add", fields)).path


async def levels(node: Node) -> dict[str, str]:
    return {rule["id"]: rule["level"] for rule in await do(node, "block.list")}


async def we_follow(context: Context) -> None:
    following = Following(
        actor=ACTOR,
        handle=f"community@{HOST}",
        name="Friends",
        inbox=f"{ACTOR}/inbox",
        url=ACTOR,
        follow_id=context.urls.activity(context.new_id()),
        state=FollowState.ACCEPTED,
        since=context.now,
    )
    await network.add_following(context.tx, following)


@pytest.mark.parametrize("first", ["limit", "allow"])
async def test_who_limits_or_merely_allows_whom_we_trust_does_not_suspend_it_then(
    node: Node, amal: Browser, first: str
):
    await do(node, "block.add", target=HOST, level="trust")
    assert await rules(node, amal, first) == BLOCKS
    assert await levels(node) == {HOST: first}
    assert await rules(node, amal, "suspend") == "/desk/decisions"
    assert await levels(node) == {HOST: "limit"}


async def test_who_removes_the_rule_of_trust_does_not_suspend_it_then(node: Node, amal: Browser):
    await do(node, "block.add", target=HOST, level="trust")
    await amal.post(f"{BLOCKS}/remove", {"target": HOST})
    assert await levels(node) == {}
    assert await rules(node, amal, "suspend") == "/desk/decisions"
    assert await levels(node) == {HOST: "limit"}


async def test_a_domain_is_known_by_a_server_in_it_under_any_port(node: Node):
    for trusted in (f"wien.{HOST}", "other.example:8443"):
        await do(node, "block.add", target=trusted, level="trust")
        await do(node, "block.remove", target=trusted)
    asked = (HOST, "other.example", "else.example")
    known = await node.act(lambda context: twos.needs_two(context, *asked))
    assert known == [HOST, "other.example"]


async def test_who_unfollows_does_not_suspend_then(node: Node, amal: Browser):
    await node.act(we_follow)
    await amal.post("/desk/following/unfollow", {"actor": ACTOR})
    assert await do(node, "network.following") == []
    assert await rules(node, amal, "suspend") == "/desk/decisions"
    assert await levels(node) == {HOST: "limit"}


async def test_who_suspends_the_actor_that_we_follow_does_not_suspend_its_server_then(
    node: Node, amal: Browser
):
    await node.act(we_follow)
    assert await rules(node, amal, "suspend", ACTOR) == BLOCKS
    assert await do(node, "network.following") == []
    assert await rules(node, amal, "suspend") == "/desk/decisions"
    assert await levels(node) == {HOST: "limit", ACTOR: "suspend"}


@pytest.mark.parametrize(("days", "level"), [(29, "limit"), (31, "suspend")])
async def test_after_31_days_one_is_enough_again_and_nothing_is_kept(
    node: Node, amal: Browser, days: int, level: str
):
    await do(node, "block.add", target=HOST, level="trust")
    clock, node.clock = node.clock, Later(timedelta(days=-days))
    await do(node, "block.remove", target=HOST)
    node.clock = clock
    await rules(node, amal, "suspend")
    assert await levels(node) == {HOST: level}
    await node.act(once_known.forget_hosts)
    rows = await node.look(lambda tx: tx.rows("select host from once_known"))
    assert [row["host"] for row in rows] == [HOST] * (days < 30)


async def test_a_reason_is_changed_by_one_where_two_have_suspended_already(
    node: Node, amal: Browser
):
    await node.act(we_follow)
    await rules(node, amal, "suspend")
    (wish,) = await do(node, "decision.list")
    await do(node, "decision.confirm", id=wish["id"])
    assert await rules(node, amal, "suspend") == BLOCKS
    assert await levels(node) == {HOST: "suspend"}
