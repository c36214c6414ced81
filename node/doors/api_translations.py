"""The JSON API for translations: what lacks a language, and what is still right."""

from __future__ import annotations

from aiohttp import web

from node.doors.api import document_of, perform_for
from node.errors import Invalid
from node.web.answers import json_answer


async def get_translations(request: web.Request) -> web.Response:
    """What lacks a language of the community, or is out of date in it."""
    return json_answer(await perform_for(request, "translation.list"))


async def post_translated(request: web.Request) -> web.Response:
    """Say that a text still says what the original says: {"language"}."""
    given = await document_of(request)
    if unknown := sorted(set(given) - {"language"}):
        raise Invalid({unknown[0]: "is not known here"})
    about = {"id": request.match_info["id"], "language": given.get("language")}
    return json_answer(await perform_for(request, "translation.confirm", **about))
