"""A neighbour that serves what a server of some software serves: `tests/interop/*/served/`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from aiohttp import web

from activitypub.names import ACTIVITY_JSON, JRD_JSON
from keys.serialisation import public_pem
from tests.support.neighbours import Neighbour, key_of

Json = dict[str, Any]
FILES = Path(__file__).parent.parent / "interop"


class Served(Neighbour):
    """`actor_id` is whom one follows there; `hits` counts GETs by path with query; `pages` are
    documents and web pages by path with query, `statuses` what is answered instead."""

    def __init__(self) -> None:
        super().__init__()
        self.actor_id = ""
        self.handle = ""
        self.webfinger: Json | None = None
        self.pages: dict[str, tuple[bytes, str]] = {}
        self.statuses: dict[str, int] = {}
        self.hits: Counter[str] = Counter()

    def put(self, path: str, document: Json, media_type: str = ACTIVITY_JSON) -> str:
        """Serve a document at a path (with query); its address."""
        self.pages[path] = (orjson.dumps(document), media_type)
        return self.origin + path

    def load(self, software: str) -> None:
        """Serve all that one server of this software serves, here in its place."""
        folder = FILES / software / "served"
        text = {each.stem: each.read_text("utf-8") for each in sorted(folder.glob("*.json"))}
        actor_id = json.loads(text["actor"])["id"]
        home, at = f"https://{urlsplit(actor_id).netloc}", f"@{self.host}"
        found = {
            name: json.loads(each.replace(home, self.origin).replace(f"@{home[8:]}", at))
            for name, each in text.items()
        }
        self.webfinger = found.pop("webfinger")
        self.handle = str(self.webfinger["subject"]).removeprefix("acct:")
        links = found.pop("well_known_nodeinfo")
        self.put("/.well-known/nodeinfo", links, "application/json")
        path = links["links"][0]["href"].removeprefix(self.origin)
        self.put(path, found.pop("nodeinfo"), "application/json")
        self._load_actor(found["actor"])
        for document in found.values():
            self.put(document["id"].removeprefix(self.origin), document)

    def _load_actor(self, actor: Json) -> None:
        self.actor_id = actor["id"]
        name = self.actor_id.rpartition("/")[2]
        actor["publicKey"]["publicKeyPem"] = public_pem(key_of(name).public_key())

    async def accept(self, node_inbox: str) -> None:
        """Wait for the Follow of our actor here, and accept it."""
        path = json.loads(self.pages[self.actor_id.removeprefix(self.origin)][0])["inbox"]
        follow = (await self._come(urlsplit(path).path, "Follow"))[0]
        answer = self.activity("Accept", self.actor_id, follow, to=[follow["actor"]])
        await self.insists(node_inbox, answer)

    async def _come(self, path: str, kind: str) -> list[Json]:
        from tests.support.nodes import until  # noqa: PLC0415

        async def there() -> list[Json]:
            found = [each.document for each in self.arrivals if each.path == path]
            return [each for each in found if each["type"] == kind]

        found: list[Json] = await until(there)
        return found

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.method == "POST":
            return await super()._serve(request)
        self.hits[request.raw_path] += 1
        if request.raw_path in self.statuses:
            return web.Response(status=self.statuses[request.raw_path])
        if request.path == "/.well-known/webfinger":
            return self._jrd(request.query.get("resource", ""))
        if request.raw_path in self.pages:
            body, media_type = self.pages[request.raw_path]
            return web.Response(body=body, headers={"Content-Type": media_type})
        return await super()._serve(request)

    def _jrd(self, resource: str) -> web.Response:
        known = self.webfinger or {}
        named = {str(known.get("subject")), *map(str, known.get("aliases", ()))}
        if not known or resource not in named:
            return web.Response(status=404)
        return web.Response(body=orjson.dumps(known), content_type=JRD_JSON)


@asynccontextmanager
async def served(software: str | None = None) -> AsyncIterator[Served]:
    """A server that lives as long as the block, with the files of this software."""
    server = Served()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server._serve)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.port = runner.addresses[0][1]
    if software is not None:
        server.load(software)
    try:
        yield server
    finally:
        await runner.cleanup()
