"""A server whose every byte is scripted, under any number of names, over TLS."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from activitypub.names import ACTIVITY_JSON
from keys.serialisation import public_pem
from tests.support.authority import Authority, Fault
from tests.support.needles import NEEDLES, server_name
from tests.support.neighbours import key_of
from tests.support.wire import Wire

Json = dict[str, Any]
ADDRESS = "93.184.216.34"
OLD_ADDRESS = "93.184.216.40"
Script = Callable[["Asked", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came; header names in lower case."""

    method: str
    host: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.target}"


@dataclass(slots=True, kw_only=True)
class Persona:
    """An actor that lives on the hostile server, or says that it does."""

    id: str
    key: RSAPrivateKey
    document: Json

    @property
    def key_id(self) -> str:
        return f"{self.id}#main-key"


@dataclass(slots=True)
class Hostile:
    """Answers each address with its script; `asked` holds all that came, in order.

    Where no script is, a GET is answered 404 and a POST 202.
    """

    wire: Wire
    authority: Authority
    scripts: dict[str, Script] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    handshakes: list[bool] = field(default_factory=list)
    faults: dict[str, Fault] = field(default_factory=dict)
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def host(self, name: str, fault: Fault = Fault.NONE) -> str:
        """From now on the server answers to this name; its origin."""
        self.wire.name(name, OLD_ADDRESS if fault is Fault.OLD_TLS else ADDRESS)
        self.faults[name] = fault
        return f"https://{server_name(name)}"

    def urls(self) -> list[str]:
        """The addresses that were asked for."""
        return [asked.url for asked in self.asked]

    def _is_errand(self, asked: Asked) -> bool:
        """Whether the node only looks, in its own time, at the past of whom it has just followed,
        or at which software a follower has; no attack of ours is about that."""
        looks = asked.url.endswith(("/outbox", "/.well-known/nodeinfo"))
        return asked.method == "GET" and looks and asked.url not in self.scripts

    def serve(self, url: str, document: Any, **options: Any) -> str:
        """Answer with this document there; the address."""
        NEEDLES.take(document)
        self.scripts[url] = answer(body=orjson.dumps(document), **options)
        return url

    def persona(self, name: str, host: str, /, *, key: str = "theirs", **changes: Any) -> Persona:
        """An actor served at https://HOST/NAME."""
        actor_id = f"{self.host(host)}/{name}"
        persona = Persona(id=actor_id, key=key_of(key), document={})
        persona.document |= actor_document(persona, name) | changes
        self.serve(actor_id, persona.document)
        return persona

    async def _listen(self, tls: ssl.SSLContext, address: str) -> asyncio.Server:
        tls.sni_callback = self._choose
        listening = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.wire.servers[address, 443] = listening.sockets[0].getsockname()[1]
        return listening

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
        self.handshakes.append(bool(tls.session_reused))
        self._open.add(writer)
        try:
            while (asked := await _read(reader)) is not None:
                if not self._is_errand(asked):
                    self.asked.append(asked)
                await self.scripts.get(asked.url, _plain)(asked, writer)
                await writer.drain()
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    def _choose(self, tls: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        if name is None or name not in self.faults:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        tls.context = self.authority.server(name, self.faults[name])
        return None

    def hang_up(self) -> None:
        """Cut every connection."""
        for writer in tuple(self._open):
            writer.transport.abort()


@asynccontextmanager
async def hostile(wire: Wire, authority: Authority) -> AsyncIterator[Hostile]:
    """The server, for as long as the block lasts."""
    server = Hostile(wire, authority)
    new, old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), authority.old_tls()
    listening = [await server._listen(new, ADDRESS), await server._listen(old, OLD_ADDRESS)]
    try:
        yield server
    finally:
        for each in listening:
            each.close()
        server.hang_up()
        await asyncio.sleep(0)


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    line, *lines = head.strip().split("\r\n")
    method, target, _ = line.split(" ", 2)
    headers = {}
    for each in lines:
        name, _, value = each.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(
        method=method, host=headers.get("host", ""), target=target, headers=headers, body=body
    )


def actor_document(persona: Persona, name: str) -> Json:
    """What an honest server would say of it."""
    return {
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": persona.id,
        "type": "Person",
        "preferredUsername": name,
        "inbox": f"{persona.id}/inbox",
        "outbox": f"{persona.id}/outbox",
        "publicKey": {
            "id": persona.key_id,
            "owner": persona.id,
            "publicKeyPem": public_pem(persona.key.public_key()),
        },
    }


# --- scripts -------------------------------------------------------------------------------------


def answer(
    status: int = 200, *, body: bytes = b"", type: str = ACTIVITY_JSON, **headers: str
) -> Script:
    """A whole and proper answer; `content_encoding` becomes Content-Encoding."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    pairs = {"content-type": type, "content-length": str(len(body)), **named}
    lines = [f"HTTP/1.1 {status} Scripted", *(f"{name}: {pairs[name]}" for name in pairs)]
    return raw("\r\n".join([*lines, "", ""]).encode() + body)


def moved(location: str, status: int = 302) -> Script:
    """A redirect."""
    return answer(status, location=location)


def raw(data: bytes) -> Script:
    """Exactly these bytes."""

    async def script(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(data)

    return script


def drip(head: bytes, every: float = 0.05) -> Script:
    """These bytes at once, then a blank from time to time, for ever."""

    async def script(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(every)

    return script


def flood(head: bytes, piece: bytes) -> Script:
    """These bytes, then the piece again and again, as fast as it is read."""

    async def script(_: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            # Where nothing needs to be waited for, draining lets nobody else work.
            await asyncio.sleep(0)

    return script


async def silence(_: Asked, __: asyncio.StreamWriter) -> None:
    """Nothing, for a long time."""
    await asyncio.sleep(60)


async def cut(_: Asked, writer: asyncio.StreamWriter) -> None:
    """The end of the connection."""
    writer.transport.abort()


async def _plain(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await answer(404 if asked.method == "GET" else 202)(asked, writer)
