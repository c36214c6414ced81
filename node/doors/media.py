"""Pictures over HTTP: shown to everybody, handed in with a token."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import BodyPartReader, MultipartReader, web

from activitypub.errors import DocumentError
from activitypub.parsing import parse
from node.doors.api import perform_for
from node.errors import Invalid, NotFound
from node.media import store
from node.media.folder import Folder
from node.media.model import LARGEST_BODY, WIDTHS
from node.services import NODE
from node.web.answers import json_answer
from node.web.bodies import SECONDS, read_body
from node.web.headers import DATA_HEADERS, STATIC_CACHE
from node.web.visitor import HOLDER

_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")
_MOST_PARTS = 4
_LONGEST_TEXT = 32 * 1024
_NO_PICTURE = "There is no such picture here."


async def get_picture(request: web.Request) -> web.StreamResponse:
    """A picture as large as it is kept. It never changes under its address."""
    return await _served(request, WIDTHS[0])


async def get_small_picture(request: web.Request) -> web.StreamResponse:
    """The same for a phone."""
    return await _served(request, WIDTHS[1])


async def _served(request: web.Request, widest: int) -> web.StreamResponse:
    node = request.app[NODE]
    media_id = request.match_info["id"]
    picture = await node.look(lambda tx: store.find(tx, media_id))
    size = picture.size(widest) if picture else None
    path = Folder(node.config.data).path(size.digest) if size else None
    if size is None or path is None or not path.is_file():
        raise NotFound(_NO_PICTURE)
    headers = {
        **DATA_HEADERS,
        "Content-Type": size.media_type,
        "Cache-Control": STATIC_CACHE,
        "ETag": f'"{size.digest[:20]}"',
        # a picture in an event may be shown by every server that got it
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if f'"{size.digest[:20]}"' in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    return web.FileResponse(path, headers=headers)


async def post_media(request: web.Request) -> web.Response:
    """Hand in a picture: as the body with its Content-Type and `?alt=`, or as a form with `file`
    and `alt`."""
    if request.content_type == "multipart/form-data":
        given = await _form(request)
    elif request.content_type in _TYPES:
        given = {"file": await read_body(request, LARGEST_BODY), "alt": request.query.get("alt")}
    else:
        raise web.HTTPUnsupportedMediaType(
            text="Send the picture as JPEG, PNG, WebP or GIF, or a form with the field `file`."
        )
    if "file" not in given:
        raise Invalid({"file": "is missing"})
    made = await perform_for(
        request,
        "media.add",
        data=given["file"],
        alt=_texts(given.get("alt") or None),
        by=request[HOLDER].id,
    )
    return json_answer(made, status=201, headers={"Location": made["url"]})


async def _form(request: web.Request) -> dict[str, Any]:
    """The fields `file` and `alt` of a form, bounded in number, size and time."""
    try:
        async with asyncio.timeout(SECONDS):
            return await _fields(await request.multipart())
    except TimeoutError as late:
        raise web.HTTPRequestTimeout(text="The form did not come to an end in time.") from late
    except (ValueError, AssertionError, RuntimeError) as wrong:
        raise Invalid({"body": "is not a form that can be read"}) from wrong


async def _fields(reader: MultipartReader) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(_MOST_PARTS):
        part = await reader.next()
        if part is None:
            return found
        if not isinstance(part, BodyPartReader) or part.name not in ("file", "alt"):
            raise Invalid({str(getattr(part, "name", "body")): "is not a field that we know"})
        largest = LARGEST_BODY if part.name == "file" else _LONGEST_TEXT
        body = await _part(part, largest)
        found[part.name] = body if part.name == "file" else _text(body)
    raise Invalid({"body": "has too many fields"})


async def _part(part: BodyPartReader, largest: int) -> bytes:
    body = bytearray()
    while chunk := await part.read_chunk():
        body += chunk
        if len(body) > largest:
            raise web.HTTPRequestEntityTooLarge(largest, len(body), text="The file is too large.")
    return bytes(body)


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as wrong:
        raise Invalid({"alt": "is not UTF-8"}) from wrong


def _texts(alt: str | None) -> Any:
    """A plain text, or texts by language as JSON."""
    if alt is None or not alt.lstrip().startswith("{"):
        return alt
    try:
        return parse(alt.encode())
    except DocumentError as wrong:
        raise Invalid({"alt": f"is not JSON: {wrong}"}) from wrong
