"""Who may: every route is behind its policy, and the policy is asked before the handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from aiohttp import web

from node.doors.api import LARGEST_DOCUMENT
from node.doors.keeping import keeping
from node.doors.repeating import repeatable
from node.errors import NotAllowed, NotSignedIn
from node.people.actions import admit
from node.people.model import Person
from node.routing.policies import (
    ENTRY_FORM,
    PUBLIC_FORM,
    SETUP,
    Handler,
    Needs,
    Policy,
    Route,
    SignedIn,
    Token,
)
from node.services import NODE
from node.web.bodies import has_body, read_body
from node.web.forms import Form, check_origin, check_token, form_of
from node.web.handing_back import Why, hand_back, page_of
from node.web.visitor import HOLDER, Visitor, visitor, visitor_anew

_BEARER = "bearer "
_SIGN_IN, _AGAIN = "/sign-in", "/me/confirm"
_READING = frozenset({"GET", "HEAD"})
Check = Callable[[web.Request], Awaitable[web.StreamResponse | None]]
"""None when the handler may be called; else what is answered in its place."""


def guarded(route: Route) -> Handler:
    """The handler of a route behind the check that its policy asks for."""
    check, handler = _check_of(route.policy), _handler_of(route)
    if check is None:
        return handler

    async def guard(request: web.Request) -> web.StreamResponse:
        stopped = await check(request)
        return await handler(request) if stopped is None else stopped

    guard.__doc__ = handler.__doc__
    guard.__name__ = getattr(handler, "__name__", "guard")
    return guard


def _handler_of(route: Route) -> Handler:
    """Who changes something through the API may send it twice; what is kept is not made twice."""
    if route.kept:
        return keeping(route.handler)
    by_token = isinstance(route.policy, Token) and route.method == "POST"
    return repeatable(route.handler) if by_token else route.handler


def _check_of(policy: Policy | None) -> Check | None:
    if isinstance(policy, Token):
        return lambda request: _check_bearer(request, policy)
    if isinstance(policy, Needs | SignedIn):
        return lambda request: _check_session(request, policy)
    if policy in (PUBLIC_FORM, SETUP, ENTRY_FORM):
        return lambda request: _check_form(request, surely=policy is ENTRY_FORM)
    return None


async def _check_bearer(request: web.Request, policy: Token) -> None:
    """Spec: RFC 6750 2.1"""
    header = request.headers.get("Authorization", "")
    if not header.lower().startswith(_BEARER):
        raise NotSignedIn("This needs a token: Authorization: Bearer TOKEN.")
    secret = header[len(_BEARER) :].strip()
    request[HOLDER] = await _holder(request, secret, policy)
    if request.method not in _READING and has_body(request):
        # As for a form: who was let in when it began may be shut out when it has come.
        await read_body(request, LARGEST_DOCUMENT + policy.upload)
        request[HOLDER] = await _holder(request, secret, policy)


async def _holder(request: web.Request, secret: str, policy: Token) -> Person:
    node = request.app[NODE]
    now = node.clock.now()
    return await node.look(lambda tx: admit(tx, secret, policy.scope, now=now, right=policy.right))


async def _check_form(request: web.Request, *, surely: bool) -> None:
    if request.method not in _READING:
        check_origin(request, surely=surely)


async def _check_session(
    request: web.Request, policy: Needs | SignedIn
) -> web.StreamResponse | None:
    found = await visitor(request)
    stopped = await _check_visitor(request, policy, found)
    if stopped is None and request.method not in _READING:
        check_origin(request)
        form = await form_of(request, upload=policy.upload)
        # It may have taken half a minute to come: whoever began it may be shut out by now.
        found = await visitor_anew(request)
        stopped = await _check_visitor(request, policy, found) or await _check_sent(
            request, form, found
        )
    if stopped is None and policy.recent and not found.recent:
        return await _go_first(request, policy, Why.UNSURE, _AGAIN)
    return stopped


async def _check_visitor(
    request: web.Request, policy: Needs | SignedIn, found: Visitor
) -> web.StreamResponse | None:
    if found.person is None:
        return await _go_first(request, policy, Why.SIGNED_OUT, _SIGN_IN)
    if isinstance(policy, Needs) and not policy.met_by(found.person):
        # Raised as the router does for what is not there: the two are never told apart.
        raise web.HTTPNotFound
    return None


async def _check_sent(
    request: web.Request, form: Form, found: Visitor
) -> web.StreamResponse | None:
    try:
        check_token(form, found)
    except NotAllowed:
        stopped = await hand_back(request, Why.TOO_OLD)
        if stopped is None:
            raise
        return stopped
    return None


async def _go_first(
    request: web.Request, policy: Needs | SignedIn, why: Why, path: str
) -> web.StreamResponse:
    """What she wrote, handed back to her; where that is nothing, on to the page to go to first.

    Raises: HTTPSeeOther.
    """
    if request.method not in _READING:
        stopped = await hand_back(request, why, upload=policy.upload)
        if stopped is not None:
            return stopped
    raise web.HTTPSeeOther(f"{path}?next={quote(await page_of(request))}")
