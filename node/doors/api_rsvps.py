"""The part of the JSON API about who takes part in an event."""

from __future__ import annotations

from aiohttp import web

from node.doors.api import document_of, perform_for
from node.errors import Invalid
from node.web.answers import json_answer
from node.web.bodies import has_body


async def get_rsvps(request: web.Request) -> web.Response:
    """Everybody who answered to an event, in order of arrival; for the organisers."""
    return json_answer(await perform_for(request, "event.rsvps", id=request.match_info["id"]))


async def post_approve_rsvp(request: web.Request) -> web.Response:
    """Give somebody who asked a place, or a place in line."""
    return json_answer(await perform_for(request, "event.rsvp.approve", **_which(request)))


async def post_refuse_rsvp(request: web.Request) -> web.Response:
    """Give somebody no place. Body: nothing, or {"reason": text}, which she is told."""
    document = await document_of(request) if has_body(request) else {}
    unknown = {key: "is not a field that we know" for key in document if key != "reason"}
    if unknown:
        raise Invalid(unknown)
    reason = document.get("reason")
    return json_answer(
        await perform_for(request, "event.rsvp.refuse", **_which(request), reason=reason)
    )


def _which(request: web.Request) -> dict[str, str]:
    return {"id": request.match_info["id"], "participation": request.match_info["participation"]}
