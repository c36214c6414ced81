"""A server of somebody else on loopback with actors and keys, and the node's inward half."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from activitypub.names import ACTIVITY_JSON
from federation.inward.inbox import Inbox
from federation.memory import FakeClock, MemoryActors, MemoryInbox, MemoryKeyring
from federation.network.addresses import AddressPolicy, networks
from federation.network.client import Client
from federation.network.fetch import Fetcher
from federation.network.sending import MemorySchemes, Sender
from federation.policy import Everyone
from federation.trust.actors import RemoteActors
from federation.trust.authenticate import Authenticator
from keys.http_signatures import sign
from keys.keypair import make_rsa
from keys.message import Request
from keys.serialisation import public_pem
from tests.support.needles import NEEDLES, server_name

OURS = "https://wien.test"
INBOX = f"{OURS}/inbox"
RELAY = f"{OURS}/actor"
LOOPBACK = AddressPolicy(networks(["127.0.0.0/8"]))
OUR_KEY = make_rsa()
# Making keys takes long; whose key is whose is told by the documents.
THEIR_KEY, OTHER_KEY = make_rsa(), make_rsa()


@dataclass(slots=True, kw_only=True)
class Page:
    """What is at one path."""

    body: bytes = b""
    status: int = 200
    type: str = ACTIVITY_JSON
    headers: Mapping[str, str] = field(default_factory=dict)


class Stranger:
    """A running server; `hits` counts requests by path with query, `seen` holds the last one."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.hits: Counter[str] = Counter()
        self.seen: dict[str, web.Request] = {}
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._serve)
        self.server = TestServer(application)

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    @property
    def host(self) -> str:
        return server_name(f"127.0.0.1:{self.server.port}")

    async def _serve(self, request: web.Request) -> web.Response:
        self.hits[request.raw_path] += 1
        self.seen[request.raw_path] = request
        page = self.pages.get(request.raw_path, Page(status=404))
        headers = {"Content-Type": page.type, **page.headers}
        return web.Response(status=page.status, body=page.body, headers=headers)

    def put(self, path: str, document: Mapping[str, Any], **page: Any) -> str:
        """Serve a document; its address."""
        NEEDLES.take(document)
        self.pages[path] = Page(body=orjson.dumps(document), **page)
        return f"{self.origin}{path}"

    def actor(
        self, name: str = "anna", key: RSAPrivateKey = THEIR_KEY, **changes: Any
    ) -> dict[str, Any]:
        """Serve an actor at /NAME; its document."""
        actor_id = f"{self.origin}/{name}"
        document: dict[str, Any] = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": actor_id,
            "type": "Person",
            "preferredUsername": name,
            "name": name.title(),
            "inbox": f"{actor_id}/inbox",
            "endpoints": {"sharedInbox": f"{self.origin}/inbox"},
            "followers": f"{actor_id}/followers",
            "outbox": f"{actor_id}/outbox",
            "url": f"{self.origin}/@{name}",
            "publicKey": {
                "id": f"{actor_id}#main-key",
                "owner": actor_id,
                "publicKeyPem": public_pem(key.public_key()),
            },
        }
        document.update(changes)
        self.put(f"/{name}", document)
        return document


@dataclass(slots=True, kw_only=True)
class Inward:
    """The parts of a node that listen, over memory."""

    clock: FakeClock
    client: Client
    fetcher: Fetcher
    cache: MemoryActors
    actors: RemoteActors
    authenticator: Authenticator
    log: MemoryInbox
    inbox: Inbox


def inward() -> Inward:
    """A node named wien.test for which loopback is a private peer."""
    clock, cache, log = FakeClock(), MemoryActors(), MemoryInbox()
    client = Client(LOOPBACK, OURS)
    sender = Sender(client, MemoryKeyring({RELAY: OUR_KEY}), MemorySchemes(), clock)
    fetcher = Fetcher(client, sender, RELAY, clock)
    actors = RemoteActors(cache, fetcher, clock)
    authenticator = Authenticator(actors, clock, frozenset({"wien.test"}), OURS)
    return Inward(
        clock=clock,
        client=client,
        fetcher=fetcher,
        cache=cache,
        actors=actors,
        authenticator=authenticator,
        log=log,
        inbox=Inbox(authenticator, log, Everyone(), clock),
    )


def post(document: Mapping[str, Any] | bytes, url: str = INBOX, **headers: str) -> Request:
    """An unsigned POST of this document to our inbox."""
    body = document if isinstance(document, bytes) else orjson.dumps(document)
    named = {"Content-Type": ACTIVITY_JSON}
    named.update({name.replace("_", "-").title(): value for name, value in headers.items()})
    return Request(method="POST", url=url, headers=tuple(named.items()), body=body)


def signed(
    request: Request, key_id: str, clock: FakeClock, key: RSAPrivateKey = THEIR_KEY
) -> Request:
    """The same request, signed now."""
    return sign(request, key_id=key_id, key=key, now=clock.now())
