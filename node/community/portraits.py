"""Our actors as they are at this moment, each in the document that others read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import PUBLIC
from node.community import actions, store
from node.community import channels_store as channels
from node.community.document import channel_document, community_document, relay_document
from node.community.model import ActorKey
from node.context import Context
from node.errors import NotFound
from node.ids import rfc3339
from node.storage.database import Transaction
from node.urls import Urls

Json = dict[str, Any]


Paint = Callable[[Transaction, Urls, str, Sequence[ActorKey]], Awaitable[Json | None]]
_PAINTERS: list[Paint] = []


def register(paint: Paint) -> Paint:
    """Let a room above show actors of its own; None for those that are not."""
    if paint not in _PAINTERS:
        _PAINTERS.append(paint)
    return paint


async def portrait(tx: Transaction, urls: Urls, actor: str, keys: Sequence[ActorKey]) -> Json:
    """The document of one of our actors; of `keys` it shows its own. Raises: NotFound."""
    community = await actions.the_community(tx)
    if actor == urls.relay:
        return relay_document(community, keys, urls)
    if actor == urls.community:
        return community_document(community, keys, urls, await channels.living(tx))
    channel = await channels.by_actor(tx, actor)
    if channel is not None:
        return channel_document(channel, community, keys, urls)
    for paint in _PAINTERS:
        if (found := await paint(tx, urls, actor, keys)) is not None:
            return found
    raise NotFound("There is no such actor here.")


async def update_of(context: Context, actor: str) -> Json:
    """The Update by which one of our actors shows itself as it is now. Raises: NotFound."""
    document = await portrait(context.tx, context.urls, actor, await store.keys(context.tx))
    stamp = rfc3339(context.now)
    return {
        "@context": document.pop("@context", OBJECT_CONTEXT),
        "id": _new_id(context, actor),
        "type": "Update",
        "actor": actor,
        "published": stamp,
        "to": [PUBLIC],
        "cc": [context.urls.collection(actor, "followers")],
        "object": {**document, "updated": stamp},
    }


def _new_id(context: Context, actor: str) -> str:
    """Below a member's own actor for what it says: no address of ours stands for two of them."""
    urls, member = context.urls, context.urls.member_id(actor)
    new = context.new_id()
    return urls.member_activity(member, new) if member else urls.activity(new)
