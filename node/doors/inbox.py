"""The inbox: HTTP on one side, federation on the other. It carries bytes and decides nothing."""

from __future__ import annotations

import asyncio

from aiohttp import web

from federation.inward.answer import Answer
from federation.inward.inbox import LARGEST_BODY
from federation.ports import Receipt
from keys.message import Request
from node.doors.called import actor_called
from node.errors import NotFound
from node.members import persona_store
from node.services import NODE
from node.storage.buried import is_buried
from node.web.answers import problem
from node.web.sources import source_of

_WORTH_READING = 64 * 1024
"""A body up to this size is read though it was refused: that is cheaper than a new connection."""
_TOO_LARGE = Answer(status=413, reason="too-large")
_TOO_SLOW = Answer(status=408, reason="body-too-slow")
_HELD = Answer(status=503, reason="restored", retry_after=600)


async def post_shared_inbox(request: web.Request) -> web.Response:
    """An activity for anybody here."""
    return await _receive(request, request.app[NODE].urls.shared_inbox)


async def post_inbox(request: web.Request) -> web.Response:
    """An activity for the community or a language channel."""
    actor = await actor_called(request)
    return await _receive(request, request.app[NODE].urls.inbox(actor))


async def post_relay_inbox(request: web.Request) -> web.Response:
    """An activity for the relay."""
    urls = request.app[NODE].urls
    return await _receive(request, urls.inbox(urls.relay))


async def post_member_inbox(request: web.Request) -> web.Response:
    """An activity for a member's own actor; 410 where it was taken back."""
    node = request.app[NODE]
    actor = node.urls.member(request.match_info["id"])
    if await node.look(lambda tx: is_buried(tx, actor)):
        return web.Response(status=410)
    if await node.look(lambda tx: persona_store.by_actor(tx, node.urls, actor)) is None:
        raise NotFound("There is no such actor here.")
    return await _receive(request, node.urls.inbox(actor))


async def _receive(request: web.Request, inbox: str) -> web.Response:
    node = request.app[NODE]
    if not node.released.is_set():
        return _told(_HELD, unread=(request.content_length or LARGEST_BODY) > _WORTH_READING)
    address = source_of(request, node.config.trusted_proxies, node.config.private_peers)
    head = Request(
        method=request.method,
        url=node.urls.origin + request.raw_path,
        headers=tuple(request.headers.items()),
    )
    refusal = await node.inbox.admit(head, address=address, length=request.content_length)
    if refusal is not None:
        return _told(refusal, unread=(request.content_length or LARGEST_BODY) > _WORTH_READING)
    body = await _body(request, node.body_seconds)
    if isinstance(body, Answer):
        node.counters.count("inbox", body.reason)
        return _told(body, unread=True)
    answer = await node.inbox.receive(head.with_body(body), inbox, address=address)
    if answer.receipt not in (None, Receipt.SEEN_BEFORE):
        node.intake_wake.set()
    return _told(answer, unread=False)


async def _body(request: web.Request, seconds: float) -> bytes | Answer:
    """The body; an answer as soon as it is too large or too slow (security: G01, G09)."""
    if request.content.is_eof():
        # Small ones come in one piece with their heads: nothing has to be waited for.
        body = request.content.read_nowait()
        return body if len(body) <= LARGEST_BODY else _TOO_LARGE
    return await _arriving(request, seconds)


async def _arriving(request: web.Request, seconds: float) -> bytes | Answer:
    chunks, size = [], 0
    try:
        async with asyncio.timeout(seconds):
            while chunk := await request.content.readany():
                size += len(chunk)
                if size > LARGEST_BODY:
                    return _TOO_LARGE
                chunks.append(chunk)
    except TimeoutError:
        return _TOO_SLOW
    return b"".join(chunks)


def _told(answer: Answer, *, unread: bool) -> web.Response:
    if answer.status == 202:
        return web.Response(status=202)
    headers = {}
    if answer.status in (429, 503):
        headers["Retry-After"] = str(answer.retry_after or 60)
    # Whether a server, one actor or all who are not on a list are meant is nobody's business
    # (security: K10).
    reason = "refused" if answer.status == 403 else answer.reason
    response = problem(answer.status, reason, "This activity was not taken in.", headers)
    if unread:
        # What is still on its way is not worth reading to the end.
        response.force_close()
    return response
