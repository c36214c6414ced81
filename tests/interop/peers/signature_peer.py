"""An actor at an https name who signs in all four forms, and judges ours, with libraries of others:
PyPI `apsig` (draft, RFC 9421, Linked Data signatures, FEP-8b32 proofs) and `http-message-signatures`
(RFC 9421 with Content-Digest).

Nothing of `keys` is used here: two parties that share code would agree on the same mistake.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from tests.interop.peers import signing_forms as forms
from tests.interop.peers.signing_forms import ACTIVITY, CONTEXT, Keys, Verdicts
from tests.support.https import Street
from tests.support.names import HTTPS
from tests.support.nodes import until

Json = dict[str, Any]
Answer = tuple[int, str]
"""Status, and the title of the problem document if there is one."""
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A POST to the peer's inbox, and what each library says of each signature on it."""

    document: Json
    verdicts: Verdicts


@dataclass(slots=True, kw_only=True)
class SignaturePeer:
    """One Person on a server of her own, who reports what she sees; `takes` says from the headers
    which posts she answers with 202 (all of them), the others with 401."""

    host: str
    keys: Keys
    session: aiohttp.ClientSession
    judged: list[Judged] = field(default_factory=list)
    documents: dict[str, Json] = field(default_factory=dict)
    takes: Callable[[dict[str, str]], bool] = lambda _: True

    @property
    def id(self) -> str:
        return f"https://{self.host}/u/carol"

    @property
    def handle(self) -> str:
        return f"@carol@{self.host}"

    def activity(self, kind: str, about: Any, **more: Any) -> Json:
        """An activity of hers with an id of its own, for everybody."""
        return {
            "@context": CONTEXT,
            "id": f"https://{self.host}/activities/{uuid.uuid4()}",
            "type": kind,
            "actor": self.id,
            "to": [PUBLIC],
            "object": about,
            **more,
        }

    async def send(self, inbox: str, document: Json, *signs: str, wrong: str = "") -> Answer:
        """The answer to this document, signed in these forms (see `signing_forms.sealed`, `signed`).

        `wrong` makes it false after it was signed: "body" or "content".
        """
        sealed = forms.sealed(document, self.keys, self.id, signs)
        if wrong == "content":
            sealed["summary"] = "changed after it was sealed"
        body = json.dumps(sealed).encode()
        headers = forms.signed(inbox, body, self.keys, self.id, signs)
        if wrong == "body":
            body = body.replace(b'"Follow"', b'"Block"')
        return await self._post(inbox, body, headers)

    async def _post(
        self, inbox: str, body: bytes, headers: dict[str, str], tries: int = 40
    ) -> Answer:
        async with self.session.post(inbox, data=body, headers=headers) as answer:
            text = await answer.read()
        if answer.status == 503 and tries:
            # the node is busy, and servers come again
            await asyncio.sleep(0.25)
            return await self._post(inbox, body, headers, tries - 1)
        return answer.status, json.loads(text)["title"] if text else ""

    async def heard(self, kind: str) -> Judged:
        """The first activity of this kind that was posted to her."""

        async def there() -> Judged | None:
            return next((it for it in self.judged if it.document["type"] == kind), None)

        found: Judged = await until(there)
        return found

    async def find(self, account: str) -> Json:
        """The actor behind an account, by way of WebFinger over https."""
        host = account.rpartition("@")[2]
        jrd = await self._get(f"https://{host}/.well-known/webfinger?resource=acct:{account}")
        assert jrd["subject"] == f"acct:{account}"
        (link,) = (it for it in jrd["links"] if it["rel"] == "self")
        return await self._get(link["href"])

    async def _get(self, url: str) -> Json:
        headers = forms.signed_get(url, self.keys, self.id)
        async with self.session.get(url, headers=headers) as answer:
            assert answer.status == 200, (url, answer.status)
            return dict(await answer.json(content_type=None))

    async def serve(self, request: web.Request) -> web.Response:
        """Her whole server."""
        if request.method == "POST":
            return await self._receive(request)
        if request.path == "/.well-known/webfinger":
            return self._webfinger(request)
        document = self.documents.get(request.path)
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
        document = json.loads(body)
        owner = await self._get(document["actor"])
        url = f"https://{self.host}{request.path_qs}"
        headers = {name.lower(): value for name, value in request.headers.items()}
        verdicts = forms.judge(url, headers, body, owner)
        self.judged.append(Judged(document=document, verdicts=verdicts))
        return web.Response(status=202 if self.takes(headers) else 401)


@asynccontextmanager
async def signature_peer(where: Street, host: str = "carol.test") -> AsyncIterator[SignaturePeer]:
    """A peer at `https://HOST/u/carol` that lives as long as the block."""
    address, _ = where.server(host)
    application = web.Application()
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    async with where.session() as session:
        peer = SignaturePeer(host=host, keys=forms.new_keys(), session=session)
        peer.documents["/u/carol"] = forms.actor(peer.id, "carol", peer.keys)
        application.router.add_route("*", "/{path:.*}", peer.serve)
        await runner.setup()
        tls = where.authority.server(host)
        await web.TCPSite(runner, address, HTTPS, ssl_context=tls).start()
        try:
            yield peer
        finally:
            await runner.cleanup()
