"""The JSON API: bearer tokens, the same operations as the command line, problems as RFC 9457."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from activitypub.errors import DocumentError
from activitypub.parsing import parse
from node.errors import Invalid
from node.operations import registry
from node.services import NODE
from node.web.answers import json_answer

Json = dict[str, Any]
LARGEST_DOCUMENT = 256 * 1024


async def post_event(request: web.Request) -> web.Response:
    """Publish an event."""
    event = await _perform(request, "event.publish", document=await _document(request))
    return json_answer(event, status=201, headers={"Location": event["id"]})


async def get_events(request: web.Request) -> web.Response:
    """Published events, newest first."""
    return json_answer(await _perform(request, "event.list", limit=_limit(request)))


async def get_event(request: web.Request) -> web.Response:
    """One event."""
    return json_answer(await _perform(request, "event.show", id=_id(request)))


async def put_event(request: web.Request) -> web.Response:
    """Give an event new content, all of it."""
    document = await _document(request)
    return json_answer(await _perform(request, "event.update", id=_id(request), document=document))


async def post_cancel_event(request: web.Request) -> web.Response:
    """Cancel an event; it stays to be seen. Body: nothing, or {"reason": text}."""
    document = await _document(request) if request.can_read_body else {}
    unknown = {key: "is not a field that we know" for key in document if key != "reason"}
    if unknown:
        raise Invalid(unknown)
    return json_answer(
        await _perform(request, "event.cancel", id=_id(request), reason=document.get("reason"))
    )


async def delete_event(request: web.Request) -> web.Response:
    """Delete an event; everybody who got it is asked to do the same."""
    return json_answer(await _perform(request, "event.delete", id=_id(request)))


async def get_timeline(request: web.Request) -> web.Response:
    """What arrived from other communities, newest first."""
    return json_answer(
        await _perform(
            request,
            "network.timeline",
            type=request.query.get("type"),
            limit=_limit(request),
            before=request.query.get("before"),
        )
    )


async def get_following(request: web.Request) -> web.Response:
    """Whom the community follows."""
    return json_answer(await _perform(request, "network.following"))


async def post_following(request: web.Request) -> web.Response:
    """Follow a community: {"actor": handle or address}."""
    document = await _document(request)
    followed = await _perform(request, "network.follow", actor=document.get("actor"))
    return json_answer(followed, status=201)


async def delete_following(request: web.Request) -> web.Response:
    """Follow no more: ?actor=HANDLE or address."""
    return json_answer(
        await _perform(request, "network.unfollow", actor=request.query.get("actor", ""))
    )


async def get_followers(request: web.Request) -> web.Response:
    """Who follows the community; for those who run it."""
    return json_answer(await _perform(request, "network.followers"))


async def get_status(request: web.Request) -> web.Response:
    """What runs here and what waits."""
    return json_answer(await _perform(request, "status"))


async def get_queue(request: web.Request) -> web.Response:
    """What is on its way, and what is stuck and why."""
    parked = request.query.get("parked") in ("1", "true")
    return json_answer(await _perform(request, "queue.list", parked=parked))


async def patch_community(request: web.Request) -> web.Response:
    """Let the community describe itself anew."""
    document = await _document(request)
    return json_answer(await _perform(request, "community.describe", document=document))


async def _perform(request: web.Request, name: str, **arguments: Any) -> Any:
    return await registry.perform(request.app[NODE], name, arguments)


async def _document(request: web.Request) -> Json:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Content-Type must be application/json.")
    if (request.content_length or 0) > LARGEST_DOCUMENT:
        raise web.HTTPRequestEntityTooLarge(LARGEST_DOCUMENT, request.content_length or 0)
    body = await request.read()
    if len(body) > LARGEST_DOCUMENT:
        raise web.HTTPRequestEntityTooLarge(LARGEST_DOCUMENT, len(body))
    try:
        return parse(body)
    except DocumentError as wrong:
        raise Invalid({"body": str(wrong)}) from wrong


def _id(request: web.Request) -> str:
    return str(request.match_info["id"])


def _limit(request: web.Request) -> int:
    text = request.query.get("limit", "40")
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 4):
        raise Invalid({"limit": "must be a whole number"})
    return max(1, int(text))
