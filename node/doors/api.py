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
from node.web.bodies import has_body, kind_of, read_body
from node.web.visitor import HOLDER

Json = dict[str, Any]
LARGEST_DOCUMENT = 256 * 1024


async def post_event(request: web.Request) -> web.Response:
    """Publish an event."""
    document, by = await document_of(request), request[HOLDER].id
    event = await perform_for(request, "event.publish", document=document, by=by)
    return json_answer(event, status=201, headers={"Location": event["id"]})


async def get_events(request: web.Request) -> web.Response:
    """Published events, newest first."""
    return json_answer(await perform_for(request, "event.list", limit=_limit(request)))


async def get_event(request: web.Request) -> web.Response:
    """One event."""
    return json_answer(await perform_for(request, "event.show", id=_id(request)))


async def put_event(request: web.Request) -> web.Response:
    """Give an event new content, all of it."""
    document = await document_of(request)
    about = {"id": _id(request), "by": request[HOLDER].id}
    return json_answer(await perform_for(request, "event.update", document=document, **about))


async def post_cancel_event(request: web.Request) -> web.Response:
    """Cancel an event; it stays to be seen. Body: nothing, or {"reason": text}."""
    document = await document_of(request) if has_body(request) else {}
    unknown = {key: "is not a field that we know" for key in document if key != "reason"}
    if unknown:
        raise Invalid(unknown)
    about = {"id": _id(request), "by": request[HOLDER].id}
    reason = document.get("reason")
    return json_answer(await perform_for(request, "event.cancel", reason=reason, **about))


async def delete_event(request: web.Request) -> web.Response:
    """Delete an event; everybody who got it is asked to do the same."""
    about = {"id": _id(request), "by": request[HOLDER].id}
    return json_answer(await perform_for(request, "event.delete", **about))


async def get_timeline(request: web.Request) -> web.Response:
    """What arrived from other communities, newest first."""
    return json_answer(
        await perform_for(
            request,
            "network.timeline",
            type=request.query.get("type"),
            limit=_limit(request),
            before=request.query.get("before"),
            # a token to read may stand in a page that everybody sees
            public=True,
        )
    )


async def get_following(request: web.Request) -> web.Response:
    """Whom the community follows."""
    return json_answer(await perform_for(request, "network.following"))


async def post_following(request: web.Request) -> web.Response:
    """Follow a community: {"actor": handle or address}."""
    document = await document_of(request)
    followed = await perform_for(request, "network.follow", actor=document.get("actor"))
    return json_answer(followed, status=201)


async def delete_following(request: web.Request) -> web.Response:
    """Follow no more: ?actor=HANDLE or address."""
    return json_answer(
        await perform_for(request, "network.unfollow", actor=request.query.get("actor", ""))
    )


async def get_followers(request: web.Request) -> web.Response:
    """Who follows the community; for those who run it."""
    return json_answer(await perform_for(request, "network.followers"))


async def get_status(request: web.Request) -> web.Response:
    """What runs here and what waits."""
    return json_answer(await perform_for(request, "status"))


async def get_queue(request: web.Request) -> web.Response:
    """What is on its way, and what is stuck and why."""
    parked = request.query.get("parked") in ("1", "true")
    return json_answer(await perform_for(request, "queue.list", parked=parked))


async def get_community(request: web.Request) -> web.Response:
    """What the community says of itself."""
    return json_answer(await perform_for(request, "community.show"))


async def get_legal(request: web.Request) -> web.Response:
    """The legal notice and the texts about data, in every language."""
    return json_answer(await perform_for(request, "community.legal"))


async def patch_legal(request: web.Request) -> web.Response:
    """Another legal notice, other texts; null for a text is the one that comes with the node."""
    document = await document_of(request)
    return json_answer(await perform_for(request, "community.set-legal", document=document))


async def patch_community(request: web.Request) -> web.Response:
    """Let the community describe itself anew."""
    document = await document_of(request)
    return json_answer(await perform_for(request, "community.describe", document=document))


async def perform_for(request: web.Request, name: str, **arguments: Any) -> Any:
    """What an operation answers; for the other parts of the API as well."""
    return await registry.perform(request.app[NODE], name, arguments)


async def document_of(request: web.Request) -> Json:
    """The JSON object that was sent. Raises: Invalid, and 413 or 415."""
    if kind_of(request) != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Content-Type must be application/json.")
    try:
        return parse(await read_body(request, LARGEST_DOCUMENT))
    except DocumentError as wrong:
        raise Invalid({"body": str(wrong)}) from wrong


def _id(request: web.Request) -> str:
    return str(request.match_info["id"])


def _limit(request: web.Request) -> int:
    text = request.query.get("limit", "40")
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 4):
        raise Invalid({"limit": "must be a whole number"})
    return max(1, int(text))
