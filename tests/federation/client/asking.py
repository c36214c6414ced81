"""A request through the gate."""

from __future__ import annotations

from federation.network.client import Client
from federation.ports import Response
from keys.message import Request


async def get(client: Client, url: str, *, limit: int = 1000, seconds: float = 5) -> Response:
    request = Request(method="GET", url=url)
    return await client.send(request, limit=limit, seconds=seconds)


async def post(client: Client, url: str) -> Response:
    return await client.send(Request(method="POST", url=url, body=b"{}"), limit=10**6, seconds=5)
