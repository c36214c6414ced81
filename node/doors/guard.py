"""Who may: a route with a scope is behind a token that opens it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from node.errors import NotSignedIn
from node.people.actions import admit
from node.people.model import Scope
from node.services import NODE

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_BEARER = "bearer "


def guarded(handler: Handler, scope: Scope) -> Handler:
    """The handler, behind a token that opens `scope`. Spec: RFC 6750 2.1"""

    async def guard(request: web.Request) -> web.StreamResponse:
        header = request.headers.get("Authorization", "")
        if not header.lower().startswith(_BEARER):
            raise NotSignedIn("This needs a token: Authorization: Bearer TOKEN.")
        secret = header[len(_BEARER) :].strip()
        await request.app[NODE].look(lambda tx: admit(tx, secret, scope))
        return await handler(request)

    guard.__doc__ = handler.__doc__
    guard.__name__ = getattr(handler, "__name__", "guard")
    return guard
