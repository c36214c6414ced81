"""A server of somebody else on loopback, which follows, publishes and is told how to answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import ACTIVITY_JSON, PUBLIC
from keys.http_signatures import sign
from keys.keypair import make_rsa
from keys.message import Request
from keys.serialisation import public_pem
from node.services import Node
from node.storage.database import Row, Transaction
from tests.support.needles import NEEDLES, server_name
from tests.support.nodes import until

Json = dict[str, Any]
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@cache
def key_of(name: str) -> RSAPrivateKey:
    """The key of every actor of this name: making one takes long."""
    return make_rsa()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One activity as it was posted here."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Json:
        """The activity."""
        found: Json = orjson.loads(self.body)
        return found


class Neighbour:
    """A running server; `arrivals` in order, `answer` is what it does with each of them; `gone` are
    the paths of actors that were deleted."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.answer: Answer = status(202)
        self.documents: dict[str, Json] = {}
        self.gone: set[str] = set()
        self.port = 0
        self._numbers = count(1)

    @property
    def host(self) -> str:
        return server_name(f"127.0.0.1:{self.port}")

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    def new_id(self) -> str:
        """An address that was not given out before."""
        return f"{self.origin}/things/{next(self._numbers)}"

    def actor(self, name: str) -> str:
        """The id of an actor that lives here from now on; `name` may be a path."""
        actor_id = f"{self.origin}/{name}"
        NEEDLES.add(name)
        self.documents[f"/{name}"] = {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": actor_id,
            "type": "Group",
            "preferredUsername": name,
            "name": name.title(),
            "inbox": f"{actor_id}/inbox",
            "url": actor_id,
            "publicKey": {
                "id": f"{actor_id}#main-key",
                "owner": actor_id,
                "publicKeyPem": public_pem(key_of(name.rpartition("/")[2]).public_key()),
            },
        }
        return actor_id

    def activity(self, kind: str, actor: str, about: Json | str, **more: Any) -> Json:
        """An activity of one of the actors here, for everybody, with a new id."""
        return {
            "@context": OBJECT_CONTEXT,
            "id": self.new_id(),
            "type": kind,
            "actor": actor,
            "to": [PUBLIC],
            "object": about,
            **more,
        }

    def event(self, author: str, **more: Any) -> Json:
        """An event by one of the actors here."""
        return {
            "id": self.new_id(),
            "type": "Event",
            "attributedTo": author,
            "to": [PUBLIC],
            "name": "Straßenfest",
            "content": "<p>Mit Musik.</p>",
            "startTime": "2031-06-01T15:00:00Z",
            "endTime": "2031-06-01T20:00:00Z",
            "published": "2026-06-01T10:00:00Z",
            **more,
        }

    def serve(self, document: Json) -> str:
        """Answer with this document at the address that it names."""
        address = str(document["id"])
        self.documents[address.removeprefix(self.origin)] = {
            "@context": OBJECT_CONTEXT,
            **document,
        }
        return address

    async def send(self, inbox: str, activity: Json) -> int:
        """The status with which an inbox answered, the activity being signed by its actor."""
        body = orjson.dumps(activity)
        actor = str(activity["actor"])
        request = sign(
            Request(
                method="POST", url=inbox, headers=(("Content-Type", ACTIVITY_JSON),), body=body
            ),
            key_id=f"{actor}#main-key",
            key=key_of(actor.rpartition("/")[2]),
            now=datetime.now(UTC),
        )
        async with (
            aiohttp.ClientSession() as session,
            session.post(inbox, data=body, headers=request.headers) as answer,
        ):
            return answer.status

    async def insists(self, inbox: str, activity: Json) -> None:
        """Sent until it is taken; a machine that is busy with other tests may say 503 first."""
        assert await self.told(inbox, activity) == 202

    async def told(self, inbox: str, activity: Json) -> int:
        """The status with which an inbox answered once it was not too busy (503)."""

        async def answered() -> int | None:
            status = await self.send(inbox, activity)
            return status if status != 503 else None

        return int(await until(answered))

    async def follow(self, actor: str, followed: str) -> Json:
        """The Follow, once it was accepted."""
        follow = self.activity("Follow", actor, followed)
        await self.insists(f"{followed}/inbox", follow)

        async def accepted() -> bool:
            return any(each["object"]["id"] == follow["id"] for each in self.got(actor, "Accept"))

        await until(accepted)
        return follow

    def got(self, actor: str, kind: str) -> list[Json]:
        """The activities of this kind that came to an actor's inbox."""
        path = f"{actor.removeprefix(self.origin)}/inbox"
        found = [arrival.document for arrival in self.arrivals if arrival.path == path]
        return [each for each in found if each["type"] == kind]

    async def comes(self, actor: str, kind: str, number: int = 1) -> list[Json]:
        """The same, once there are so many."""

        async def enough() -> list[Json]:
            found = self.got(actor, kind)
            return found if len(found) >= number else []

        found: list[Json] = await until(enough)
        return found

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.method == "POST":
            arrival = Arrival(
                path=request.path, headers=dict(request.headers), body=await request.read()
            )
            self.arrivals.append(arrival)
            return await self.answer(request)
        if request.path in self.gone:
            return web.Response(status=410)
        document = self.documents.get(request.path)
        if document is None:
            return web.Response(status=404)
        NEEDLES.take(document)
        return web.Response(body=orjson.dumps(document), content_type=ACTIVITY_JSON)


@asynccontextmanager
async def neighbour() -> AsyncIterator[Neighbour]:
    """A server that lives as long as the block."""
    server = Neighbour()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server._serve)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()


def status(number: int, **headers: str) -> Answer:
    """Answers so, always; `retry_after` becomes Retry-After."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=number, headers=named)

    return answer


async def reset(request: web.Request) -> web.StreamResponse:
    """Cuts the connection."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def hang(_: web.Request) -> web.StreamResponse:
    """Says nothing for a long time."""
    await asyncio.sleep(60)
    return web.Response()


async def outcome(node: Node, activity_id: str) -> str:
    """What became of an activity that a node had kept, once it was taken up: "done", "unheard",
    "refused:REASON"."""

    async def read(tx: Transaction) -> Row | None:
        return await tx.row(
            "select state, reason from inbox_activity where activity_id = :id "
            "and state <> 'waiting'",
            id=activity_id,
        )

    row = await until(lambda: node.look(read))
    return f"refused:{row['reason']}" if row["state"] == "refused" else str(row["state"])
