"""The inbox: HTTP on one side, federation on the other. It carries bytes and decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from aiohttp import web

from federation.inward.answer import Answer
from federation.inward.inbox import LARGEST_BODY
from federation.ports import Receipt
from keys.message import Request
from node.errors import NotFound
from node.services import NODE
from node.web.answers import problem

BODY_SECONDS = 30.0
_WORTH_READING = 64 * 1024
"""A body up to this size is read though it was refused: that is cheaper than a new connection."""
_TOO_LARGE = Answer(status=413, reason="too-large")
_TOO_SLOW = Answer(status=408, reason="body-too-slow")


async def post_shared_inbox(request: web.Request) -> web.Response:
    """An activity for anybody here."""
    return await _receive(request, request.app[NODE].urls.shared_inbox)


async def post_inbox(request: web.Request) -> web.Response:
    """An activity for the community."""
    urls = request.app[NODE].urls
    if request.match_info["handle"] != urls.handle:
        raise NotFound("There is no such actor here.")
    return await _receive(request, urls.inbox(urls.community))


async def post_relay_inbox(request: web.Request) -> web.Response:
    """An activity for the relay."""
    urls = request.app[NODE].urls
    return await _receive(request, urls.inbox(urls.relay))


async def _receive(request: web.Request, inbox: str) -> web.Response:
    node = request.app[NODE]
    address = _address(request, node.config.trusted_proxies, node.config.private_peers)
    head = Request(
        method=request.method,
        url=node.urls.origin + request.raw_path,
        headers=tuple(request.headers.items()),
    )
    refusal = await node.inbox.admit(head, address=address, length=request.content_length)
    if refusal is not None:
        return _told(refusal, unread=(request.content_length or LARGEST_BODY) > _WORTH_READING)
    body = await _body(request)
    if isinstance(body, Answer):
        node.counters.count("inbox", body.reason)
        return _told(body, unread=True)
    answer = await node.inbox.receive(head.with_body(body), inbox, address=address)
    if answer.receipt not in (None, Receipt.SEEN_BEFORE):
        node.intake_wake.set()
    return _told(answer, unread=False)


async def _body(request: web.Request) -> bytes | Answer:
    """The body; an answer as soon as it is too large or too slow (security: G01, G09)."""
    if request.content.is_eof():
        # Small ones come in one piece with their heads: nothing has to be waited for.
        body = request.content.read_nowait()
        return body if len(body) <= LARGEST_BODY else _TOO_LARGE
    return await _arriving(request)


async def _arriving(request: web.Request) -> bytes | Answer:
    chunks, size = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while chunk := await request.content.readany():
                size += len(chunk)
                if size > LARGEST_BODY:
                    return _TOO_LARGE
                chunks.append(chunk)
    except TimeoutError:
        return _TOO_SLOW
    return b"".join(chunks)


def _told(answer: Answer, *, unread: bool) -> web.Response:
    if answer.status == 202:
        return web.Response(status=202)
    headers = {}
    if answer.status in (429, 503):
        headers["Retry-After"] = str(answer.retry_after or 60)
    # Whether a server, one actor or all who are not on a list are meant is nobody's business
    # (security: K10).
    reason = "refused" if answer.status == 403 else answer.reason
    response = problem(answer.status, reason, "This activity was not taken in.", headers)
    if unread:
        # What is still on its way is not worth reading to the end.
        response.force_close()
    return response


Network = IPv4Network | IPv6Network


def _address(
    request: web.Request, proxies: Collection[Network], private: Collection[Network]
) -> str:
    """The network where this connection begins; "" where that says nothing.

    Behind proxies of ours the last hop that is none of them, as they say it. Loopback and private
    peers are a closed house, or a proxy that was not named: nothing is held against all behind it.
    """
    hops = [request.remote or ""]
    if proxies and _within(hops[0], proxies):
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
        hops = [hop.strip() for hop in forwarded.split(",")][-10:] + hops
    hop = next((hop for hop in reversed(hops) if not _within(hop, proxies)), "")
    return "" if not hop or _within(hop, private) else _network(hop)


def _within(hop: str, networks: Collection[Network]) -> bool:
    address = _read(hop) if networks else None
    return address is not None and any(
        address in network for network in networks if network.version == address.version
    )


def _network(hop: str) -> str:
    """The address, of IPv6 the /64 that one customer has; "" for loopback and for what is none."""
    address = _read(hop)
    if address is None or address.is_loopback:
        return ""
    return hop if address.version == 4 else str(ip_network(f"{hop}/64", strict=False))


@lru_cache(maxsize=1024)
def _read(hop: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(hop)
    except ValueError:
        return None
