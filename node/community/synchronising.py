"""Which followers a server has here: told to it alone, as a digest and, when it asks, as a list."""

from __future__ import annotations

from federation.followers.synchronisation import LONGEST_LIST, Announced, write_header
from federation.ports import Delivery
from node.storage.digests import StoredDigests
from node.urls import Urls


class Escorts:
    """The header that goes along with what all followers get. Spec: FEP-8fcf"""

    def __init__(self, digests: StoredDigests, urls: Urls) -> None:
        self._digests = digests
        self._urls = urls

    async def headers(self, delivery: Delivery) -> tuple[tuple[str, str], ...]:
        """The digest of the actor's followers on the host to which this goes; nothing for what does
        not go to the followers, or where there are none or more than can be listed."""
        collection = self._urls.collection(delivery.actor, "followers")
        if f'"{collection}"'.encode() not in delivery.body:
            return ()
        digest = await self._digests.digest(delivery.actor, delivery.host)
        if not 0 < digest.number <= LONGEST_LIST:
            return ()
        url = self._urls.synchronisation(delivery.actor)
        return (write_header(Announced(collection=collection, url=url, digest=digest.value)),)
