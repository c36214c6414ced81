"""Reading what came with a request: never too much of it, and never for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

SECONDS = 30.0
_LONGEST_KIND = 256
"""Of a Content-Type; the longest that browsers and programs send is a third of it."""
_READ: web.RequestKey[bytes] = web.RequestKey("body", bytes)


def kind_of(request: web.Request) -> str:
    """The media type of what came, without what stands behind it; "" where nothing is said.

    Not as aiohttp reads it: that takes half a second for a hostile one, or fails (security: G14).
    Raises: HTTPBadRequest for a header that is too long.
    """
    said = request.headers.get("Content-Type", "")
    if len(said) > _LONGEST_KIND:
        raise web.HTTPBadRequest(text="The Content-Type is too long.")
    return said.partition(";")[0].strip().lower()


def has_body(request: web.Request) -> bool:
    """Whether anything came with it, read already or not."""
    return bool(request.get(_READ)) or request.can_read_body


async def read_body(request: web.Request, largest: int) -> bytes:
    """The whole body, `largest` bytes at most, within half a minute (security: G01, G09); the same
    again for who asks a second time.

    Raises: HTTPRequestEntityTooLarge, HTTPRequestTimeout, HTTPUnsupportedMediaType for what is
    compressed.
    """
    if _READ in request:
        _check(len(request[_READ]), largest)
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
