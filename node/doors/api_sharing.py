"""The part of the JSON API about what the community shares of others."""

from __future__ import annotations

from aiohttp import web

from node.doors.api import document_of, perform_for
from node.web.answers import json_answer


async def get_shares(request: web.Request) -> web.Response:
    """What the community shares of others, newest first."""
    return json_answer(await perform_for(request, "network.shares"))


async def post_share(request: web.Request) -> web.Response:
    """Share something public of somebody else: {"url": …}."""
    document = await document_of(request)
    made = await perform_for(request, "network.share", url=document.get("url"))
    return json_answer(made, status=201)


async def delete_share(request: web.Request) -> web.Response:
    """Share it no more: ?url=."""
    url = request.query.get("url", "")
    return json_answer(await perform_for(request, "network.unshare", url=url))


async def get_share_rule(request: web.Request) -> web.Response:
    """Whose posts to the community it shares by itself."""
    return json_answer(await perform_for(request, "network.sharing"))


async def put_share_rule(request: web.Request) -> web.Response:
    """Change that: {"share": "nobody"}, "trusted" or "followed"."""
    document = await document_of(request)
    return json_answer(
        await perform_for(request, "network.sharing", share=document.get("share") or "")
    )
