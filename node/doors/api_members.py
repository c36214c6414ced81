"""The JSON API for oneself: one's own profile, and the members who want to be seen."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from node.doors.api import document_of, perform_for
from node.operations import registry
from node.services import NODE
from node.web.answers import json_answer
from node.web.visitor import HOLDER


async def get_profile(request: web.Request) -> web.Response:
    """One's own profile, whoever may see it."""
    return json_answer(await _mine(request, "user.show"))


async def put_profile(request: web.Request) -> web.Response:
    """Change one's own profile; what is missing stays as it is."""
    return json_answer(await _mine(request, "user.set", document=await document_of(request)))


async def get_members(request: web.Request) -> web.Response:
    """The profiles of those who want to be seen by members."""
    return json_answer(await perform_for(request, "member.list"))


async def _mine(request: web.Request, operation: str, **given: Any) -> Any:
    holder = request[HOLDER].id
    about = {**given, "name": holder, "by": holder}
    return await registry.perform(request.app[NODE], operation, about)
