"""Handles, asked at the servers that give them out: whom a name means, and how an actor is called.

A name counts when both ends say so: the domain of the name, and the actor or its own server.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote, urlsplit

import orjson

from activitypub.actors import Actor
from activitypub.errors import HandleRefused
from activitypub.identity import Handle
from activitypub.names import JRD_JSON
from activitypub.registry import read as read_object
from activitypub.webfinger import Jrd, read
from federation.errors import (
    AddressRefused,
    FederationError,
    NotActivityPub,
    OriginMismatch,
    Unreachable,
)
from federation.network.addresses import AddressPolicy
from federation.network.fetch import Fetcher
from federation.ports import RemoteActor

_ACCEPT: Final = f"{JRD_JSON}, application/json"


class Handles:
    """Asks WebFinger. `addresses` tells for which hosts plain HTTP is worth trying."""

    def __init__(self, fetcher: Fetcher, addresses: AddressPolicy | None = None) -> None:
        self._fetcher = fetcher
        self._addresses = addresses or AddressPolicy()

    async def meaning(self, handle: Handle) -> tuple[Handle, Jrd]:
        """Whom a handle means: the subject and what its own server says of it.

        One hop to the subject's server, as Mastodon does. Spec: RFC 7033
        Raises: OriginMismatch for more hops, FederationError.
        """
        jrd = await self.asked(handle.host, handle.acct)
        subject = _subject(jrd)
        if same(subject, handle):
            return subject, jrd
        jrd = await self.asked(subject.host, subject.acct)
        if not same(_subject(jrd), subject):
            raise OriginMismatch("The handle leads from server to server.")
        return subject, jrd

    async def asked(self, host: str, resource: str) -> Jrd:
        """What WebFinger of a host says about a resource. Raises: FederationError."""
        failures: list[FederationError] = []
        for scheme in self.schemes(host):
            url = f"{scheme}://{host}/.well-known/webfinger?resource={quote(resource, safe='')}"
            try:
                return read(await self._fetcher.json(url, _ACCEPT))
            except (AddressRefused, Unreachable) as error:
                failures.append(error)
        raise failures[0]

    def schemes(self, host: str) -> Sequence[str]:
        """In which schemes a host is worth asking, the likelier first."""
        if self._addresses.plain_http(urlsplit(f"//{host}").hostname or ""):
            return ("http", "https")
        # A name may mean a private peer; to any other address the client sends no plain HTTP.
        return ("https", "http") if self._addresses.has_private_peers else ("https",)

    async def of(self, actor: RemoteActor) -> Handle | None:
        """The handle of this actor as both ends say it; None where they do not agree.

        Asked by the name that the actor gives itself (FEP-2c59), then by its user name at its own
        host, which may point to the domain of the name.
        """
        for claimed in claims(actor):
            try:
                subject, jrd = await self.meaning(claimed)
            except FederationError:
                continue
            if jrd.actor == actor.id:
                return subject
        return None


def claims(actor: RemoteActor) -> list[Handle]:
    """What the actor and its own host say how it is called, the better word first."""
    document = read_object(orjson.loads(actor.document))
    named = document.webfinger if isinstance(document, Actor) else None
    found: list[Handle] = []
    for text in (named, f"{actor.username}@{actor.host}"):
        try:
            handle = Handle.parse(text or "")
        except HandleRefused:
            continue
        if not any(same(handle, each) for each in found):
            found.append(handle)
    return found


def same(a: Handle, b: Handle) -> bool:
    """Whether two handles mean one name: capital letters make no difference."""
    return str(a).lower() == str(b).lower()


def _subject(jrd: Jrd) -> Handle:
    try:
        return Handle.parse(jrd.subject)
    except HandleRefused as error:
        raise NotActivityPub("The server does not say whom the handle means.") from error
