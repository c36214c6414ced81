"""From what a person types to an actor: a handle, or the address of an actor, page or server."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from activitypub.errors import HandleRefused, UrlRefused
from activitypub.identity import Handle, origin_of
from federation.errors import (
    ActorUnreadable,
    Malformed,
    NotActivityPub,
    NotFound,
    OriginMismatch,
)
from federation.network.addresses import AddressPolicy
from federation.network.fetch import Fetcher
from federation.ports import RemoteActor
from federation.trust.actors import RemoteActors
from federation.trust.handles import Handles
from federation.trust.pages import alternate
from federation.trust.servers import Servers

_WEB: Final = ("https://", "http://")


class Discovery:
    """Finds actors for people; always asks their server, never the cache.

    `addresses` tells for which hosts plain HTTP is worth trying.
    """

    def __init__(
        self, fetcher: Fetcher, actors: RemoteActors, addresses: AddressPolicy | None = None
    ) -> None:
        self._fetcher = fetcher
        self._actors = actors
        self.handles = Handles(fetcher, addresses)
        self.servers = Servers(fetcher, self.handles)

    async def find(self, handle_or_url: str) -> RemoteActor:
        """The actor called `@wien@wien.example`, or found at an http(s) address.

        Behind the address of a page is the actor that the page names; behind that of a whole
        server, which names none, the actor that is the server.
        Raises: Malformed for what is neither, FederationError.
        """
        wanted = handle_or_url.strip()
        if wanted.lower().startswith(_WEB):
            return await self._by_url(wanted)
        try:
            handle = Handle.parse(wanted)
        except HandleRefused as error:
            raise Malformed("handle", str(error)) from error
        return await self._by_handle(handle)

    async def handle_of(self, actor: RemoteActor) -> str:
        """How the actor is called: the name that its domain and itself agree on, else its user
        name at its own host."""
        found = await self.handles.of(actor)
        return str(found) if found else f"{actor.username}@{actor.host}"

    async def _by_handle(self, handle: Handle) -> RemoteActor:
        _, jrd = await self.handles.meaning(handle)
        if jrd.actor is None:
            raise NotFound("Behind this handle is no actor of ActivityPub.")
        actor = await self._actors.actor(jrd.actor, fresh=True)
        if actor.id != jrd.actor:
            raise OriginMismatch("The handle leads to an address that is not the actor's own.")
        return actor

    async def _by_url(self, url: str) -> RemoteActor:
        try:
            return await self._actors.actor(url, fresh=True)
        except (NotActivityPub, ActorUnreadable) as error:
            if isinstance(error, ActorUnreadable) and not _is_whole_server(url):
                raise
            return await self._actors.actor(await self._behind(url), fresh=True)

    async def _behind(self, url: str) -> str:
        page = await self._fetcher.page(url)
        try:
            return alternate(page)
        except NotActivityPub:
            if not _is_whole_server(url):
                raise
        try:
            return await self.servers.actor(origin_of(page.url))
        except UrlRefused as error:
            raise NotActivityPub("The page leads to what is no address.") from error


def _is_whole_server(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query
