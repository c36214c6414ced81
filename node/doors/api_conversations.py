"""The JSON API for conversations: what others say, what waits, and what the community answers."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from node.doors.api import document_of, perform_for
from node.errors import Invalid
from node.web.answers import json_answer


async def get_conversations(request: web.Request) -> web.Response:
    """What others said, newest first: ?kind=, ?state=, ?about=, ?before=, ?limit=."""
    limit = request.query.get("limit", "80")
    if not (limit.isascii() and limit.isdigit() and 1 <= len(limit) <= 4):
        raise Invalid({"limit": "must be a whole number"})
    asked = {name: request.query.get(name) for name in ("kind", "state", "about", "before")}
    return json_answer(await perform_for(request, "conversation.list", limit=int(limit), **asked))


async def get_conversation(request: web.Request) -> web.Response:
    """What somebody said, and what the community answered."""
    return json_answer(await perform_for(request, "conversation.show", id=_id(request)))


async def post_approve_reply(request: web.Request) -> web.Response:
    """Show a reply that waited."""
    return json_answer(await perform_for(request, "conversation.approve", id=_id(request)))


async def post_hide_reply(request: web.Request) -> web.Response:
    """Hide a reply, or put a message or mention aside."""
    return json_answer(await perform_for(request, "conversation.hide", id=_id(request)))


async def post_hold_reply(request: web.Request) -> web.Response:
    """Let a reply wait again."""
    return json_answer(await perform_for(request, "conversation.hold", id=_id(request)))


async def post_answer(request: web.Request) -> web.Response:
    """Answer: {"in_reply_to": id or address, "texts": text or language tags with texts}."""
    document = await _fields(request, "in_reply_to", "texts")
    said = await perform_for(
        request,
        "conversation.say",
        id=document.get("in_reply_to"),
        document={"texts": document.get("texts")},
    )
    return json_answer(said, status=201, headers={"Location": said["id"]})


async def put_answer(request: web.Request) -> web.Response:
    """Give an answer other words: {"texts"}."""
    document = await _fields(request, "texts")
    arguments = {"id": _id(request), "document": document}
    return json_answer(await perform_for(request, "conversation.edit", **arguments))


async def delete_answer(request: web.Request) -> web.Response:
    """Delete an answer; everybody who got it is asked to do the same."""
    return json_answer(await perform_for(request, "conversation.delete", id=_id(request)))


async def get_reply_rule(request: web.Request) -> web.Response:
    """What becomes of public replies, and how many wait."""
    return json_answer(await perform_for(request, "conversation.rule"))


async def put_reply_rule(request: web.Request) -> web.Response:
    """Let this become of public replies: {"rule"}."""
    chosen = (await _fields(request, "rule")).get("rule")
    return json_answer(await perform_for(request, "conversation.rule", rule=chosen or ""))


async def get_quotes(request: web.Request) -> web.Response:
    """Which posts quote the community with its stamp."""
    return json_answer(await perform_for(request, "conversation.quotes"))


async def post_revoke_quote(request: web.Request) -> web.Response:
    """Revoke the stamp of a quote."""
    return json_answer(await perform_for(request, "conversation.hide", id=_id(request)))


async def _fields(request: web.Request, *known: str) -> dict[str, Any]:
    """The fields that were sent. Raises: Invalid for one that is not known."""
    document = await document_of(request)
    unknown = {key: "is not a field that we know" for key in document if key not in known}
    if unknown:
        raise Invalid(unknown)
    return document


def _id(request: web.Request) -> str:
    return str(request.match_info["id"])
