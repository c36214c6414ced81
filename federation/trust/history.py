"""What an actor has published before we knew it, as its own server tells: read within bounds."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from activitypub.collections import items
from activitypub.errors import UrlRefused
from activitypub.identity import host_of, same_origin
from activitypub.shapes import id_of
from federation.errors import BudgetSpent, FederationError
from federation.network.fetch import Fetched, Fetcher

_ACTIVITIES: Final = frozenset({"Create", "Announce", "Update"})
_COLLECTIONS: Final = ("upcomingEvents", "events", "featured", "outbox")
"""What is coming before what was; Mobilizon names `events` among the endpoints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much is read of one actor: `pages` of collections, `items` in them, single objects
    `fetched`, of these `foreign` from one other host, and bytes altogether."""

    pages: int = 10
    items: int = 200
    fetched: int = 60
    foreign: int = 5
    octets: int = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One thing as its own origin says it; `shared` by the actor, be it its own or not."""

    document: Mapping[str, Any]
    shared: bool


class History:
    """One reading of one actor's past. `found` holds what was read so far, by id, also when the
    reading was broken off; `outcome` says how it ended: "whole", "bounds" or why it could not."""

    def __init__(self, fetcher: Fetcher, bounds: Bounds | None = None) -> None:
        self._fetcher = fetcher
        self._bounds = bounds or Bounds()
        self._asked: Counter[str] = Counter()
        self._seen: set[str] = set()
        self._octets = self._pages = 0
        self.found: dict[str, Past] = {}
        self.outcome = "whole"

    async def read(self, actor: Mapping[str, Any]) -> None:
        """Read the collections that this actor's document names on its own server.

        Raises: FederationError, when not one page of them could be read.
        """
        failures: list[FederationError] = []
        for address in collections_of(actor):
            try:
                await self._collection(address)
            except BudgetSpent:
                self.outcome = "bounds"
                return
            except FederationError as error:
                failures.append(error)
        if failures and not self._pages:
            raise failures[0]
        if failures:
            self.outcome = failures[0].reason

    async def _collection(self, address: str) -> None:
        """Page by page, each of the origin of the first."""
        onward: str | None = address
        while onward is not None and onward not in self._seen:
            self._seen.add(onward)
            self._spend("pages", self._bounds.pages)
            page = await self._document(onward)
            self._pages += 1
            for item in items(page.document):
                self._spend("items", self._bounds.items)
                await self._item(item, address)
            onward = _next(page.document, address)

    async def _item(self, item: Any, collection: str) -> None:
        """What stands in a page: an id, an activity or a thing, whole or by its id only."""
        shared, waiting = False, deque([item])
        for _ in range(4):
            # an Announce of a Create of a thing that is named by its id
            document = await self._certain(waiting.popleft(), collection)
            if document is None:
                return
            if document.get("type") not in _ACTIVITIES:
                self._keep(document, shared=shared)
                return
            shared = shared or document["type"] == "Announce"
            waiting.append(document.get("object"))

    async def _certain(self, item: Any, collection: str) -> Mapping[str, Any] | None:
        """The document as its own origin has it: embedded in a page of that origin, or fetched.

        None for what is known already, cannot be had or is no document. Spec: FEP-fe34
        """
        address = id_of(item)
        if address is None or address in self.found:
            return None
        if isinstance(item, dict) and "type" in item and same_origin(address, collection):
            return item
        return await self._fetched(address, collection)

    async def _fetched(self, address: str, collection: str) -> Mapping[str, Any] | None:
        if address in self._seen:
            return None
        self._seen.add(address)
        try:
            if not same_origin(address, collection):
                host = host_of(address)
                if self._asked[host] >= self._bounds.foreign:
                    return None
                self._asked[host] += 1
            self._spend("fetched", self._bounds.fetched)
            return (await self._document(address)).document
        except BudgetSpent:
            raise
        except (FederationError, UrlRefused):
            # gone, or not for us: the others still count
            return None

    async def _document(self, address: str) -> Fetched:
        fetched = await self._fetcher.document(address)
        self._octets += len(fetched.body)
        if self._octets > self._bounds.octets:
            raise BudgetSpent("This past has more bytes than we read.")
        return fetched

    def _keep(self, document: Mapping[str, Any], *, shared: bool) -> None:
        self.found[str(document["id"])] = Past(document=document, shared=shared)

    def _spend(self, what: str, most: int) -> None:
        self._asked[what] += 1
        if self._asked[what] > most:
            raise BudgetSpent("This past is longer than we read.")


def collections_of(actor: Mapping[str, Any]) -> list[str]:
    """The addresses of the collections worth reading, all on the actor's own server."""
    endpoints = actor.get("endpoints")
    places = (actor, endpoints if isinstance(endpoints, dict) else {})
    named = [id_of(place.get(name)) for name in _COLLECTIONS for place in places]
    own = [each for each in named if each and same_origin(each, str(actor.get("id")))]
    return list(dict.fromkeys(own))


def _next(page: Mapping[str, Any], origin: str) -> str | None:
    """Where the collection goes on; None after its last page, or where it leads elsewhere."""
    onward = page.get("first") or page.get("next")
    if isinstance(page.get("first"), dict) and items(page):
        # What is embedded was read with what it is embedded in.
        onward = page["first"].get("next")
    address = id_of(onward)
    return address if address is not None and same_origin(address, origin) else None
