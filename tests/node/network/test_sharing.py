"""Who is shown something goes by those through whom it stays with us, and by nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from federation.policy import Standing
from node.context import Context
from node.moderation import store as rules
from node.moderation.model import Rule
from node.network import actions, store
from node.network.model import Following, FollowState, RemoteThing, Visibility
from node.services import Node
from tests.support.nodes import running

AUTHOR, SHARER = "https://a.example/linz", "https://b.example/limited"
NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
THING = RemoteThing(
    id="https://a.example/e/1",
    author=AUTHOR,
    author_name="Linz",
    kind="Event",
    shared_by=None,
    start=NOW,
    end=NOW,
    cancelled=False,
    url="https://a.example/e/1",
    document={"type": "Event"},
    published=NOW,
    updated=NOW,
    received=NOW,
)


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    """A node where one that we follow is limited."""
    async with running(tmp_path / "wien", at_work=False) as wien:
        limited = Rule(target=SHARER, standing=Standing.LIMITED, created=NOW, updated=NOW)
        await wien.act(lambda context: rules.put(context.tx, limited))
        await _follow(wien, SHARER)
        yield wien


async def _follow(node: Node, actor: str) -> None:
    following = Following(
        actor=actor,
        handle="x@x",
        name="X",
        inbox=f"{actor}/inbox",
        url=None,
        follow_id=f"{actor}#1",
        state=FollowState.ACCEPTED,
        since=NOW,
    )
    await node.act(lambda context: store.add_following(context.tx, following))


async def _seen_by(node: Node, *things: RemoteThing) -> Visibility:
    async def work(context: Context) -> Visibility:
        for thing in things:
            await actions.take_in(context, thing)
        held = await store.find(context.tx, THING.id)
        assert held is not None
        return held.visibility

    return await node.act(work)


async def test_what_only_a_limited_one_shared_stays_with_the_staff(node: Node) -> None:
    """Its author's own update does not change through whom we have it."""
    found = await _seen_by(node, replace(THING, shared_by=SHARER), THING)
    assert found is Visibility.STAFF


async def test_a_limited_one_hides_nothing_by_sharing_it(node: Node) -> None:
    """Its author told us himself."""
    await _follow(node, AUTHOR)
    found = await _seen_by(node, THING, replace(THING, shared_by=SHARER))
    assert found is Visibility.PUBLIC
