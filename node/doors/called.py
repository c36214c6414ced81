"""Which actor of ours a path of the form `/c/HANDLE` means."""

from __future__ import annotations

from aiohttp import web

from node.community import channels_store as channels
from node.community.model import Channel, is_handle
from node.errors import NotFound
from node.services import NODE, Node

_NOBODY = "There is no such actor here."


async def actor_called(request: web.Request) -> str:
    """The address of the community, or of a channel that there is. Raises: NotFound."""
    node, handle = request.app[NODE], request.match_info["handle"]
    if handle == node.urls.handle:
        return node.urls.community
    channel = await living_channel(node, handle)
    if channel is None:
        raise NotFound(_NOBODY)
    return channel.actor


async def living_channel(node: Node, handle: str) -> Channel | None:
    """The channel of this handle, unless it was removed."""
    channel = await known_channel(node, handle)
    return channel if channel and channel.removed is None else None


async def known_channel(node: Node, handle: str) -> Channel | None:
    """The channel of this handle, a removed one too; whatever is no handle asks no database."""
    if not is_handle(handle):
        return None
    return await node.look(lambda tx: channels.by_handle(tx, handle))
