"""The JSON API for erasing people, and the receipts of it, which have no name."""

from __future__ import annotations

from aiohttp import web

from node.doors.api import document_of, perform_for
from node.errors import Invalid
from node.operations import registry
from node.services import NODE
from node.web.answers import json_answer
from node.web.visitor import HOLDER


async def post_erase(request: web.Request) -> web.Response:
    """Close an account and erase it in 72 hours: one's own with {"now": true} on the spot."""
    given = await document_of(request)
    _check(given, "now")
    return json_answer(await _about(request, "user.erase", now=given.get("now") is True))


async def post_keep(request: web.Request) -> web.Response:
    """Take an erasure back that is not done yet."""
    return json_answer(await _about(request, "user.keep"))


async def get_erasures(request: web.Request) -> web.Response:
    """The receipts of the last three months."""
    return json_answer(await perform_for(request, "erasures.list"))


async def get_erasure(request: web.Request) -> web.Response:
    """One receipt as it stands now."""
    return json_answer(await perform_for(request, "erasures.show", id=request.match_info["id"]))


async def post_erasure(request: web.Request) -> web.Response:
    """Erase what is kept of the guest behind the link of her answer: {"target"}."""
    given = await document_of(request)
    _check(given, "target")
    target, by = str(given.get("target") or ""), request[HOLDER].id
    made = await perform_for(request, "data.forget", target=target, by=by)
    return json_answer(made, status=201)


async def _about(request: web.Request, operation: str, **more: object) -> object:
    """An operation on the account in the path, by whoever holds the token."""
    arguments = {"name": request.match_info["id"], "by": request[HOLDER].id, **more}
    return await registry.perform(request.app[NODE], operation, arguments)


def _check(given: dict[str, object], known: str) -> None:
    if unknown := [name for name in given if name != known]:
        raise Invalid({unknown[0]: "is not a field that we know"})
