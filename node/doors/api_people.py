"""The JSON API for those who look after people: accounts, invitations, sessions, the log."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from node.doors.api import document_of, perform_for
from node.errors import Invalid
from node.operations import registry
from node.services import NODE
from node.web.answers import json_answer
from node.web.visitor import HOLDER

Json = dict[str, Any]


async def get_users(request: web.Request) -> web.Response:
    """Everybody with an account, and their roles."""
    return json_answer(await perform_for(request, "user.list"))


async def post_role(request: web.Request) -> web.Response:
    """Give somebody a role: {"role", "until"}; she is signed out everywhere."""
    return await _about(request, "user.role", "role", "until")


async def post_disable(request: web.Request) -> web.Response:
    """Close an account: its sessions, tokens and links end."""
    return await _about(request, "user.disable")


async def post_enable(request: web.Request) -> web.Response:
    """Open an account again."""
    return await _about(request, "user.enable")


async def post_reset_link(request: web.Request) -> web.Response:
    """A one-time link to a new password, told this once."""
    return await _about(request, "user.reset-link")


async def post_user_answer(request: web.Request) -> web.Response:
    """Let somebody in who asked to join, or turn her away: {"yes"}."""
    return await _about(request, "user.answer", "yes")


async def post_hand_over(request: web.Request) -> web.Response:
    """Give somebody's role to somebody else: {"to": name, "then": her role afterwards}."""
    return await _about(request, "user.hand-over", "to", "then")


async def get_invitations(request: web.Request) -> web.Response:
    """Invitations that still let somebody in, without their links."""
    return json_answer(await perform_for(request, "user.invitations"))


async def post_invitation(request: web.Request) -> web.Response:
    """A new invitation, its link told this once: {"role", "days", "uses"}."""
    given = await _given(request, "role", "days", "uses")
    made = await perform_for(request, "user.invite", **given, by=request[HOLDER].id)
    return json_answer(made, status=201)


async def get_sign_up(request: web.Request) -> web.Response:
    """How somebody comes in: closed, invitation, approval."""
    return json_answer(await perform_for(request, "user.sign-up"))


async def put_sign_up(request: web.Request) -> web.Response:
    """Say how somebody comes in: {"mode"}."""
    mode = (await _given(request, "mode")).get("mode") or ""
    by = request[HOLDER].id
    return json_answer(await perform_for(request, "user.sign-up", mode=mode, by=by))


async def get_sessions(request: web.Request) -> web.Response:
    """Who is signed in; with ?user=NAME only hers."""
    user = request.query.get("user")
    return json_answer(await perform_for(request, "session.list", user=user))


async def delete_session(request: web.Request) -> web.Response:
    """End a session."""
    given = {"id": request.match_info["id"], "by": request[HOLDER].id}
    return json_answer(await perform_for(request, "session.revoke", **given))


async def get_audit(request: web.Request) -> web.Response:
    """Who did what, newest first; with ?about=ID only by or about it."""
    about = request.query.get("about")
    return json_answer(await perform_for(request, "audit.list", about=about))


async def _about(request: web.Request, operation: str, *fields: str) -> web.Response:
    """An operation on the person in the path, by whoever holds the token."""
    given = await _given(request, *fields) if fields else {}
    about = {"name": request.match_info["id"], "by": request[HOLDER].id}
    return json_answer(await registry.perform(request.app[NODE], operation, {**given, **about}))


async def _given(request: web.Request, *known: str) -> Json:
    document = await document_of(request)
    if unknown := sorted(set(document) - set(known)):
        raise Invalid({unknown[0]: "is not known here"})
    return document
