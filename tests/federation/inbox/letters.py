"""What Anna writes to our inbox, and what is kept of it."""

from __future__ import annotations

from typing import Any

from federation.inward.inbox import Answer
from federation.ports import Kept
from keys.message import Request
from tests.support.stranger import INBOX, OURS, Inward, Stranger, post, signed


def activity_of(stranger: Stranger, kind: str = "Follow", **changes: Any) -> dict[str, Any]:
    me = f"{stranger.origin}/anna"
    document = {"id": f"{me}/a/1", "type": kind, "actor": me, "object": f"{OURS}/wien", **changes}
    return {key: value for key, value in document.items() if value is not None}


def sent(node: Inward, stranger: Stranger, document: dict[str, Any] | bytes, **changes: str):
    request = post(document, **changes)
    return signed(request, f"{stranger.origin}/anna#main-key", node.clock)


async def receive(node: Inward, request: Request) -> Answer:
    return await node.inbox.receive(request, INBOX)


async def all_kept(node: Inward) -> list[Kept]:
    return await node.log.due(node.clock.now(), 100)
