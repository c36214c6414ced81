"""The one gate: every byte to another server leaves through `Client`."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import aiohttp
from yarl import URL

from federation.errors import AddressRefused, FederationError, TooLarge, Unreachable
from federation.network.addresses import AddressPolicy, public_name
from federation.network.resolver import Resolver
from federation.network.tls import client_context
from federation.ports import Response
from keys.errors import SignatureMalformed
from keys.message import KEPT_ADDRESSES, Request

_log = logging.getLogger(__name__)

# Above what `slots` and `breaker` let go: a delivery never waits here for a slow neighbour.
AT_ONCE: Final = 512
PER_HOST: Final = 20
CONNECT_SECONDS: Final = 5
KEEP_ALIVE_SECONDS: Final = 30
_CHUNK: Final = 64 * 1024
_GLANCE: Final = 4 * 1024
_GLANCE_SECONDS: Final = 1.0
_OUR_ENCODINGS: Final = frozenset({"", "identity", "gzip"})


class _Forbidden(OSError):
    """The address was refused at the moment of connecting."""

    def __init__(self) -> None:
        # Always the same text: the connector then passes it on as it is.
        super().__init__(errno.EACCES, "This address may not be connected to.")


class Client:
    """`Transport` over HTTP/1.1 with kept-alive connections.

    There are two pools. Through the open one go https requests on port 443 to servers with a public
    name; through the near one everything else, and it connects to private peers only.
    `origin` is ours, named to peers. `ca_file` holds certificates trusted besides the system's.
    """

    def __init__(self, policy: AddressPolicy, origin: str, *, ca_file: Path | None = None) -> None:
        self._policy = policy
        self._ca_file = ca_file
        self._agent = f"JosoorConnect/0.1 (+{origin})"
        self._resolver = Resolver()
        self._open: aiohttp.ClientSession | None = None
        self._near: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let go of every connection."""
        for session in (self._open, self._near):
            if session is not None:
                await session.close()
        self._open = self._near = None
        await self._resolver.close()

    async def send(self, request: Request, *, limit: int, seconds: float) -> Response:
        """The answer to one request, redirects included: they are answers.

        `limit` is the largest body in bytes after decompression, `seconds` the time for everything.
        The answer to a POST is its status: of its body comes what is there soon, at most 4 KiB.
        Raises: AddressRefused, Unreachable, TooLarge.
        """
        url = _url(request.url)
        session = self._session(url)
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(session, request, url, limit)
        except TimeoutError as error:
            raise Unreachable("The server did not answer in time.") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _told(error) from error

    async def _exchange(
        self, session: aiohttp.ClientSession, request: Request, url: URL, limit: int
    ) -> Response:
        async with session.request(
            request.method,
            url,
            headers=request.headers,
            data=request.body or None,
            allow_redirects=False,
        ) as answer:
            told = request.method == "POST"
            return Response(
                status=answer.status,
                url=request.url,
                headers={name.lower(): value for name, value in answer.headers.items()},
                body=await (_glance(answer, limit) if told else _body(answer, limit)),
            )

    def _session(self, url: URL) -> aiohttp.ClientSession:
        host = url.raw_host or ""
        if url.scheme == "https" and url.port == 443 and public_name(host):
            if self._open is None:
                self._open = self._new_session(self._policy.allows)
            return self._open
        if not self._policy.has_private_peers:
            raise AddressRefused("Only https on port 443 of a server with a name is spoken to.")
        if self._near is None:
            self._near = self._new_session(self._policy.private)
        return self._near

    def _new_session(self, permitted: Callable[[str], bool]) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=AT_ONCE,
            limit_per_host=PER_HOST,
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            use_dns_cache=False,
            resolver=self._resolver,
            ssl=client_context(self._ca_file),
            socket_factory=_checked_socket(permitted),
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            # A proxy named in the environment would do the connecting, and no check would see it.
            trust_env=False,
            headers={"User-Agent": self._agent, "Accept-Encoding": "gzip"},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
        )


@lru_cache(maxsize=KEPT_ADDRESSES)
def _url(text: str) -> URL:
    """The URL exactly as it is signed; the same inboxes come again. Raises: AddressRefused."""
    try:
        url, target = URL(text, encoded=True), Request(method="GET", url=text).target
        port = url.port
    except (ValueError, SignatureMalformed) as error:
        raise AddressRefused("This is not an address that can be asked.") from error
    if url.scheme not in {"http", "https"} or not url.raw_host or not port:
        raise AddressRefused("This is not an address that can be asked.")
    if url.raw_path_qs != target:
        raise AddressRefused("The path of this address could be read in two ways.")
    return url


def _checked_socket(permitted: Callable[[str], bool]) -> Callable[[Any], socket.socket]:
    """A maker of sockets that looks at each address right before it is connected to.

    Here and not in a resolver: that is never asked about addresses that are written out.
    """

    def make(info: Any) -> socket.socket:
        family, kind, protocol, _, address = info
        if not permitted(address[0]):
            raise _Forbidden
        return socket.socket(family=family, type=kind, proto=protocol)

    return make


async def _body(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    """The body after decompression. Raises: TooLarge as soon as it is; Unreachable."""
    if answer.headers.get("Content-Encoding", "").lower() not in _OUR_ENCODINGS:
        raise Unreachable("The server used an encoding that was not offered.")
    if (answer.content_length or 0) > limit:
        raise TooLarge("The server announced more bytes than we read.")
    body = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > limit:
            raise TooLarge("The server sent more bytes than we read.")
    return bytes(body)


async def _glance(answer: aiohttp.ClientResponse, limit: int) -> bytes:
    """The beginning of a body that decides nothing; if there is more, the connection is closed."""
    content, body, most = answer.content, b"", min(limit, _GLANCE)
    if content.at_eof():
        return body
    try:
        async with asyncio.timeout(_GLANCE_SECONDS):
            while len(body) < most and not content.at_eof():
                body += await content.read(most - len(body))
    except (TimeoutError, aiohttp.ClientError) as error:
        _log.debug("The body of an answer was left unread: %s.", type(error).__name__)
    if not content.at_eof():
        answer.close()
    return body


def _told(error: Exception) -> FederationError:
    if isinstance(error, aiohttp.InvalidURL):
        return AddressRefused("This is not an address that can be asked.")
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, _Forbidden):
        return AddressRefused("The server's address may not be connected to.")
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return Unreachable("The server's certificate is not believed, or TLS failed.")
    if isinstance(error, ValueError) and not isinstance(error, aiohttp.ClientError):
        return AddressRefused("The request holds what HTTP does not allow.")
    return Unreachable("The server cannot be reached, or broke off.")
