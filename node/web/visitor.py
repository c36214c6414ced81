"""Who asks: a guest, or somebody who is signed in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from node.people.model import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Whoever sent a request. `person` None and `csrf` "" for a guest, who has no session.

    `person` has the role that she has now; `recent`: she gave her password in the last minutes.
    """

    person: Person | None = None
    csrf: str = ""
    recent: bool = False
    session: str | None = None


SESSION_COOKIES = ("__Host-session", "session")
"""Over https, and on one's own machine without it: the prefix binds to the host and to https."""
GUEST = Visitor()
Finder = Callable[[web.Request], Awaitable[Visitor]]
VISITORS: web.AppKey[Finder] = web.AppKey("visitors")
"""How a visitor is found by her cookie; `node.app` says it."""
HOLDER: web.RequestKey[Person] = web.RequestKey("holder", Person)
"""Whose token a request to the JSON API came with; the guard of the route puts her there."""
_FOUND: web.RequestKey[Visitor] = web.RequestKey("visitor", Visitor)


async def visitor(request: web.Request) -> Visitor:
    """Who sent this request; looked up once."""
    if _FOUND not in request:
        return await visitor_anew(request)
    return request[_FOUND]


async def visitor_anew(request: web.Request) -> Visitor:
    """Who sent this request, as it is by now: while a body comes in, an account can be closed."""
    request[_FOUND] = found = await request.app[VISITORS](request)
    return found


def has_session(request: web.Request) -> bool:
    """Whether it comes with the cookie of a session, known or not."""
    # most have no cookie at all, and to read them takes time
    return "Cookie" in request.headers and any(name in request.cookies for name in SESSION_COOKIES)


async def keep_private(request: web.Request, response: web.StreamResponse) -> None:
    """What was answered to a session is stored by nobody (security: K04, L08).

    Whether or not anybody asked who it is: else what is not there would be told apart from what is
    not for her.
    """
    if has_session(request) and not response.headers.get("Cache-Control", "").startswith("public"):
        response.headers["Cache-Control"] = "private, no-store"
        response.headers.popall("ETag", None)
