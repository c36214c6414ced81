"""Somebody who asks a node over HTTP, without an account."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientSession

from activitypub.names import ACTIVITY_JSON
from node.services import Node
from tests.support.nodes import EVENT, do


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Guest:
    """Somebody who asks the node over HTTP."""

    def __init__(self, node: Node, session: ClientSession) -> None:
        self.node, self.session = node, session
        self.origin = node.urls.origin

    async def get(self, path: str, **headers: str) -> Answer:
        """The answer to a GET of a path or address; header names with _ for -."""
        url = path if path.startswith("http") else self.origin + path
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.get(url, headers=sent, allow_redirects=False) as response:
            return Answer(response.status, response.headers, await response.read())

    async def read(self, path: str) -> Any:
        """The ActivityPub document at a path or address."""
        answer = await self.get(path, Accept=ACTIVITY_JSON)
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith(ACTIVITY_JSON)
        assert answer.headers["Vary"] == "Accept"
        return answer.json

    async def webfinger(self, resource: str) -> Answer:
        """What WebFinger answers."""
        url = f"{self.origin}/.well-known/webfinger"
        async with self.session.get(url, params={"resource": resource}) as response:
            return Answer(response.status, response.headers, await response.read())

    async def raw(self, request: str) -> str:
        """The first line of the answer to a request as it is written here."""
        host, port = "127.0.0.1", urlsplit(self.origin).port
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(request.replace("\n", "\r\n").encode())
        await writer.drain()
        line = await asyncio.wait_for(reader.readline(), 10)
        writer.close()
        return line.decode().strip()


async def publish(guest: Guest, **changes: Any) -> str:
    """The address of a new event."""
    event = await do(guest.node, "event.publish", document={**EVENT, **changes})
    return str(event["id"])
