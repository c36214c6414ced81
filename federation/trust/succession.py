"""An actor whose keys changed: the same as before, or somebody else at its address?

Whoever buys a host name can serve new keys for every actor that ever lived there. So when all keys
of a known actor are new, an old one must have vouched for the new ones, in an Update of the actor
that it signed. Else the actor is *unproven*: what is public goes on, what is not waits until a
person has looked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from urllib.parse import urldefrag

from activitypub.errors import UrlRefused
from activitypub.identity import host_of
from federation.ports import RemoteActor, RemoteKey, Unproven
from federation.trust.keyforms import digest

_A_DAY: Final = timedelta(hours=24)


def succeed(held: RemoteActor | None, fetched: RemoteActor) -> RemoteActor:
    """The actor to be kept in place of the one held, told as proven or not."""
    if held is None:
        return fetched
    known, now = _digests(held.keys), _digests(fetched.keys)
    if held.unproven_since is None and known and not now & (known | held.announced):
        return replace(fetched, unproven_since=fetched.fetched_at)
    # What was announced stays so until it is listed: the Update may be faster than the document.
    return replace(fetched, unproven_since=held.unproven_since, announced=held.announced - now)


def announce(held: RemoteActor, keys: Iterable[RemoteKey], received: datetime) -> RemoteActor:
    """The actor after its Update with these keys was received, signed with one that it then had.

    An Update that came after its keys were exchanged was signed with the very keys in question,
    and vouches for nothing.
    """
    if held.unproven_since is not None and received >= held.unproven_since:
        return held
    vouched, listed = _digests(keys), _digests(held.keys)
    if listed & vouched:
        held = replace(held, unproven_since=None)
    return replace(held, announced=vouched - listed)


def owner_among(key_id: str, actor_ids: Iterable[str]) -> str | None:
    """Whose key it is where several actors list it: hers in whose document it is, or beneath whose
    address (`…/anna/main-key`), else the first's.

    A neighbour who lists the key of another as her own must not get in the way of her.
    """
    listing = sorted(actor_ids)
    document = urldefrag(key_id).url
    hers = [each for each in listing if document == each or document.startswith(f"{each}/")]
    return max(hers, key=len) if hers else next(iter(listing), None)


def doubtful(actor_ids: Iterable[str], unproven: Collection[Unproven]) -> frozenset[str]:
    """Those of these actors who are unproven, or live on a host that may have been sold."""
    ids, hosts = {actor.id for actor in unproven}, doubtful_hosts(unproven)
    return frozenset(each for each in actor_ids if each in ids or _host(each) in hosts)


def doubtful_hosts(unproven: Iterable[Unproven]) -> frozenset[str]:
    """The hosts of which two actors became unproven within a day: one may have lost her keys, two
    rather mean that somebody else has the name."""
    times: dict[str, list[datetime]] = {}
    for actor in unproven:
        times.setdefault(actor.host, []).append(actor.since)
    return frozenset(
        host
        for host, moments in times.items()
        if any(later - earlier <= _A_DAY for earlier, later in pairwise(sorted(moments)))
    )


def _host(actor_id: str) -> str | None:
    try:
        return host_of(actor_id)
    except UrlRefused:
        return None


def _digests(keys: Iterable[RemoteKey]) -> frozenset[str]:
    return frozenset(digest(key) for key in keys)
