"""The node as strangers meet it: behind the very server that `serve` starts."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from node.patience import HEAD_SECONDS
from node.serving import answering
from tests.support.forging import US
from tests.support.nodes import free_port
from tests.support.stage import Stage

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def at_the_edge(
    us: Stage, *, head_seconds: float = HEAD_SECONDS, body_seconds: float = 30
) -> AsyncIterator[Stage]:
    """The same stage, speaking to the server of production at a port of its own."""
    node, port = replace(us.node, body_seconds=body_seconds), free_port()
    async with answering(node, "127.0.0.1", port, head_seconds=head_seconds):
        yield replace(us, port=port)


def request(line: str, *headers: str, body: bytes = b"", host: str = US) -> bytes:
    """A request to the node, byte for byte; the connection ends with its answer."""
    lines = [f"{line} HTTP/1.1", f"Host: {host}", "Connection: close", *headers]
    if body and not any(each.lower().startswith(("content-l", "transfer")) for each in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


async def connected(port: int) -> Streams:
    """A connection to a server on loopback."""
    # Not through the event loop: only the node's own connections are watched.
    sock = socket.create_connection(("127.0.0.1", port))
    sock.setblocking(False)
    return await asyncio.open_connection(sock=sock)


async def head_of(reader: asyncio.StreamReader) -> bytes:
    """The head of the next answer."""
    async with asyncio.timeout(5):
        return await reader.readuntil(b"\r\n\r\n")
