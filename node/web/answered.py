"""The cookie by which a browser finds the answer again that was given in it to an event.

It is set when somebody answers without an account, and at no other time; it goes nowhere but to
the pages of that one event, and ends with it. It holds what stands in the link to her own page.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from aiohttp import web

NAME: Final = "answer"
_SECRET = re.compile(r"[A-Za-z0-9_-]{32}")


def answer_of(request: web.Request) -> str:
    """The secret of the link to the answer that was given to this event; "" for none."""
    # most have no cookie at all, and to read them takes time
    found = request.cookies.get(NAME, "") if "Cookie" in request.headers else ""
    return found if _SECRET.fullmatch(found) else ""


def remember(
    response: web.StreamResponse, event_id: str, secret: str, *, left: timedelta, https: bool
) -> None:
    """Let the browser keep it for the time that is `left` until the event is over."""
    response.set_cookie(
        NAME,
        secret,
        max_age=max(0, int(left.total_seconds())),
        path=_path(event_id),
        httponly=True,
        secure=https,
        samesite="Lax",
    )


def forget(response: web.StreamResponse, event_id: str) -> None:
    """Let the browser forget it: the answer was taken back."""
    response.del_cookie(NAME, path=_path(event_id))


def _path(event_id: str) -> str:
    return f"/e/{event_id}"
