"""Our actors and objects: ActivityPub for programs, a page for people, at the same address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from aiohttp import web

from activitypub.collections import ordered_collection
from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import ACTIVITY_JSON, PUBLIC
from activitypub.negotiation import wants_activity
from node.community import key_store
from node.community import store as community_store
from node.community.portraits import portrait
from node.doors.direct import get_direct_note
from node.doors.readers import check_reader, is_stranger, may_read, message_of, stub
from node.errors import NotFound
from node.events import pages as events_pages
from node.events import store as events_store
from node.events.model import State
from node.ids import is_id, moment, rfc3339
from node.network import pages as network_pages
from node.network import store as network_store
from node.services import NODE, Node
from node.storage.database import Transaction
from node.storage.outbox import public_activity
from node.urls import COLLECTIONS, Urls
from node.web.answers import document_answer

Json = dict[str, Any]
_VARY = {"Vary": "Accept"}
_PAGE = 20
_NO_EVENT = "There is no such event here."
_NO_NOTE = "There is no such note here."
_NO_ACTIVITY = "There is no such activity here."
_NO_COLLECTION = "There is no such collection here."


async def get_community(request: web.Request) -> web.StreamResponse:
    """The community's actor, or its home page."""
    node = request.app[NODE]
    if request.match_info["handle"] != node.urls.handle:
        raise NotFound("There is no such community here.")
    if not wants_activity(request.headers.get("Accept", "")):
        return await network_pages.get_home(request)
    asker = node.readers.claimed_host(message_of(request))

    async def read(tx: Transaction) -> Json:
        keys = await key_store.shown_to(tx, node.urls.community, asker)
        return await portrait(tx, node.urls, node.urls.community, keys)

    whole = await may_read(request)
    document = await node.look(read)
    return activity_answer(request, document if whole else stub(document))


async def get_relay(request: web.Request) -> web.StreamResponse:
    """The node's own actor, readable by everybody without a signature."""
    node = request.app[NODE]
    asker = node.readers.claimed_host(message_of(request))

    async def read(tx: Transaction) -> Json:
        keys = await key_store.shown_to(tx, node.urls.relay, asker)
        return await portrait(tx, node.urls, node.urls.relay, keys)

    document = await node.look(read)
    return activity_answer(request, stub(document) if is_stranger(request) else document)


async def get_event(request: web.Request) -> web.StreamResponse:
    """An event as an object or as a page; 410 with a Tombstone once it was deleted."""
    node = request.app[NODE]
    event_id = request.match_info["id"]
    if not wants_activity(request.headers.get("Accept", "")):
        return await events_pages.get_event(request)
    await check_reader(request, _NO_EVENT)
    found = await node.look(lambda tx: events_store.document_of(tx, event_id))
    if found is None:
        raise NotFound(_NO_EVENT)
    state, body = found
    if state is State.DELETED:
        return gone(body)
    return document_answer(request, body, ACTIVITY_JSON, _VARY)


async def get_note(request: web.Request) -> web.StreamResponse:
    """A note of the community; people are sent to its event; 410 once that was deleted."""
    node = request.app[NODE]
    if wants_activity(request.headers.get("Accept", "")):
        await check_reader(request, _NO_NOTE)
    body = await node.look(lambda tx: events_store.note(tx, request.match_info["id"]))
    if body is None:
        return await get_direct_note(request, _NO_NOTE)
    if orjson.loads(body)["type"] == "Tombstone":
        return gone(body)
    if not wants_activity(request.headers.get("Accept", "")):
        raise web.HTTPSeeOther(orjson.loads(body)["url"], headers=_VARY)
    return document_answer(request, body, ACTIVITY_JSON, _VARY)


async def get_activity(request: web.Request) -> web.StreamResponse:
    """An activity of ours that was for everybody; the others are nobody's business."""
    node = request.app[NODE]
    await check_reader(request, _NO_ACTIVITY)
    address = node.urls.activity(request.match_info["id"])
    body = await node.look(lambda tx: public_activity(tx, address))
    if body is None or not _is_for_all(orjson.loads(body)):
        raise NotFound(_NO_ACTIVITY)
    return document_answer(request, body, ACTIVITY_JSON, _VARY)


def _is_for_all(activity: Json) -> bool:
    """Whether anybody may read it, listed or not."""
    return PUBLIC in [*activity.get("to", []), *activity.get("cc", [])]


async def get_collection(request: web.Request) -> web.StreamResponse:
    """One of the community's collections."""
    node = request.app[NODE]
    await check_reader(request, _NO_COLLECTION)
    name = request.match_info["collection"]
    if request.match_info["handle"] != node.urls.handle or name not in COLLECTIONS:
        raise NotFound(_NO_COLLECTION)
    if name == "outbox":
        return await _outbox(request, node)
    address = node.urls.collection(node.urls.community, name)
    document = await node.look(lambda tx: _collection(tx, node, name, address))
    return activity_answer(request, {"@context": OBJECT_CONTEXT, **document})


async def get_relay_collection(request: web.Request) -> web.StreamResponse:
    """The relay's collections: only how many, never who."""
    node = request.app[NODE]
    await check_reader(request, _NO_COLLECTION)
    name = request.match_info["collection"]
    if name not in ("outbox", "followers", "following"):
        raise NotFound(_NO_COLLECTION)
    address = node.urls.collection(node.urls.relay, name)
    return activity_answer(
        request, {"@context": OBJECT_CONTEXT, **ordered_collection(address, 0, items=[])}
    )


async def _collection(tx: Transaction, node: Node, name: str, address: str) -> Json:
    if name == "followers":
        count = await community_store.follower_count(tx, node.urls.community)
        return ordered_collection(address, rounded(count))
    if name == "following":
        return ordered_collection(address, len(await network_store.following(tx)))
    if name in ("featured", "upcoming", "events"):
        items = await _upcoming(tx, node.urls, node.clock.now())
        return ordered_collection(address, len(items), items=items)
    return ordered_collection(address, 0, items=[])


async def _upcoming(tx: Transaction, urls: Urls, now: datetime) -> Sequence[str]:
    """Addresses only: Mastodon passes over embedded events here (mastodon: 1.4)."""
    return [urls.event(event.id) for event in await events_store.upcoming(tx, now, limit=100)]


async def _outbox(request: web.Request, node: Node) -> web.StreamResponse:
    """What the community published, newest first, a page at a time."""
    address = node.urls.collection(node.urls.community, "outbox")
    total = await node.look(events_store.count)
    if "page" not in request.query:
        document = ordered_collection(address, total, first=f"{address}?page=1")
        return activity_answer(request, {"@context": OBJECT_CONTEXT, **document})
    before = request.query.get("before")
    if before is not None and not is_id(before):
        # Neither asked of the database nor told back in the page's own id (security: G17, L07).
        raise NotFound(_NO_COLLECTION)
    rows = await node.look(lambda tx: events_store.created(tx, _PAGE, before))
    here = f"{address}?page=1" + (f"&before={before}" if before else "")
    page: Json = {
        "@context": OBJECT_CONTEXT,
        "id": here,
        "type": "OrderedCollectionPage",
        "partOf": address,
        "totalItems": total,
        "orderedItems": [_create(node.urls, *row) for row in rows],
    }
    if len(rows) == _PAGE:
        page["next"] = f"{address}?page=1&before={rows[-1][0]}"
    return activity_answer(request, page)


def _create(urls: Urls, event_id: str, create_id: str, body: bytes, published: str) -> Json:
    document = orjson.loads(body)
    document.pop("@context", None)
    return {
        "id": urls.activity(create_id),
        "type": "Create",
        "actor": urls.community,
        "published": rfc3339(moment(published)),
        "to": document["to"],
        "cc": document["cc"],
        "object": document,
    }


def gone(tombstone: bytes) -> web.Response:
    """What was here and is no more. Spec: ActivityPub 6.4"""
    return web.Response(status=410, body=tombstone, content_type=ACTIVITY_JSON, headers=_VARY)


def rounded(count: int) -> int:
    """A number of people that does not tell of one who comes or goes (security: K09)."""
    return (count + 5) // 10 * 10


def activity_answer(request: web.Request, document: Json) -> web.StreamResponse:
    """An ActivityPub document."""
    return document_answer(request, orjson.dumps(document), ACTIVITY_JSON, _VARY)
