"""An actor elsewhere whose signatures are made, and who judges ours, with the package apsig.

Nothing of `keys` is used here: two parties that share code would agree on the same mistake.
"""

from __future__ import annotations

import asyncio
import io
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web
from apsig.draft import Signer, Verifier
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

Json = dict[str, Any]
ACTIVITY = "application/activity+json"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CONTEXT = ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"]
_FORWARD = {"Accept": ACTIVITY}
_TRIES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A POST to the peer's inbox; `key_id` is None when apsig did not find it valid."""

    document: Json
    key_id: str | None
    complaint: str
    covered: frozenset[str]


class ApsigPeer:
    """One Person on a server of her own; what she is asked for lies in `documents`, by path."""

    def __init__(self, name: str, key: rsa.RSAPrivateKey | None = None) -> None:
        self.name = name
        self.key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.judged: list[Judged] = []
        self.documents: dict[str, Json] = {}
        self.fetched: list[str] = []
        self.port = 0
        self.session: aiohttp.ClientSession | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def id(self) -> str:
        return f"{self.origin}/u/{self.name}"

    @property
    def key_id(self) -> str:
        return f"{self.id}#main-key"

    @property
    def handle(self) -> str:
        return f"@{self.name}@127.0.0.1:{self.port}"

    def actor(self) -> Json:
        pem = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {
            "@context": CONTEXT,
            "id": self.id,
            "type": "Person",
            "preferredUsername": self.name,
            "name": self.name.title(),
            "inbox": f"{self.id}/inbox",
            "outbox": f"{self.id}/outbox",
            "followers": f"{self.id}/followers",
            "publicKey": {"id": self.key_id, "owner": self.id, "publicKeyPem": pem.decode()},
        }

    # --- what she says ---

    def activity(self, kind: str, about: Any, **more: Any) -> Json:
        """An activity of hers with an id of its own, for everybody."""
        return {
            "@context": CONTEXT[0],
            "id": f"{self.origin}/activities/{uuid.uuid4()}",
            "type": kind,
            "actor": self.id,
            "to": [PUBLIC],
            "object": about,
            **more,
        }

    def thing(self, kind: str, **more: Any) -> Json:
        """A public object of hers, served under its id."""
        path = f"/things/{uuid.uuid4()}"
        document = {
            "id": f"{self.origin}{path}",
            "type": kind,
            "attributedTo": self.id,
            "to": [PUBLIC],
            **more,
        }
        self.documents[path] = {"@context": CONTEXT[0], **document}
        return document

    def sign(self, inbox: str, body: bytes, **changes: Any) -> dict[str, str]:
        """The headers of a signed POST, as apsig makes them: in Signature and in Authorization."""
        options: Json = {"key_id": self.key_id, "headers": {"Content-Type": ACTIVITY}, **changes}
        signer = Signer(private_key=self.key, method="POST", url=inbox, body=body, **options)
        return dict(signer.sign())

    async def post(
        self, inbox: str, body: bytes | AsyncIterator[bytes], headers: dict[str, str]
    ) -> tuple[int, Json]:
        """Status and problem document of what was answered.

        What the node was too busy for is sent again, as servers do, but for a body in parts.
        """
        if not isinstance(body, bytes):
            return await self._post(inbox, body, headers)
        answer = await self._post(inbox, io.BytesIO(body), headers)
        for _ in range(_TRIES):
            if answer[0] != 503:
                break
            await asyncio.sleep(0.2)
            answer = await self._post(inbox, io.BytesIO(body), headers)
        return answer

    async def _post(
        self, inbox: str, data: io.BytesIO | AsyncIterator[bytes], headers: dict[str, str]
    ) -> tuple[int, Json]:
        assert self.session is not None
        async with self.session.post(inbox, data=data, headers=headers) as answer:
            text = await answer.read()
            return answer.status, json.loads(text) if text else {}

    async def send(self, inbox: str, document: Json) -> tuple[int, Json]:
        """The answer to this document, signed."""
        body = json.dumps(document).encode()
        return await self.post(inbox, body, self.sign(inbox, body))

    # --- what she asks ---

    async def find(self, origin: str, account: str) -> Json:
        """The actor behind an account, by way of WebFinger."""
        query = {"resource": f"acct:{account}"}
        jrd = await self._get(f"{origin}/.well-known/webfinger", query)
        assert jrd["subject"] == query["resource"]
        (link,) = (each for each in jrd["links"] if each["rel"] == "self")
        assert link["type"] == ACTIVITY
        return await self._get(link["href"])

    async def _get(self, url: str, query: dict[str, str] | None = None) -> Json:
        assert self.session is not None
        async with self.session.get(url, params=query, headers=_FORWARD) as answer:
            assert answer.status == 200, (url, answer.status)
            return dict(await answer.json(content_type=None))

    # --- what she hears ---

    async def heard(self, wanted: Callable[[Json], bool], seconds: float = 15.0) -> Judged:
        """The first POST whose document is the wanted one."""
        async with asyncio.timeout(seconds):
            while True:
                for each in self.judged:
                    if wanted(each.document):
                        return each
                await asyncio.sleep(0.05)

    async def serve(self, request: web.Request) -> web.Response:
        """Her whole server: an inbox, WebFinger, herself and what she wrote."""
        if request.method == "POST":
            return await self._receive(request)
        self.fetched.append(request.path)
        if request.path == "/.well-known/webfinger":
            return self._webfinger(request)
        document = self.actor() if request.path == f"/u/{self.name}" else None
        document = document or self.documents.get(request.path)
        if document is None:
            return web.Response(status=404)
        return web.json_response(document, content_type=ACTIVITY)

    def _webfinger(self, request: web.Request) -> web.Response:
        account = f"acct:{self.handle[1:]}"
        if request.query.get("resource") != account:
            return web.Response(status=404)
        link = {"rel": "self", "type": ACTIVITY, "href": self.id}
        return web.json_response(
            {"subject": account, "links": [link]}, content_type="application/jrd+json"
        )

    async def _receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        judged = await self._judge(request, body)
        self.judged.append(judged)
        return web.Response(status=202 if judged.key_id else 401)

    async def _judge(self, request: web.Request, body: bytes) -> Judged:
        document, key_id, complaint = json.loads(body), None, ""
        try:
            owner = await self._get(document["actor"])
            url = f"{self.origin}{request.raw_path}"
            pem = owner["publicKey"]["publicKeyPem"]
            verifier = Verifier(pem, "POST", url, dict(request.headers), body)
            key_id = verifier.verify(raise_on_fail=True)
            assert key_id == owner["publicKey"]["id"]
        except Exception as error:  # whatever a stranger's code raises is its verdict
            key_id, complaint = None, f"{type(error).__name__}: {error}"
        _, _, rest = request.headers.get("Signature", "").partition('headers="')
        covered = frozenset(rest.partition('"')[0].split())
        return Judged(document=document, key_id=key_id, complaint=complaint, covered=covered)


@asynccontextmanager
async def apsig_peer(
    name: str = "carol", key: rsa.RSAPrivateKey | None = None
) -> AsyncIterator[ApsigPeer]:
    """A peer that lives as long as the block."""
    peer = ApsigPeer(name, key)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", peer.serve)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    peer.port = runner.addresses[0][1]
    try:
        async with aiohttp.ClientSession() as peer.session:
            yield peer
    finally:
        await runner.cleanup()
