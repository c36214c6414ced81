"""The inbox: HTTP on one side, federation on the other. It carries bytes and decides nothing."""

from __future__ import annotations

from aiohttp import web

from federation.inbox import LARGEST_BODY
from keys.message import Request
from node.errors import NotFound
from node.services import NODE
from node.web.answers import problem


async def post_shared_inbox(request: web.Request) -> web.Response:
    """An activity for anybody here."""
    return await _receive(request, request.app[NODE].urls.shared_inbox)


async def post_inbox(request: web.Request) -> web.Response:
    """An activity for the community."""
    urls = request.app[NODE].urls
    if request.match_info["handle"] != urls.handle:
        raise NotFound("There is no such actor here.")
    return await _receive(request, urls.inbox(urls.community))


async def post_relay_inbox(request: web.Request) -> web.Response:
    """An activity for the relay."""
    urls = request.app[NODE].urls
    return await _receive(request, urls.inbox(urls.relay))


async def _receive(request: web.Request, inbox: str) -> web.Response:
    node = request.app[NODE]
    if request.content_length is not None and request.content_length > LARGEST_BODY:
        return problem(413, "too-large", f"An activity has at most {LARGEST_BODY} bytes.")
    message = Request(
        method=request.method,
        url=node.urls.origin + request.raw_path,
        headers=tuple(request.headers.items()),
        body=await request.read(),
    )
    answer = await node.inbox.receive(message, inbox)
    if answer.status == 202:
        node.intake_wake.set()
        return web.Response(status=202)
    headers = {"Retry-After": "60"} if answer.status == 503 else {}
    return problem(answer.status, answer.reason, "This activity was not taken in.", headers)
