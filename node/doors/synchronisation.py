"""Who follows us from your server: for whoever signs for that server, and for nobody else."""

from __future__ import annotations

import orjson
from aiohttp import web

from activitypub.collections import ordered_collection
from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import ACTIVITY_JSON
from federation.followers.synchronisation import LONGEST_LIST
from federation.ports import RemoteActor
from node.doors.called import actor_called
from node.doors.readers import message_of
from node.errors import NotFound
from node.services import NODE, Node
from node.storage.digests import StoredDigests
from node.web.headers import DATA_HEADERS

_NOTHING = "There is no such collection here."


async def get_followers(request: web.Request) -> web.StreamResponse:
    """Who follows the community or a channel on the server of whoever signs; 404 for others."""
    return await _answer(request, request.app[NODE], await actor_called(request))


async def get_relay_followers(request: web.Request) -> web.StreamResponse:
    """The relay's followers on the server of whoever signs; 404 for all others."""
    node = request.app[NODE]
    return await _answer(request, node, node.urls.relay)


async def get_member_followers(request: web.Request) -> web.StreamResponse:
    """The followers of a member's own actor on the server of whoever signs; 404 for all others."""
    node = request.app[NODE]
    return await _answer(request, node, node.urls.member(request.match_info["id"]))


async def _answer(request: web.Request, node: Node, actor: str) -> web.StreamResponse:
    digests = StoredDigests(node.database)
    reader = await _reader(request, node, digests, actor)
    if reader is None:
        raise NotFound(_NOTHING)
    found = await digests.on_host(actor, reader.host)
    document = ordered_collection(node.urls.synchronisation(actor), len(found), items=found)
    body = orjson.dumps({"@context": OBJECT_CONTEXT, **document})
    # Each server gets another list, and no cache between may keep any of them.
    headers = {"Content-Type": ACTIVITY_JSON, "Cache-Control": "private, no-store", **DATA_HEADERS}
    return web.Response(body=body, headers=headers)


async def _reader(
    request: web.Request, node: Node, digests: StoredDigests, actor: str
) -> RemoteActor | None:
    """Who asks, if she proves it and her server has followers here."""
    message = message_of(request)
    host = node.readers.claimed_host(message)
    # Nobody's key is fetched for the sake of an empty list.
    if host is None or not 0 < (await digests.digest(actor, host)).number <= LONGEST_LIST:
        return None
    reader = await node.readers.reader(message)
    if reader is None or reader.host != host or await node.actors.doubtful([reader.id]):
        return None
    return reader
