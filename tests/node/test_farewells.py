"""Whoever leaves takes nothing along that others, or she herself, must still be told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from federation.ports import Grade
from node.community import actions, store
from node.community.model import Follower
from node.context import Context
from node.moderation.store import stop_actor
from node.services import Node
from node.storage.outbox import StoredDeliveries
from tests.support.nodes import EVENT, do, running

HOUSE = "https://house.example/inbox"
ANNA, BERTA = "https://house.example/anna", "https://house.example/berta"

_KNOWN = (
    "insert into remote_actor (id, type, username, host, name, inbox, fetched_at, document) "
    "values (:id, 'Person', 'anna', 'house.example', 'Anna', :inbox, '2026', :document)"
)


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    """A node that sends nothing by itself, and two followers who have one inbox."""
    async with running(tmp_path / "wien", at_work=False) as wien:
        for actor in (ANNA, BERTA):
            await _comes(wien, actor)
        yield wien


async def _comes(node: Node, actor: str) -> None:
    follower = Follower(
        community=node.urls.community,
        actor=actor,
        inbox=HOUSE,
        shared_inbox=None,
        follow_id=f"{actor}#follow",
        since=datetime.now(UTC),
    )
    await node.act(lambda context: store.add_follower(context.tx, follower))


async def _leaves(node: Node, actor: str) -> None:
    async def work(context: Context) -> None:
        await actions.let_follower_go(context, node.urls.community, actor, f"{actor}#follow")

    await node.act(work)


async def _waiting(node: Node) -> list[str]:
    rows = await do(node, "queue.list")
    return [row["kind"] for row in rows if row["state"] == "waiting"]


async def test_who_leaves_a_house_does_not_empty_the_letter_box_of_the_others(node: Node) -> None:
    await do(node, "event.publish", document=EVENT)
    await _leaves(node, ANNA)
    assert await _waiting(node) == ["Create"]
    await _leaves(node, BERTA)
    assert await _waiting(node) == []


async def test_what_she_got_is_still_deleted_after_she_left(node: Node) -> None:
    """Her server has the event, and the Delete waited while it was away (R06)."""
    event = await do(node, "event.publish", document=EVENT)
    deliveries, now = StoredDeliveries(node.database), datetime.now(UTC)
    [sent] = await deliveries.claim(
        now=now, lease="boot", until=now + timedelta(minutes=1), room=dict.fromkeys(Grade, 9)
    )
    assert await deliveries.delivered(sent.sequence, lease="boot", now=now)
    await do(node, "event.delete", id=event["id"])
    for actor in (ANNA, BERTA):
        await _leaves(node, actor)
    assert await _waiting(node) == ["Delete"]


async def test_who_is_suspended_does_not_empty_the_letter_box_of_the_others(node: Node) -> None:
    await do(node, "event.publish", document=EVENT)
    await node.act(lambda context: context.tx.run(_KNOWN, id=ANNA, inbox=HOUSE, document=b"{}"))
    await node.act(lambda context: stop_actor(context.tx, ANNA, context.now))
    assert await _waiting(node) == ["Create"]
    await _leaves(node, BERTA)
    await do(node, "event.publish", document=EVENT)
    await node.act(lambda context: stop_actor(context.tx, ANNA, context.now))
    assert await _waiting(node) == []
