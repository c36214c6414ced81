"""From what a person types to an actor: a handle, an actor's address, or that of its page."""

from __future__ import annotations

from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

from activitypub.errors import HandleRefused
from activitypub.identity import Handle, same_origin
from activitypub.names import JRD_JSON
from activitypub.negotiation import is_activity
from activitypub.webfinger import Jrd, read
from federation.errors import (
    AddressRefused,
    FederationError,
    Malformed,
    NotActivityPub,
    NotFound,
    OriginMismatch,
    Unreachable,
)
from federation.network.addresses import AddressPolicy
from federation.network.fetch import Fetcher
from federation.ports import RemoteActor
from federation.trust.actors import RemoteActors

_ACCEPT: Final = f"{JRD_JSON}, application/json"
_HEAD: Final = 128 * 1024


class Discovery:
    """Finds actors for people; always asks their server, never the cache.

    `addresses` tells for which hosts plain HTTP is worth trying.
    """

    def __init__(
        self, fetcher: Fetcher, actors: RemoteActors, addresses: AddressPolicy | None = None
    ) -> None:
        self._fetcher = fetcher
        self._actors = actors
        self._addresses = addresses or AddressPolicy()

    async def find(self, handle_or_url: str) -> RemoteActor:
        """The actor called `@wien@wien.example`, or found at an http(s) address.

        Raises: Malformed for what is neither, FederationError.
        """
        wanted = handle_or_url.strip()
        if wanted.lower().startswith(("https://", "http://")):
            return await self._by_url(wanted)
        try:
            handle = Handle.parse(wanted)
        except HandleRefused as error:
            raise Malformed("handle", str(error)) from error
        return await self._by_handle(handle)

    async def _by_handle(self, handle: Handle) -> RemoteActor:
        """Spec: RFC 7033; one hop to the subject's own server, as Mastodon does."""
        jrd = await self._webfinger(handle)
        subject = _subject(jrd)
        if not _same(subject, handle):
            jrd = await self._webfinger(subject)
            if not _same(_subject(jrd), subject):
                raise OriginMismatch("The handle leads from server to server.")
        if jrd.actor is None:
            raise NotFound("Behind this handle is no actor of ActivityPub.")
        actor = await self._actors.actor(jrd.actor, fresh=True)
        if actor.id != jrd.actor:
            raise OriginMismatch("The handle leads to an address that is not the actor's own.")
        return actor

    async def _webfinger(self, handle: Handle) -> Jrd:
        failures: list[FederationError] = []
        for scheme in self._schemes(handle.host):
            resource = quote(handle.acct, safe="")
            url = f"{scheme}://{handle.host}/.well-known/webfinger?resource={resource}"
            try:
                return read(await self._fetcher.json(url, _ACCEPT))
            except (AddressRefused, Unreachable) as error:
                failures.append(error)
        raise failures[0]

    def _schemes(self, host: str) -> Sequence[str]:
        if self._addresses.plain_http(urlsplit(f"//{host}").hostname or ""):
            return ("http", "https")
        # A name may mean a private peer; to any other address the client sends no plain HTTP.
        return ("https", "http") if self._addresses.has_private_peers else ("https",)

    async def _by_url(self, url: str) -> RemoteActor:
        try:
            return await self._actors.actor(url, fresh=True)
        except NotActivityPub:
            return await self._actors.actor(await self._alternate(url), fresh=True)

    async def _alternate(self, url: str) -> str:
        """The document that a web page names as its other form, on the same server."""
        page = await self._fetcher.page(url)
        parser = _AlternateParser()
        parser.feed(page.body[:_HEAD].decode("utf-8", errors="replace"))
        if parser.found is None:
            raise NotActivityPub("The page does not lead to a document of ActivityPub.")
        try:
            found = urljoin(page.url, parser.found)
        except ValueError as error:
            raise NotActivityPub("The page leads to what is no address.") from error
        if not same_origin(found, page.url):
            raise OriginMismatch("The page leads to another server.")
        return found


def _subject(jrd: Jrd) -> Handle:
    try:
        return Handle.parse(jrd.subject)
    except HandleRefused as error:
        raise NotActivityPub("The server does not say whom the handle means.") from error


def _same(a: Handle, b: Handle) -> bool:
    return str(a).lower() == str(b).lower()


class _AlternateParser(HTMLParser):
    """Remembers the first `<link rel=alternate>` of an ActivityPub type."""

    def __init__(self) -> None:
        super().__init__()
        self.found: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "link" or self.found is not None:
            return
        named = {name: value or "" for name, value in attrs}
        if "alternate" in named.get("rel", "").lower().split() and is_activity(
            named.get("type", "")
        ):
            self.found = named.get("href") or None
