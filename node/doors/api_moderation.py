"""The JSON API for those who moderate: rules, lists, reports, follows that wait. Admins only."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from node.doors.api import document_of, perform_for
from node.errors import Invalid
from node.web.answers import json_answer
from node.web.visitor import HOLDER


async def get_blocks(request: web.Request) -> web.Response:
    """Every rule about servers and actors."""
    return json_answer(await perform_for(request, "block.list"))


async def post_block(request: web.Request) -> web.Response:
    """Make a rule: {"target", "level", "reason", "comment"}."""
    known = ("target", "level", "reason", "comment", "reject_reports")
    given = await _fields(request, *known)
    rule = await perform_for(request, "block.add", **given, by=request[HOLDER].id)
    return json_answer(rule, status=201)


async def delete_block(request: web.Request) -> web.Response:
    """Drop a rule: ?target=HOST, handle or address."""
    target = request.query.get("target", "")
    return json_answer(await perform_for(request, "block.remove", target=target))


async def get_block_mode(request: web.Request) -> web.Response:
    """With whom the community speaks: everybody, or those on the allow-list."""
    return json_answer(await perform_for(request, "block.mode"))


async def put_block_mode(request: web.Request) -> web.Response:
    """Speak with everybody or with those on the allow-list: {"mode"}."""
    mode = (await _fields(request, "mode")).get("mode")
    return json_answer(
        await perform_for(request, "block.mode", mode=mode or "", by=request[HOLDER].id)
    )


async def post_block_import(request: web.Request) -> web.Response:
    """Take in a list in Mastodon's CSV: {"csv", "dry_run"}."""
    given = await _fields(request, "csv", "dry_run")
    return json_answer(await perform_for(request, "block.import", **given, by=request[HOLDER].id))


async def get_block_export(request: web.Request) -> web.Response:
    """The list of servers, with ?actors=1 of actors, in Mastodon's CSV."""
    actors = request.query.get("actors") in ("1", "true")
    return json_answer(await perform_for(request, "block.export", actors=actors))


async def get_reports(request: web.Request) -> web.Response:
    """Reports that nobody has closed; with ?all=1 all."""
    everything = request.query.get("all") in ("1", "true")
    return json_answer(await perform_for(request, "report.list", all=everything))


async def post_report(request: web.Request) -> web.Response:
    """Report somebody to her own server: {"url", "comment"}."""
    sent = await perform_for(request, "report.send", **await _fields(request, "url", "comment"))
    return json_answer(sent, status=201)


async def get_report(request: web.Request) -> web.Response:
    """One report."""
    return json_answer(await perform_for(request, "report.show", id=request.match_info["id"]))


async def post_close_report(request: web.Request) -> web.Response:
    """Mark a report as done with."""
    return json_answer(await perform_for(request, "report.close", id=request.match_info["id"]))


async def get_pending_followers(request: web.Request) -> web.Response:
    """Who wants to follow and waits for somebody here to say yes."""
    return json_answer(await perform_for(request, "network.pending"))


async def post_approve_follower(request: web.Request) -> web.Response:
    """Let somebody follow who waits: {"actor"}."""
    given = await _fields(request, "actor")
    return json_answer(await perform_for(request, "network.approve", **given))


async def post_reject_follower(request: web.Request) -> web.Response:
    """Tell somebody who waits that she may not follow: {"actor"}."""
    given = await _fields(request, "actor")
    return json_answer(await perform_for(request, "network.reject", **given))


async def _fields(request: web.Request, *known: str) -> dict[str, Any]:
    """The fields that were sent. Raises: Invalid for one that is not known."""
    document = await document_of(request)
    unknown = {key: "is not a field that we know" for key in document if key not in known}
    if unknown:
        raise Invalid(unknown)
    return document
