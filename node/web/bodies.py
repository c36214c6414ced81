"""Reading what came with a request: never too much of it, and never for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

SECONDS = 30.0
_READ: web.RequestKey[bytes] = web.RequestKey("body", bytes)


async def read_body(request: web.Request, largest: int) -> bytes:
    """The whole body, `largest` bytes at most, within half a minute (security: G01, G09); the same
    again for who asks a second time.

    Raises: HTTPRequestEntityTooLarge, HTTPRequestTimeout, HTTPUnsupportedMediaType for what is
    compressed.
    """
    if _READ in request:
        return request[_READ]
    chunks: list[bytes] = []
    await each_chunk(request, largest, chunks.append)
    request[_READ] = body = b"".join(chunks)
    return body


async def each_chunk(request: web.Request, largest: int, take: Callable[[bytes], object]) -> None:
    """Hand on the body piece by piece, within the same bounds. Raises: as `read_body`."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise web.HTTPUnsupportedMediaType(text="What is compressed is not read here.")
    _check(request.content_length or 0, largest)
    size = 0
    try:
        async with asyncio.timeout(SECONDS):
            while chunk := await request.content.readany():
                size += len(chunk)
                _check(size, largest)
                take(chunk)
    except TimeoutError as error:
        raise web.HTTPRequestTimeout(text="The body did not come to an end in time.") from error


def _check(size: int, largest: int) -> None:
    if size > largest:
        raise web.HTTPRequestEntityTooLarge(largest, size, text="The body is too large.")
