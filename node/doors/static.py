"""Files that never change under their address: the style, the mark; and what crawlers ask for."""

from __future__ import annotations

import mimetypes

from aiohttp import web

from node.errors import NotFound
from node.web.headers import DATA_HEADERS, STATIC_CACHE
from node.web.render import STATIC

_KNOWN = {path.name: path for path in STATIC.iterdir()} if STATIC.is_dir() else {}
_ROBOTS = "User-agent: *\nDisallow: /api/\nDisallow: /setup/\n"


async def get_static(request: web.Request) -> web.StreamResponse:
    """A file of ours by its name; nothing outside the folder can be named."""
    return _file(request.match_info["name"])


async def get_favicon(request: web.Request) -> web.StreamResponse:
    """The mark, for browsers that ask without being told."""
    return _file("favicon.svg")


async def get_robots(request: web.Request) -> web.StreamResponse:
    """What crawlers leave alone."""
    return web.Response(text=_ROBOTS, headers=DATA_HEADERS)


def _file(name: str) -> web.Response:
    path = _KNOWN.get(name)
    if path is None:
        raise NotFound("There is no such file here.")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = web.Response(
        body=path.read_bytes(),
        content_type=kind,
        charset="utf-8" if kind.startswith("text/") else None,
        headers={
            "Cache-Control": STATIC_CACHE,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        },
    )
    response.enable_compression()
    return response
