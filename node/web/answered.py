"""The cookie by which a browser finds the answer again that was given in it to an event.

It is set when somebody answers without an account, and at no other time; it goes nowhere but to
the pages of that one event, and ends with it. It holds what stands in the link to her own page.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from node.services import Node

NAMES: Final = ("__Secure-answer", "answer")
"""Over https, and on one's own machine without it: no page that came without https can set the
first. It is bound to a path, which `__Host-` does not allow."""
_PLAIN_READ_UNTIL: Final = datetime(2028, 1, 1, tzinfo=UTC)
"""Until 2026 nodes gave the second over https too, and browsers hold it until its event is over. By
then the last of them are gone, and nobody can plant one any more."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{32}")


def answer_of(node: Node, request: web.Request) -> str:
    """The secret of the link to the answer that was given to this event; "" for none."""
    # most have no cookie at all, and to read them takes time
    if "Cookie" not in request.headers:
        return ""
    found = (request.cookies.get(name, "") for name in _read(node))
    return next((each for each in found if _SECRET.fullmatch(each)), "")


def _read(node: Node) -> tuple[str, ...]:
    """The names that are looked at, the better first."""
    if not _is_https(node):
        return NAMES[1:]
    return NAMES if node.clock.now() < _PLAIN_READ_UNTIL else NAMES[:1]


def _is_https(node: Node) -> bool:
    return node.urls.origin.startswith("https:")


def remember(
    node: Node, response: web.StreamResponse, event_id: str, secret: str, ends: datetime
) -> None:
    """Let the browser keep it until the event `ends`."""
    https, left = _is_https(node), ends - node.clock.now()
    if https:
        response.del_cookie(NAMES[1], path=_path(event_id))
    response.set_cookie(
        NAMES[0] if https else NAMES[1],
        secret,
        max_age=max(0, int(left.total_seconds())),
        path=_path(event_id),
        httponly=True,
        secure=https,
        samesite="Lax",
    )


def forget(node: Node, response: web.StreamResponse, event_id: str) -> None:
    """Let the browser forget it: the answer was taken back."""
    https = _is_https(node)
    for name in NAMES if https else NAMES[1:]:
        # a browser takes nothing for a name with the prefix that is not secure
        response.del_cookie(name, path=_path(event_id), secure=https)


def _path(event_id: str) -> str:
    return f"/e/{event_id}"
