"""Pictures over HTTP: shown to everybody, handed in with a token."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from activitypub.errors import DocumentError
from activitypub.parsing import parse
from node.doors.api import perform_for
from node.errors import Invalid, NotFound
from node.media import store
from node.media.folder import Folder
from node.media.model import LARGEST_BODY, WIDTHS
from node.services import NODE
from node.web.answers import json_answer
from node.web.bodies import kind_of, read_body
from node.web.forms import form_of
from node.web.headers import DATA_HEADERS, STATIC_CACHE
from node.web.visitor import HOLDER

_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")
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
    kind = kind_of(request)
    if kind == "multipart/form-data":
        given = await _form(request)
    elif kind in _TYPES:
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
    """The fields `file` and `alt` of a form, bounded in number and size."""
    form = await form_of(request, upload=LARGEST_BODY)
    if unknown := sorted({*form, *form.files} - {"file", "alt"}):
        raise Invalid(dict.fromkeys(unknown, "is not a field that we know"))
    alt, file = form.get("alt", ""), form.files.get("file")
    if len(alt) > _LONGEST_TEXT:
        raise Invalid({"alt": "is too long"})
    if "\ufffd" in alt:
        raise Invalid({"alt": "is not UTF-8"})
    if file and (size := len(file.content)) > LARGEST_BODY:
        raise web.HTTPRequestEntityTooLarge(LARGEST_BODY, size, text="The file is too large.")
    return {"alt": alt, "file": file.content} if file else {"alt": alt}


def _texts(alt: str | None) -> Any:
    """A plain text, or texts by language as JSON."""
    if alt is None or not alt.lstrip().startswith("{"):
        return alt
    try:
        return parse(alt.encode())
    except DocumentError as wrong:
        raise Invalid({"alt": f"is not JSON: {wrong}"}) from wrong
