"""A running server on Fedify, installed from npm into a folder outside the project."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.interop.peers.installing import folder_of
from tests.support.https import Street, program
from tests.support.nodes import free_port, until

Json = dict[str, Any]
DRAFT = "draft-cavage-http-signatures-12"
RFC9421 = "rfc9421"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def install() -> Path:
    """The folder with the peer and all it needs. Raises: NotInstallable."""
    return folder_of("fedify")


class FedifyPeer:
    """The peer's controls; `dora` and `emil` live there."""

    def __init__(self, host: str, control: int, session: aiohttp.ClientSession) -> None:
        self.host = host
        self._control = control
        self._session = session

    @property
    def origin(self) -> str:
        return f"https://{self.host}"

    @property
    def actor(self) -> str:
        return self.person("dora")

    @property
    def handle(self) -> str:
        return f"@dora@{self.host}"

    def person(self, name: str) -> str:
        """The id of one of those who live there."""
        return f"{self.origin}/people/{name}"

    async def order(self, name: str, **order: Any) -> Json:
        """What the peer answers to an order (see fedify/controls.mjs)."""
        url = f"http://127.0.0.1:{self._control}/{name}"
        async with self._session.post(url, json=order) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())

    async def act(self, kind: str, about: Any, to: str, /, by: str = "dora", **more: Any) -> Json:
        """An activity of this kind, signed and sent to one actor."""
        activity = {"type": kind, "object": about, "to": [to], **more}
        return await self.order("act", activity=activity, by=by, deliver=[to])

    async def journal(self) -> Json:
        """Everything that came: posts with verdicts, what was believed, who follows."""
        return await self.order("journal")

    async def heard(self, kind: str, place: int = 0, about: str | None = None) -> Json:
        """The activity of this kind (and about this thing), as soon as Fedify has believed it."""

        async def there() -> Json | None:
            believed = (await self.journal())["believed"]
            found = [it for it in believed if it["type"] == kind and about in (None, _object(it))]
            return found[place] if len(found) > place else None

        return dict(await until(there))

    async def posts(self, kind: str | None = None) -> list[Json]:
        """The posts (of activities of this kind) with Fedify's verdicts, once all are answered."""

        async def answered() -> tuple[list[Json]] | None:
            posts = (await self.journal())["posts"]
            return (posts,) if all(it.get("status") for it in posts) else None

        (posts,) = await until(answered)
        return [it for it in posts if kind in (None, it.get("document", {}).get("type"))]


def _object(activity: Json) -> Any:
    about = activity.get("object")
    return about.get("id") if isinstance(about, dict) else about


@asynccontextmanager
async def fedify_peer(
    where: Street, folder: Path, host: str = "fedify.test", first: str = ""
) -> AsyncIterator[FedifyPeer]:
    """The peer in `folder` at `https://HOST`, running as long as the block; `first` is the
    signature that it tries first."""
    address, tls = where.server(host)
    control = free_port()
    environment = {
        "PEER_HOST": host,
        "PEER_ADDRESS": address,
        "PEER_TLS": str(tls),
        "PEER_CONTROL": str(control),
        "PEER_FIRST": first,
    }
    running = program(where, "node", "peer.mjs", folder=folder, ready="ready", **environment)
    async with running, aiohttp.ClientSession() as session:
        yield FedifyPeer(host, control, session)
