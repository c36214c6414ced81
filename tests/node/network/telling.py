"""What somebody else's server tells our node, and what becomes of it."""

from __future__ import annotations

from typing import Any

from node.services import Node
from tests.support.neighbours import Neighbour, outcome
from tests.support.nodes import do

Json = dict[str, Any]


async def followed(node: Node, there: Neighbour, actor: str) -> None:
    """We follow this actor, who agrees."""
    await do(node, "network.follow", actor=actor)
    follow = (await there.comes(actor, "Follow"))[0]
    assert await tell(node, there, there.activity("Accept", actor, follow)) == "done"


async def tell(node: Node, there: Neighbour, activity: Json) -> str:
    """What became of an activity sent to our community."""
    await there.insists(node.urls.inbox(node.urls.community), activity)
    return await outcome(node, activity["id"])


async def names(node: Node) -> list[Any]:
    """The names of all that is shown from others."""
    return [thing["name"] for thing in await do(node, "network.timeline")]
