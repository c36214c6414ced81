"""A server of somebody else on loopback: answers as told, remembers what it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from federation.network.addresses import AddressPolicy, networks
from federation.network.client import Client
from tests.support.needles import server_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One request as it came in; `headers` in order of arrival."""

    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


Answer = Callable[[web.Request, int], Awaitable[web.StreamResponse]]
"""What the peer does with its request number 1, 2 …"""


class Peer:
    """A running server; `arrivals` are complete requests, in order."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.arrivals: list[Arrival] = []
        self.port = 0

    @property
    def host(self) -> str:
        return server_name(f"127.0.0.1:{self.port}")

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        arrival = Arrival(
            path=request.raw_path, headers=tuple(request.headers.items()), body=await request.read()
        )
        self.arrivals.append(arrival)
        return await self._answer(request, len(self.arrivals))


@asynccontextmanager
async def peer(answer: Answer) -> AsyncIterator[Peer]:
    """A peer that lives as long as the block."""
    server = Peer(answer)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server._serve)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()


@asynccontextmanager
async def open_transport() -> AsyncIterator[Client]:
    """Our own client, for which loopback is a private peer."""
    client = Client(AddressPolicy(networks(["127.0.0.0/8"])), "https://wien.test")
    try:
        yield client
    finally:
        await client.close()


def statuses(*numbers: int) -> Answer:
    """Answers with these statuses, the last one for ever."""

    async def answer(_: web.Request, number: int) -> web.StreamResponse:
        return web.Response(status=numbers[min(number, len(numbers)) - 1])

    return answer


async def reset(request: web.Request, _: int) -> web.StreamResponse:
    """Cuts the connection."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def hang(_: web.Request, __: int) -> web.StreamResponse:
    """Says nothing for a long time."""
    await asyncio.sleep(60)
    return web.Response()


async def drip(request: web.Request, _: int) -> web.StreamResponse:
    """Sends a body so slowly that it never ends."""
    response = web.StreamResponse(headers={"Content-Length": "10000"})
    await response.prepare(request)
    for _byte in range(10_000):
        await response.write(b" ")
        await asyncio.sleep(0.05)
    return response
