"""From what a person of ours types to a follow of the community."""

from __future__ import annotations

from federation.errors import FederationError, Malformed
from node.errors import Invalid, NotFound, Unavailable
from node.network import actions
from node.network.model import Following
from node.services import Node


async def ask_to_follow(node: Node, wanted: str) -> Following:
    """The follow, asked for. `wanted`: a handle or an address, as `Discovery.find` takes it.

    Raises: Invalid, NotFound, Unavailable, Conflict.
    """
    if not wanted:
        raise Invalid({"actor": "is missing"})
    try:
        actor = await node.discovery.find(wanted)
        handle = await node.discovery.handle_of(actor)
    except Malformed as wrong:
        raise Invalid({"actor": f"is not a handle or an address: {wrong}"}) from wrong
    except FederationError as trouble:
        raise told(wanted, trouble) from trouble
    return await node.act(lambda context: actions.follow(context, actor, handle))


def told(wanted: str, trouble: FederationError) -> Exception:
    """The same for a person: it may be there later, or it is not."""
    if trouble.retry:
        return Unavailable(f"{wanted} cannot be reached now: {trouble}")
    return NotFound(f"{wanted} was not found: {trouble}")
