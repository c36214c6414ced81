"""The JSON API for cases, appeals and waves of strangers: for those who may moderate."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from node.doors.api import document_of, perform_for
from node.errors import Invalid
from node.web.answers import json_answer
from node.web.visitor import HOLDER


async def get_cases(request: web.Request) -> web.Response:
    """Cases that wait; with ?state=decided, appealed, closed or all, others."""
    return json_answer(await perform_for(request, "case.list", state=request.query.get("state")))


async def post_case(request: web.Request) -> web.Response:
    """Open a case: {"target", "category", "words"}."""
    given = await _given(request, "target", "category", "words")
    return json_answer(await perform_for(request, "case.open", **given), status=201)


async def get_case(request: web.Request) -> web.Response:
    """One case; that a reported message was read is written down."""
    return json_answer(await _about(request, "case.show"))


async def post_decision(request: web.Request) -> web.Response:
    """Decide a case: {"decision", "reason", "quiet", "forward"}."""
    given = await _given(request, "decision", "reason", "quiet", "forward")
    return json_answer(await _about(request, "case.decide", **given))


async def post_appeal_answer(request: web.Request) -> web.Response:
    """Answer an appeal against somebody else's decision: {"outcome", "reason"}."""
    return json_answer(
        await _about(request, "case.answer", **await _given(request, "outcome", "reason"))
    )


async def get_case_statistics(request: web.Request) -> web.Response:
    """How many cases there were, of those that are forgotten."""
    return json_answer(await perform_for(request, "case.statistics"))


async def get_waves(request: web.Request) -> web.Response:
    """The last waves of strangers."""
    return json_answer(await perform_for(request, "wave.list"))


async def post_end_wave(request: web.Request) -> web.Response:
    """End the wave that goes on; what waits still waits."""
    return json_answer(await perform_for(request, "wave.end", by=request[HOLDER].id))


async def post_trust(request: web.Request) -> web.Response:
    """Show the replies of an author, and later ones at once."""
    return json_answer(await _about(request, "conversation.trust"))


async def _about(request: web.Request, operation: str, **given: Any) -> Any:
    about = {"id": request.match_info["id"], "by": request[HOLDER].id}
    return await perform_for(request, operation, **{**given, **about})


async def _given(request: web.Request, *known: str) -> dict[str, Any]:
    document = await document_of(request)
    if unknown := {key: "is not a field that we know" for key in document if key not in known}:
        raise Invalid(unknown)
    return document
