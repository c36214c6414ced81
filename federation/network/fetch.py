"""Documents of other servers, each believed only as its own origin serves it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urldefrag, urljoin

from activitypub.errors import DocumentError, UrlRefused
from activitypub.identity import host_of, same_origin
from activitypub.names import ACCEPT_ACTIVITY
from activitypub.negotiation import is_activity
from activitypub.parsing import parse
from federation.errors import (
    AddressRefused,
    Blocked,
    FederationError,
    Gone,
    NotActivityPub,
    NotFound,
    OriginMismatch,
    PeerTrouble,
    Refused,
    TooLarge,
    Unreachable,
)
from federation.network.sending import Sender
from federation.ports import Clock, Response, Transport
from federation.remembering import Remembered
from keys.message import Request

SECONDS: Final = 10.0
REDIRECTS: Final = 3
LARGEST_DOCUMENT: Final = 1024 * 1024
LARGEST_JSON: Final = 256 * 1024
PER_HOST_AND_MINUTE: Final = 300
_MINUTE: Final = timedelta(minutes=1)
# A server that is down may be back soon; a "no" rarely turns into a "yes".
_REFUSAL_LIFE: Final = timedelta(minutes=5)
_TROUBLE_LIFE: Final = _MINUTE
_ACCEPT_PAGE: Final = f"{ACCEPT_ACTIVITY}, text/html;q=0.1"
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_COME_BACK: Final = frozenset({408, 425, 429})
_NOT_IMPLEMENTED: Final = 501


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document whose `id` is `url`, the address that served it."""

    document: dict[str, Any]
    body: bytes = field(repr=False)
    url: str


class Fetcher:
    """Fetches for the whole node, signed by `signer_actor`, an actor readable without signature.

    Two who ask for the same document at once cause one request; a refusal is remembered for
    5 minutes, trouble for 1.
    """

    def __init__(
        self, transport: Transport, sender: Sender, signer_actor: str, clock: Clock
    ) -> None:
        self._transport = transport
        self._sender = sender
        self._signer = signer_actor
        self._clock = clock
        self._under_way: dict[str, asyncio.Task[Fetched]] = {}
        self._failed: Remembered[FederationError] = Remembered(clock)
        self._asked: Remembered[list[int]] = Remembered(clock)

    async def document(self, id: str, *, fresh: bool = False) -> Fetched:
        """The document with this id from its own origin; a fragment is cut off first.

        At most 1 MiB and 3 redirects within the origin. Where the document names another id of the
        same origin, that one is fetched once. `fresh` asks again though it failed a moment ago.
        Raises: FederationError of every kind, Gone only for 410.
        """
        url = urldefrag(id).url
        failed = None if fresh else self._failed.get(url)
        if failed is not None:
            raise failed.with_traceback(None)
        task = self._under_way.get(url)
        if task is None:
            task = asyncio.create_task(self._remembering(url))
            self._under_way[url] = task
            task.add_done_callback(lambda done: self._landed(url, done))
        # One of several who wait may be cancelled; the fetch goes on for the others.
        return await asyncio.shield(task)

    async def json(self, url: str, accept: str) -> dict[str, Any]:
        """A small JSON object that is no ActivityPub document: WebFinger, NodeInfo.

        At most 256 KiB and 3 redirects, also to other origins; unsigned.
        Raises: FederationError of every kind.
        """
        request = _get(url, accept)
        answer = await self._in_time(request, limit=LARGEST_JSON, one_origin=False, signed=False)
        return _parsed(answer)

    async def page(self, url: str) -> Response:
        """Whatever is at this address, a web page as well; at most 1 MiB. Raises: FederationError.

        The answer's `url` is where the redirects, within the origin, have led.
        """
        request = _get(urldefrag(url).url, _ACCEPT_PAGE)
        return await self._in_time(request, limit=LARGEST_DOCUMENT, one_origin=True, signed=True)

    def _landed(self, url: str, task: asyncio.Task[Fetched]) -> None:
        del self._under_way[url]
        if not task.cancelled():
            # Looked at even when nobody waits any more, or asyncio complains.
            task.exception()

    async def _remembering(self, url: str) -> Fetched:
        try:
            fetched = await self._fetch(url)
        except FederationError as error:
            # Our own rules may change at any moment, and are asked without any cost.
            if not isinstance(error, Blocked):
                self._failed.put(url, error, _TROUBLE_LIFE if error.retry else _REFUSAL_LIFE)
            raise
        self._failed.forget(url)
        return fetched

    async def _fetch(self, url: str) -> Fetched:
        fetched = await self._read(url)
        named = fetched.document["id"]
        if named == fetched.url:
            return fetched
        if not same_origin(named, fetched.url):
            raise OriginMismatch("The document belongs to another server.")
        fetched = await self._read(named)
        if fetched.document["id"] != fetched.url:
            raise OriginMismatch("The document does not have the address that it names.")
        return fetched

    async def _read(self, url: str) -> Fetched:
        request = _get(url, ACCEPT_ACTIVITY)
        answer = await self._in_time(request, limit=LARGEST_DOCUMENT, one_origin=True, signed=True)
        if not is_activity(answer.headers.get("content-type", "")):
            raise NotActivityPub("The answer is not of a type of ActivityPub.")
        document = _parsed(answer)
        if not isinstance(document.get("id"), str):
            raise NotActivityPub("The document has no id.")
        return Fetched(document=document, body=answer.body, url=answer.url)

    async def _in_time(
        self, request: Request, *, limit: int, one_origin: bool, signed: bool
    ) -> Response:
        """The last answer after redirects, a 200; everything together within `SECONDS`."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._follow(request, limit, one_origin, signed)
        except TimeoutError as error:
            raise Unreachable("The server did not answer in time.") from error

    async def _follow(
        self, request: Request, limit: int, one_origin: bool, signed: bool
    ) -> Response:
        answer = await self._ask(request, limit, signed)
        for _ in range(REDIRECTS):
            location = answer.headers.get("location")
            if answer.status not in _MOVED or location is None:
                break
            url = _joined(request.url, location)
            if one_origin and not same_origin(url, request.url):
                raise OriginMismatch("The document was moved to another server.")
            request = replace(request, url=url)
            answer = await self._ask(request, limit, signed)
        return _good(answer)

    async def _ask(self, request: Request, limit: int, signed: bool) -> Response:
        self._spend(request.url)
        if not signed:
            return await self._transport.send(request, limit=limit, seconds=SECONDS)
        return await self._sender.fetch(request, actor=self._signer, limit=limit, seconds=SECONDS)

    def _spend(self, url: str) -> None:
        """Count one request towards its host, so that nobody uses us against a third.

        Raises: AddressRefused for our own origin and for what is no address, Unreachable when the
        minute's budget is spent.
        """
        if same_origin(url, self._signer):
            raise AddressRefused("What is ours is not fetched over the network.")
        try:
            host = host_of(url)
        except UrlRefused as error:
            raise AddressRefused("This is not an address that can be asked.") from error
        count = self._asked.get(host)
        if count is None:
            count = [0]
            self._asked.put(host, count, _MINUTE)
        if count[0] >= PER_HOST_AND_MINUTE:
            raise Unreachable("This server was asked too often within a minute.")
        count[0] += 1


class Documents:
    """The fetcher as listeners need it: the document alone."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def document(self, url: str) -> Mapping[str, Any]:
        """The document as its own origin served it. Raises: FederationError."""
        return (await self._fetcher.document(url)).document


def _get(url: str, accept: str) -> Request:
    return Request(method="GET", url=url, headers=(("Accept", accept),))


def _joined(url: str, location: str) -> str:
    try:
        return urldefrag(urljoin(url, location)).url
    except ValueError as error:
        raise AddressRefused("The server points to what is no address.") from error


def _good(answer: Response) -> Response:
    """The answer when it is a 200. Raises: NotFound, Gone, PeerTrouble, Refused."""
    status = answer.status
    if status == 200:
        return answer
    if status == 404:
        raise NotFound("The server does not know this document.")
    if status == 410:
        raise Gone("The document was deleted.")
    if status in _COME_BACK or (status >= 500 and status != _NOT_IMPLEMENTED):
        raise PeerTrouble(status)
    raise Refused(status)


def _parsed(answer: Response) -> dict[str, Any]:
    try:
        return parse(answer.body)
    except DocumentError as error:
        if error.reason == "too-long":
            raise TooLarge("The document has more bytes than we read.") from error
        raise NotActivityPub(f"The document cannot be read ({error.reason}).") from error
