"""Members' own actors and what they write, as documents; for people there are pages.

Whoever does not prove who asks gets of an actor only what is needed to check its signatures, and of
posts those for everybody. What is not for the reader is answered as what is not there (security:
K01, K07, DP11).
"""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from activitypub.collections import ordered_collection
from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import ACTIVITY_JSON, PUBLIC
from activitypub.negotiation import wants_activity
from federation.ports import RemoteActor
from node.community import store as community_store
from node.doors.readers import check_reader, message_of, stub
from node.errors import NotFound
from node.members import persona_pages, persona_store, post_store
from node.members.document import create_of, note_document, person_document, tombstone
from node.members.model import Audience, Persona, Post, PostState
from node.services import NODE, Node
from node.storage.buried import is_buried
from node.storage.database import Transaction
from node.storage.outbox import public_activity
from node.web.answers import document_answer

Json = dict[str, Any]
_HEADERS = {"Vary": "Accept, Signature", "Cache-Control": "private, no-store"}
_NOBODY = "There is nobody of that name here."
_NO_POST = "There is no such post here."
_NO_COLLECTION = "There is no such collection here."
_SHOWN_IN_OUTBOX = 20


async def get_member(request: web.Request) -> web.StreamResponse:
    """A member's own actor, or its page; 410 for ever once she took it back."""
    node = request.app[NODE]
    if not wants_activity(request.headers.get("Accept", "")):
        return await persona_pages.get_persona(request)
    persona = await _persona(request, _NOBODY)
    if isinstance(persona, web.Response):
        return persona
    keys = await node.look(community_store.keys)
    document = person_document(persona, keys, node.urls)
    whole = await _reader(request) is not None
    return _answer(request, document if whole else stub(document))


async def get_post(request: web.Request) -> web.StreamResponse:
    """A post: to everybody, to followers who prove it, or to the one it was written to."""
    if not wants_activity(request.headers.get("Accept", "")):
        return await persona_pages.get_post(request)
    await check_reader(request, _NO_POST)
    persona = await _persona(request, _NO_POST)
    if isinstance(persona, web.Response):
        return persona
    node, post_id = request.app[NODE], request.match_info["post"]
    post = await node.look(lambda tx: post_store.find(tx, persona.id, post_id))
    # Of whoever hid everything, or was shut out, only what was deleted elsewhere is told.
    is_silent = persona.hidden_at is not None and post and post.state is PostState.SHOWN
    if post is None or is_silent or not await _may_read(request, persona, post):
        raise NotFound(_NO_POST)
    if post.state is not PostState.SHOWN:
        return _gone(tombstone(node.urls.member_post(persona.id, post.id), "Note", post.updated))
    return _answer(request, note_document(persona, post, node.urls))


async def get_activity(request: web.Request) -> web.StreamResponse:
    """An activity of a member's own actor that was for everybody."""
    await check_reader(request, _NO_POST)
    persona = await _persona(request, _NO_POST)
    if isinstance(persona, web.Response):
        return persona
    node = request.app[NODE]
    address = node.urls.member_activity(persona.id, request.match_info["activity"])
    body = await node.look(lambda tx: public_activity(tx, address))
    said: Json = orjson.loads(body) if body else {}
    if persona.hidden_at or PUBLIC not in [*said.get("to", []), *said.get("cc", [])]:
        raise NotFound(_NO_POST)
    return _answer(request, said)


async def get_collection(request: web.Request) -> web.StreamResponse:
    """What she wrote for everybody, for readers who prove who they are; never who follows her."""
    await check_reader(request, _NO_COLLECTION)
    persona = await _persona(request, _NO_COLLECTION)
    if isinstance(persona, web.Response):
        return persona
    node, name = request.app[NODE], request.match_info["collection"]
    address = node.urls.collection(node.urls.member(persona.id), name)
    document = ordered_collection(address, 0, items=[])
    if name == "outbox":
        # Not how many: a number tells of what was written for others (security: K08).
        del document["totalItems"]
        if persona.hidden_at is None and await _reader(request):
            document["orderedItems"] = await _written(node, persona)
    return _answer(request, {"@context": OBJECT_CONTEXT, **document})


async def _written(node: Node, persona: Persona) -> list[Json]:
    async def read(tx: Transaction) -> list[Post]:
        return await post_store.public(tx, persona.id, PostState.SHOWN, limit=_SHOWN_IN_OUTBOX)

    return [create_of(persona, post, node.urls) for post in await node.look(read)]


async def _persona(request: web.Request, absent: str) -> Persona | web.Response:
    """The persona in the path, or the answer that it is no more. Raises: NotFound."""
    node = request.app[NODE]
    actor = node.urls.member(request.match_info["id"])
    persona = await node.look(lambda tx: persona_store.by_actor(tx, node.urls, actor))
    if persona is not None:
        return persona
    if await node.look(lambda tx: is_buried(tx, actor)):
        # The same for every address below it, whether or not there was anything.
        kind = "Person" if "post" not in request.match_info else "Note"
        return _gone(tombstone(f"{node.urls.origin}{request.path}", kind))
    raise NotFound(absent)


async def _may_read(request: web.Request, persona: Persona, post: Post) -> bool:
    if post.audience is Audience.PUBLIC:
        return True
    reader = await _reader(request)
    node = request.app[NODE]
    if reader is None or await node.actors.doubtful([reader.id]):
        return False
    if post.to and post.to.actor == reader.id:
        return True
    followers = await node.look(
        lambda tx: persona_store.followers(tx, node.urls.member(persona.id))
    )
    is_follower = any(actor == reader.id for actor, _ in followers)
    return is_follower and post.audience is Audience.FOLLOWERS


async def _reader(request: web.Request) -> RemoteActor | None:
    return await request.app[NODE].readers.reader(message_of(request))


def _gone(document: Json) -> web.Response:
    """What was here and is no more. Spec: ActivityPub 6.4"""
    return web.Response(
        status=410, body=orjson.dumps(document), content_type=ACTIVITY_JSON, headers=_HEADERS
    )


def _answer(request: web.Request, document: Json) -> web.StreamResponse:
    return document_answer(request, orjson.dumps(document), ACTIVITY_JSON, _HEADERS)
