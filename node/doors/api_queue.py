"""The JSON API for those who run the node: how it is, what is stuck, and what becomes of that."""

from __future__ import annotations

from aiohttp import web

from node.doors.api import document_of, perform_for
from node.errors import Invalid
from node.web.answers import json_answer

_FIELDS = ("id", "host", "all", "arrivals")


async def get_health(request: web.Request) -> web.Response:
    """The doctor's checks with their mends, versions, the size of the database, the last backup."""
    return json_answer(await perform_for(request, "health.show"))


async def get_arrivals(request: web.Request) -> web.Response:
    """What arrived and waits; with ?parked=1 what is stuck; ?after=ID goes on."""
    parked = request.query.get("parked") in ("1", "true")
    after = request.query.get("after")
    page = await perform_for(request, "queue.page", arrivals=True, parked=parked, after=after)
    return json_answer(page)


async def post_retry(request: web.Request) -> web.Response:
    """Try again now: {"id"} or {"host"} or {"all": true}, and "arrivals" for what came in."""
    return await _change(request, "queue.retry")


async def post_discard(request: web.Request) -> web.Response:
    """Give up: the same fields; of many only what is stuck."""
    return await _change(request, "queue.discard")


async def _change(request: web.Request, operation: str) -> web.Response:
    given = await document_of(request)
    unknown = {key: "is not a field that we know" for key in given if key not in _FIELDS}
    wrong = {
        key: "must be true or false"
        for key in ("all", "arrivals")
        if not isinstance(given.get(key, False), bool)
    }
    wrong |= {
        key: "must be text" for key in ("id", "host") if not isinstance(given.get(key), str | None)
    }
    if unknown or wrong:
        raise Invalid(unknown | wrong)
    return json_answer(await perform_for(request, operation, **given))
