"""Whom to tell of a hole in this node. Spec: RFC 9116"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from node.community import actions as community_actions
from node.ids import rfc3339
from node.services import NODE

GOOD_FOR: Final = timedelta(days=90)
"""The text is made anew each time; what somebody kept of it is not believed for longer."""


async def get_security_txt(request: web.Request) -> web.Response:
    """Where a hole is told of, until when this holds, and in which languages we read."""
    node = request.app[NODE]
    community = await node.look(community_actions.the_community)
    contact = node.config.security_contact or f"{node.urls.origin}/imprint"
    lines = (
        f"Contact: {contact}",
        f"Expires: {rfc3339(_expires(node.clock.now()))}",
        f"Preferred-Languages: {', '.join(community.languages)}",
        f"Canonical: {node.urls.origin}/.well-known/security.txt",
    )
    return web.Response(text="".join(f"{line}\n" for line in lines), content_type="text/plain")


def _expires(now: datetime) -> datetime:
    """The same all day, so that it tells nothing of when it was asked for."""
    return (now + GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
