"""A new event, and what becomes of it in the queue."""

from __future__ import annotations

from typing import Any

from node.services import Node
from tests.support.nodes import EVENT, do, until

Json = dict[str, Any]


async def publish(node: Node) -> str:
    """The id of a new event."""
    return str((await do(node, "event.publish", document=EVENT))["id"])


async def attempted(node: Node, attempts: int = 1, number: int = 1) -> list[Json]:
    """What is in the queue, once so many deliveries had so many attempts that came to an end."""

    async def ended() -> list[Json]:
        rows: list[Json] = await do(node, "queue.list")
        tried = [row for row in rows if row["attempts"] >= attempts and row["reason"]]
        return rows if len(tried) >= number else []

    rows: list[Json] = await until(ended)
    return rows


async def empty(node: Node) -> None:
    """Returns once nothing waits and nothing is parked."""

    async def holds() -> Any:
        return await do(node, "queue.list") == []

    await until(holds)
