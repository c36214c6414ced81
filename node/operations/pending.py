"""Operations on follows that wait for somebody here to say yes."""

from __future__ import annotations

from typing import Any

from node.community import pending
from node.community.model import Follower
from node.errors import Invalid
from node.ids import rfc3339
from node.moderation import store
from node.operations.registry import Arguments, operation
from node.services import Node
from node.storage.database import Transaction

Json = dict[str, Any]


@operation("network.pending")
async def pending_followers(node: Node, arguments: Arguments) -> list[Json]:
    """Who wants to follow and waits for us, longest first."""

    async def read(tx: Transaction) -> list[Json]:
        return [_follower_json(one) for one in await pending.waiting(tx)]

    return await node.look(read)


@operation("network.approve")
async def approve(node: Node, arguments: Arguments) -> Json:
    """The new follower. `actor`: id or handle."""
    actor = await _waiting(node, arguments)
    return _follower_json(await node.act(lambda context: pending.approve(context, actor)))


@operation("network.reject")
async def reject(node: Node, arguments: Arguments) -> Json:
    """Who is told that she may not follow. `actor`: id or handle."""
    actor = await _waiting(node, arguments)
    return _follower_json(await node.act(lambda context: pending.reject(context, actor)))


async def _waiting(node: Node, arguments: Arguments) -> str:
    given = str(arguments.get("actor") or "")
    if not given:
        raise Invalid({"actor": "is missing"})
    handle = given.removeprefix("@")
    found = await node.look(lambda tx: store.actor_of_handle(tx, handle))
    return found or given


def _follower_json(one: Follower) -> Json:
    return {
        "id": one.actor,
        "inbox": one.inbox,
        "follows": one.community,
        "since": rfc3339(one.since),
    }
