"""Operations on a node that was restored and is held back until somebody lets it go on."""

from __future__ import annotations

from typing import Any

from node.backup import holding
from node.context import Context
from node.ids import rfc3339
from node.operations.people import actor
from node.operations.registry import Arguments, operation
from node.services import Node
from node.storage import queue

Json = dict[str, Any]


@operation("restore.release")
async def release(node: Node, arguments: Arguments) -> Json:
    """How long the node was held back, and how many deliveries go on; with `discard` those that
    waited when the backup was made are given up first."""
    by = actor(arguments)

    async def work(context: Context) -> tuple[holding.Hold, int]:
        held = await holding.release(context, by)
        gone = 0
        if arguments.get("discard") is True:
            gone = await queue.discard_before(context.tx, context.now, held.taken)
        return held, gone

    held, gone = await node.act(work)
    await holding.look(node)
    return {
        "id": "restore",
        "taken": rfc3339(held.taken),
        "held_since": rfc3339(held.since),
        "discarded": gone,
        "waiting": (await node.look(queue.counts))["waiting"],
    }
