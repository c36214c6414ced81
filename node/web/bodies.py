"""Reading what came with a request: never too much of it, and never for ever."""

from __future__ import annotations

import asyncio

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
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise web.HTTPUnsupportedMediaType(text="What is compressed is not read here.")
    _check(request.content_length or 0, largest)
    chunks, size = [], 0
    try:
        async with asyncio.timeout(SECONDS):
            while chunk := await request.content.readany():
                size += len(chunk)
                _check(size, largest)
                chunks.append(chunk)
    except TimeoutError as error:
        raise web.HTTPRequestTimeout(text="The body did not come to an end in time.") from error
    request[_READ] = body = b"".join(chunks)
    return body


def _check(size: int, largest: int) -> None:
    if size > largest:
        raise web.HTTPRequestEntityTooLarge(largest, size, text="The body is too large.")
