"""What lies under `/c/HANDLE`: the community, and beside it its language channels."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from activitypub.collections import ordered_collection
from activitypub.contexts import OBJECT_CONTEXT
from activitypub.negotiation import wants_activity
from node.community import key_store
from node.community import store as community_store
from node.community.model import Channel
from node.community.portraits import portrait
from node.doors.called import known_channel
from node.doors.documents import activity_answer, get_collection, get_community, gone, rounded
from node.doors.readers import check_reader, may_read, message_of, stub
from node.errors import NotFound
from node.events import sharing_store as shares
from node.events.sharing import announce
from node.ids import is_id, rfc3339
from node.services import NODE, Node
from node.storage.database import Transaction

Json = dict[str, Any]
_PAGE = 20
_MOST = 100
_COLLECTIONS = ("outbox", "followers", "following", "featured")
_NOBODY = "There is no such community here."
_NO_COLLECTION = "There is no such collection here."


async def get_group(request: web.Request) -> web.StreamResponse:
    """The community, or a channel of it: its actor, or the home page in its language; 410 once it
    was removed."""
    node, handle = request.app[NODE], request.match_info["handle"]
    if handle == node.urls.handle:
        return await get_community(request)
    channel = await known_channel(node, handle)
    if channel is None:
        raise NotFound(_NOBODY)
    if channel.removed is not None:
        return gone(orjson.dumps(_tombstone(channel)))
    if not wants_activity(request.headers.get("Accept", "")):
        raise web.HTTPSeeOther(f"/?lang={channel.language}", headers={"Vary": "Accept"})
    return await _actor(request, node, channel)


async def get_group_collection(request: web.Request) -> web.StreamResponse:
    """A collection of the community or of a channel."""
    node, handle = request.app[NODE], request.match_info["handle"]
    if handle == node.urls.handle:
        return await get_collection(request)
    await check_reader(request, _NO_COLLECTION)
    channel, name = await known_channel(node, handle), request.match_info["collection"]
    if channel is None or channel.removed is not None or name not in _COLLECTIONS:
        raise NotFound(_NO_COLLECTION)
    if name == "outbox" and "page" in request.query:
        document = await _page(node, channel, request.query.get("before"))
    else:
        document = await node.look(lambda tx: _collection(tx, node, channel, name))
    return activity_answer(request, {"@context": OBJECT_CONTEXT, **document})


async def _actor(request: web.Request, node: Node, channel: Channel) -> web.StreamResponse:
    asker = node.readers.claimed_host(message_of(request))

    async def read(tx: Transaction) -> Json:
        keys = await key_store.shown_to(tx, channel.actor, asker)
        return await portrait(tx, node.urls, channel.actor, keys)

    whole = await may_read(request)
    document = await node.look(read)
    return activity_answer(request, document if whole else stub(document))


def _tombstone(channel: Channel) -> Json:
    assert channel.removed is not None
    return {
        "@context": OBJECT_CONTEXT,
        "id": channel.actor,
        "type": "Tombstone",
        "formerType": "Group",
        "deleted": rfc3339(channel.removed),
    }


async def _collection(tx: Transaction, node: Node, channel: Channel, name: str) -> Json:
    address = node.urls.collection(channel.actor, name)
    if name == "outbox":
        number = await shares.count(tx, channel.actor)
        return ordered_collection(address, number, first=f"{address}?page=1")
    if name == "followers":
        count = await community_store.follower_count(tx, channel.actor)
        return ordered_collection(address, rounded(count))
    if name == "following":
        return ordered_collection(address, 0, items=[])
    events = await shares.upcoming(tx, channel.actor, node.clock.now(), _MOST)
    items = [node.urls.event(event.id) for event in events]
    return ordered_collection(address, len(items), items=items)


async def _page(node: Node, channel: Channel, before: str | None) -> Json:
    """What the channel shares, newest first, a page at a time. Raises: NotFound."""
    if before is not None and not is_id(before):
        raise NotFound(_NO_COLLECTION)
    total = await node.look(lambda tx: shares.count(tx, channel.actor))
    found = await node.look(lambda tx: shares.latest(tx, channel.actor, _PAGE, before))
    address = node.urls.collection(channel.actor, "outbox")
    page: Json = {
        "id": f"{address}?page=1" + (f"&before={before}" if before else ""),
        "type": "OrderedCollectionPage",
        "partOf": address,
        "totalItems": total,
        "orderedItems": [announce(one, node.urls) for one in found],
    }
    if len(found) == _PAGE:
        page["next"] = f"{address}?page=1&before={found[-1].activity}"
    return page
