"""The part of the JSON API about the community's language channels."""

from __future__ import annotations

from aiohttp import web

from node.doors.api import document_of, perform_for
from node.errors import Invalid
from node.operations import registry
from node.services import NODE
from node.web.answers import json_answer


async def get_channels(request: web.Request) -> web.Response:
    """The language channels, oldest first."""
    return json_answer(await perform_for(request, "channel.list"))


async def post_channel(request: web.Request) -> web.Response:
    """Open a channel: {"language": "ar"}, and a "name" if it is not to be called as we are."""
    document = await document_of(request)
    unknown = {
        key: "is not a field that we know" for key in document if key not in ("language", "name")
    }
    if unknown:
        raise Invalid(unknown)
    made = await registry.perform(request.app[NODE], "channel.add", document)
    return json_answer(made, status=201, headers={"Location": made["id"]})


async def delete_channel(request: web.Request) -> web.Response:
    """Close a channel for good: ?language=ar."""
    language = request.query.get("language", "")
    return json_answer(await perform_for(request, "channel.remove", language=language))
