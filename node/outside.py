"""Whether the public name leads here: asked by the doctor, of this node's own origin alone.

What the world sees is asked for as the world asks: by the name, through the proxy, encrypted. From
behind some routers a machine cannot reach its own public name; that is told, and is not red.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlencode, urlsplit

from activitypub.names import ACTIVITY_JSON, JRD_JSON
from federation.network.tls import client_context
from node.config import Config
from node.urls import Urls

Check = dict[str, str]
LookUp = Callable[[str, int], Awaitable[Sequence[str]]]
SECONDS: Final = 8.0
"""How long each question may take."""
MOST_ADDRESSES: Final = 4
LARGEST: Final = 256 * 1024
RENEW_WITHIN: Final = timedelta(days=14)
SKEW: Final = timedelta(seconds=30)
_PROXY = "Look at the proxy: deploy/README.md says what it has to pass on"
_ROUTER = (
    "Look at firewall, proxy and the DNS of the name. If it opens from elsewhere, all is well: "
    "behind some routers a machine cannot reach its own name"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the origin is: one of its addresses."""

    host: str
    port: int
    address: str
    tls: ssl.SSLContext | None

    def connects(self) -> dict[str, object]:
        """What a connection needs."""
        name = self.host if self.tls else None
        return {"host": self.address, "port": self.port, "ssl": self.tls, "server_hostname": name}


async def check_outside(
    config: Config, handle: str, now: Callable[[], datetime], look_up: LookUp | None = None
) -> list[Check]:
    """DNS, certificate, WebFinger, the community's document, the clock; at every address.

    `handle`: of the community, as in its WebFinger name. `now`: the machine's clock. `look_up`:
    the addresses of a name; without it those that this machine finds.
    """
    parts = urlsplit(config.origin)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        addresses = await (look_up or _addresses)(host, port)
    except (OSError, TimeoutError):
        mend = "Let whoever keeps the domain set an A record, and an AAAA record if you have IPv6"
        return [_check("red", "name", f"{host} has no address", mend)]
    found = [_check("green", "name", f"{host} is at {', '.join(addresses)}")]
    tls = client_context(config.ca_file) if parts.scheme == "https" else None
    urls = Urls(config.origin, handle)
    for address in addresses[:MOST_ADDRESSES]:
        place = _Place(host=host, port=port, address=address, tls=tls)
        found += await _place(place, urls, now)
    return found


async def _addresses(host: str, port: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(SECONDS):
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


async def _place(place: _Place, urls: Urls, now: Callable[[], datetime]) -> list[Check]:
    try:
        async with asyncio.timeout(SECONDS):
            until = await _certificate(place)
    except ssl.SSLCertVerificationError as wrong:
        mend = "Let the proxy get a certificate for this name; Caddy does so by itself"
        return [_check("red", "certificate", f"{place.address}: {wrong.verify_message}", mend)]
    except (OSError, TimeoutError):
        said = f"{place.address} does not answer at port {place.port}"
        return [_check("yellow", "reachable", said, _ROUTER)]
    found = [_told(until, place, now())] if until else []
    try:
        return [*found, *await _answers(place, urls, now)]
    except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError) as wrong:
        said = f"{place.address} breaks off: {type(wrong).__name__}"
        return [*found, _check("red", "reachable", said, _PROXY)]


async def _certificate(place: _Place) -> datetime | None:
    """Until when it holds; None without encryption. Raises: OSError, what TLS says too."""
    _, writer = await asyncio.open_connection(**place.connects())  # type: ignore[arg-type]
    try:
        shown = writer.get_extra_info("peercert") or {}
        ends = shown.get("notAfter")
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if ends else None
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def _told(until: datetime, place: _Place, now: datetime) -> Check:
    days = (until - now).days
    said = f"{place.address}: holds {days} more days"
    if until - now < RENEW_WITHIN:
        return _check("yellow", "certificate", said, "See why the proxy does not renew it")
    return _check("green", "certificate", said)


async def _answers(place: _Place, urls: Urls, now: Callable[[], datetime]) -> list[Check]:
    query = urlencode({"resource": f"acct:{urls.account}"})
    finger = await _ask(place, urls, f"/.well-known/webfinger?{query}", JRD_JSON)
    actor = await _ask(place, urls, urls.community.removeprefix(urls.origin), ACTIVITY_JSON)
    return [
        _document("webfinger", finger, "subject", f"acct:{urls.account}", place),
        _document("actor", actor, "id", urls.community, place),
        *_clock(finger, now()),
    ]


async def _ask(place: _Place, urls: Urls, path: str, accept: str) -> _Answer:
    """What this address answers to a question for our name, as others put it."""
    async with asyncio.timeout(SECONDS):
        connects = place.connects()
        reader, writer = await asyncio.open_connection(**connects)  # type: ignore[arg-type]
        try:
            lines = f"GET {path} HTTP/1.0\r\nHost: {urls.authority}\r\nAccept: {accept}\r\n\r\n"
            writer.write(lines.encode())
            return _read(await _all(reader))
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


async def _all(reader: asyncio.StreamReader) -> bytes:
    """Everything up to the end, which HTTP/1.0 says by closing. Raises: ValueError, too much."""
    body = b""
    while part := await reader.read(65536):
        body += part
        if len(body) > LARGEST:
            raise ValueError("is larger than anything of ours")
    return body


def _read(text: bytes) -> _Answer:
    """Raises: ValueError for what is no HTTP."""
    head, _, body = text.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    status = [*first.split(" "), ""][1]
    pairs = (line.partition(":") for line in lines)
    return _Answer(
        status=int(status) if first.startswith("HTTP/1.") else 0,
        headers={name.strip().lower(): value.strip() for name, _, value in pairs},
        body=body,
    )


def _document(check: str, answer: _Answer, key: str, wanted: str, place: _Place) -> Check:
    """Whether it is the document of ours: what stands under `key` in it says so."""
    if answer.status != 200:
        return _check("red", check, f"{place.address} answers {answer.status}", _why(answer))
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        mend = "Let the proxy pass every path and the Accept header on, with no page before it"
        return _check("red", check, f"{place.address} answers with no JSON", mend)
    said = found.get(key) if isinstance(found, dict) else None
    if said != wanted:
        mend = "Another node answers at this name, or the origin of this one was changed"
        return _check("red", check, f"{place.address} says {said!s:.200}, not {wanted}", mend)
    return _check("green", check, f"{place.address} says {wanted}")


def _why(answer: _Answer) -> str:
    if answer.status == 421:
        return "Let the proxy pass the Host header on; nginx: proxy_set_header Host $host"
    if 300 <= answer.status < 400:
        leads = answer.headers.get("location", "")[:200]
        return f"It leads to {leads}: serve the node at its own name, which cannot change"
    if answer.status in (502, 503, 504):
        return "The proxy does not reach the node: compare its port with the setting listen"
    return _PROXY


def _clock(answer: _Answer, now: datetime) -> list[Check]:
    """The machine's clock beside that of the answer; signatures are only good for minutes."""
    try:
        there = parsedate_to_datetime(answer.headers["date"])
    except (KeyError, ValueError):
        return []
    apart = abs(now - (there if there.tzinfo else there.replace(tzinfo=UTC)))
    if apart > SKEW:
        said = f"{int(apart.total_seconds())} seconds from that of the proxy"
        return [_check("yellow", "clock", said, "Let the machine set its clock: timedatectl")]
    return [_check("green", "clock", "the same as that of the proxy")]


def _check(state: str, check: str, says: str, mend: str = "") -> Check:
    return {"check": check, "state": state, "says": says, "mend": mend}
