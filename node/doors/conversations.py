"""What others find of a conversation: collections of each thing, our answers, stamps for quotes."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import ACTIVITY_JSON
from activitypub.negotiation import wants_activity
from node.conversations import answers_store, quotes, reactions, subjects, threads
from node.conversations import pages as conversation_pages
from node.conversations.leafing import leads_to
from node.conversations.model import Visibility
from node.doors.readers import check_reader
from node.errors import NotFound
from node.ids import is_id
from node.services import NODE, Node
from node.storage.database import Transaction
from node.urls import ID_PATTERN
from node.web.answers import document_answer

Json = dict[str, Any]
THREAD_PATH = f"/{{kind:[a-z]}}/{ID_PATTERN}/{{collection:replies|likes|shares|context}}"
_VARY = {"Vary": "Accept"}
_NOTHING = "There is nothing here to answer."
_NO_ANSWER = "There is no such answer here."
_NO_STAMP = "There is no such stamp here."


async def get_thread(request: web.Request) -> web.StreamResponse:
    """What others have to say about a thing of ours: replies, the whole thread, or numbers."""
    node = request.app[NODE]
    await check_reader(request, _NOTHING)
    thing = f"{node.urls.origin}/{request.match_info['kind']}/{request.match_info['id']}"
    name, after = request.match_info["collection"], request.query.get("after")
    if after is not None and not is_id(after):
        raise NotFound(_NOTHING)
    found = await node.look(lambda tx: _collection(tx, node, thing, name, after))
    if found is None:
        raise NotFound(_NOTHING)
    body = orjson.dumps({"@context": OBJECT_CONTEXT, **found})
    return document_answer(request, body, ACTIVITY_JSON, _VARY)


async def _collection(
    tx: Transaction, node: Node, thing: str, name: str, after: str | None
) -> Json | None:
    """The collection, None where there is none. Names stand in no collection, only numbers."""
    found = await subjects.subject_of(tx, node.urls, thing)
    if found is None or not found.public or (name == "context" and not threads.is_root(found)):
        return None
    address = f"{thing}/{name}"
    if name in ("likes", "shares"):
        counts = await reactions.counts(tx, thing)
        return {"id": address, "type": "Collection", "totalItems": getattr(counts, name)}
    if name == "replies":
        items, following = await threads.below(tx, node.urls, thing, after)
        total = await threads.number_below(tx, node.urls, thing)
        return _paged(address, "Collection", "items", items, total, following, after)
    items, following = await threads.whole(tx, node.urls, thing, after)
    total = await threads.number_in(tx, node.urls, thing)
    thread = _paged(address, "OrderedCollection", "orderedItems", items, total, following, after)
    return {**thread, "attributedTo": node.urls.community}


def _paged(
    address: str,
    kind: str,
    key: str,
    items: list[str],
    total: int,
    following: str | None,
    after: str | None,
) -> Json:
    """The first page lies within the collection: that saves whoever walks it one request."""
    page: Json = {
        "id": f"{address}?after={after}" if after else f"{address}?page=1",
        "type": f"{kind}Page",
        "partOf": address,
        key: items,
    }
    if following:
        page["next"] = f"{address}?after={following}"
    if after:
        return page
    return {"id": address, "type": kind, "totalItems": total, "first": page}


async def get_answer(request: web.Request) -> web.StreamResponse:
    """An answer of the community to everybody, as an object or a page; 410 once deleted."""
    node = request.app[NODE]
    as_object = wants_activity(request.headers.get("Accept", ""))
    if as_object:
        await check_reader(request, _NO_ANSWER)
    answer_id = request.match_info["id"]
    answer = await node.look(lambda tx: answers_store.find(tx, answer_id))
    if answer is None or answer.visibility is not Visibility.PUBLIC:
        raise NotFound(_NO_ANSWER)
    if answer.deleted:
        return web.Response(
            status=410, body=answer.document, content_type=ACTIVITY_JSON, headers=_VARY
        )
    if as_object:
        return document_answer(request, answer.document, ACTIVITY_JSON, _VARY)
    if answer.subject:
        path = await node.look(lambda tx: leads_to(tx, answer))
        raise web.HTTPSeeOther(path, headers=_VARY)
    return await conversation_pages.get_answer(request, answer)


async def get_stamp(request: web.Request) -> web.StreamResponse:
    """Our word that a post may quote something of ours; 404 once it is revoked."""
    node = request.app[NODE]
    await check_reader(request, _NO_STAMP)
    stamp_id = request.match_info["id"]
    given = await node.look(lambda tx: quotes.find(tx, stamp_id))
    if given is None or given.revoked:
        raise NotFound(_NO_STAMP)
    body = orjson.dumps(quotes.document(given, node.urls))
    return document_answer(request, body, ACTIVITY_JSON, _VARY)
