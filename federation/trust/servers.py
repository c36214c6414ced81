"""What a server says of itself: what runs there, and which actor is the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from activitypub.identity import same_origin
from activitypub.nodeinfo import Software, application_link, document_link, read
from federation.errors import FederationError, NotFound
from federation.network.fetch import Fetcher
from federation.trust.handles import Handles

_JSON = "application/json"


class Servers:
    """Asks NodeInfo and WebFinger of whole servers."""

    def __init__(self, fetcher: Fetcher, handles: Handles) -> None:
        self._fetcher = fetcher
        self._handles = handles

    async def software(self, origin: str) -> Software:
        """What runs at an origin; nameless where it does not say. Raises: FederationError."""
        found = document_link(await self._well_known(origin))
        if found is None or not same_origin(found, origin):
            return Software()
        return read(await self._fetcher.json(found, _JSON))

    async def actor(self, origin: str) -> str:
        """The id of the actor that is the server itself, as calendar servers have one.

        NodeInfo names it (FEP-2677), or WebFinger of the origin (FEP-d556), or it is called
        `relay`. Raises: NotFound, FederationError.
        """
        found = await self._by_nodeinfo(origin) or await self._by_webfinger(origin)
        if found is None or not same_origin(found, origin):
            raise NotFound("This server has no actor of its own that could be followed.")
        return found

    async def _by_nodeinfo(self, origin: str) -> str | None:
        try:
            return application_link(await self._well_known(origin))
        except FederationError:
            return None

    async def _by_webfinger(self, origin: str) -> str | None:
        host = origin.partition("://")[2]
        for resource in (f"{origin}/", f"acct:relay@{host}"):
            try:
                jrd = await self._handles.asked(host, resource)
            except FederationError:
                continue
            if jrd.service or jrd.actor:
                return jrd.service or jrd.actor
        return None

    async def _well_known(self, origin: str) -> Mapping[str, Any]:
        return await self._fetcher.json(f"{origin}/.well-known/nodeinfo", _JSON)
