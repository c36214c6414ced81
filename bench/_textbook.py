"""The inbox as textbooks have it, and the least that can be done with a request.

Started as a program this file is a server: `python bench/_textbook.py PORT PEM` believes and keeps
activities in the way of most servers written in Python; without a key it only answers 202.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks
import aiosqlite
from aiohttp import web
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pyld import jsonld

from activitypub.contexts import load
from keys.http_signatures import check, parse, verify
from keys.message import Request


class Textbook:
    """aiohttp, the key parsed for each request, PyLD, and a transaction of its own for each."""

    def __init__(self, port: int, pem: str) -> None:
        self._port = port
        self._pem = pem.encode()

    async def post(self, request: web.Request) -> web.Response:
        """202 once the activity is believed, expanded and kept."""
        body = await request.read()
        self._believe(request, body)
        activity = jsonld.expand(json.loads(body), {"documentLoader": _bundled})[0]
        database = request.app[_DATABASE]
        row = activity["@id"], json.dumps(activity)
        await database.execute("insert or ignore into activity values (?, ?)", row)
        await database.commit()
        return web.Response(status=202)

    def _believe(self, request: web.Request, body: bytes) -> None:
        message = Request(
            method="POST",
            url=f"http://127.0.0.1:{self._port}{request.raw_path}",
            headers=tuple(request.headers.items()),
            body=body,
        )
        signature = parse(message)
        own = {f"127.0.0.1:{self._port}"}
        check(message, signature, now=datetime.now(UTC), authorities=own)
        public: Any = load_pem_public_key(self._pem)
        verify(message, signature, public)


_DATABASE: web.AppKey[aiosqlite.Connection] = web.AppKey("database", aiosqlite.Connection)


def _bundled(url: str, _: Any = None) -> rig.Json:
    """A context from memory: nobody fetches it for each activity."""
    return {"contextUrl": None, "documentUrl": url, "document": load(url)}


async def _kept(app: web.Application) -> AsyncIterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        async with aiosqlite.connect(f"{folder}/rival.db") as database:
            await database.execute("create table activity (id text primary key, body text)")
            app[_DATABASE] = database
            yield


async def _bare(request: web.Request) -> web.Response:
    """202 once the body is there."""
    await request.read()
    return web.Response(status=202)


def _serve(port: int, pem: str) -> None:
    app = web.Application()
    if pem:
        app.cleanup_ctx.append(_kept)
        app.router.add_post("/inbox", Textbook(port, pem).post)
    else:
        import uvloop  # noqa: PLC0415  the least that can be done; textbooks do without

        uvloop.install()
        app.router.add_post("/inbox", _bare)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
