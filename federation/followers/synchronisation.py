"""Do two servers mean the same followers? What is said of that in a header, and how it is read.

Each server only ever hears of its own people: a digest of them goes along with what it is sent, and
the list itself is for whoever signs for that server. Spec: FEP-8fcf
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from activitypub.collections import items
from activitypub.identity import same_origin
from activitypub.shapes import id_of
from federation.errors import OriginMismatch, TooLarge
from federation.ports import RemoteActor

HEADER: Final = "Collection-Synchronization"
PAGES: Final = 10
LONGEST_LIST: Final = 10_000
"""So many followers on one server fit into one document of 1 MiB; for more nothing is offered."""
_LONGEST_HEADER: Final = 4096
_PART: Final = r'[A-Za-z]+="[^"\\]*"'
_WHOLE: Final = re.compile(rf"{_PART}(?:[ \t]*,[ \t]*{_PART})*", re.ASCII)
_PAIR: Final = re.compile(r'([A-Za-z]+)="([^"]*)"', re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_NAMES: Final = ("collectionId", "url", "digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What the header says: the followers collection, where the part of it is that lives on the
    receiver's server, and the digest of that part."""

    collection: str
    url: str
    digest: str


def digest_of(ids: Iterable[str]) -> str:
    """The digest of these ids, each counted once, 64 hexadecimal digits; zeros for none."""
    total = 0
    for each in set(ids):
        total ^= int.from_bytes(hashlib.sha256(each.encode()).digest(), "big")
    return f"{total:064x}"


def write_header(announced: Announced) -> tuple[str, str]:
    """The header, name and value."""
    values = (announced.collection, announced.url, announced.digest)
    return HEADER, ", ".join(
        f'{name}="{value}"' for name, value in zip(_NAMES, values, strict=True)
    )


def read_header(value: str) -> Announced | None:
    """What a header says; None unless it has each of the three parts once, and nothing odd."""
    if len(value) > _LONGEST_HEADER or not _WHOLE.fullmatch(value.strip()):
        return None
    pairs = _PAIR.findall(value)
    said = dict(pairs)
    if len(said) != len(pairs) or not said.keys() >= set(_NAMES):
        return None
    digest = said["digest"].lower()
    if not _DIGEST.fullmatch(digest):
        return None
    return Announced(collection=said["collectionId"], url=said["url"], digest=digest)


def speaks_of_itself(announced: Announced, sender: RemoteActor) -> bool:
    """Whether the sender tells of its own followers, and all of it lies on its own server."""
    return (
        announced.collection == sender.followers
        and same_origin(announced.collection, sender.id)
        and same_origin(announced.url, sender.id)
    )


class Fetch(Protocol):
    """Documents of others, each as its own origin serves it."""

    async def document(self, url: str) -> Mapping[str, Any]:
        """The document. Raises: FederationError."""


async def listed(fetch: Fetch, url: str, ours: str) -> frozenset[str]:
    """The ids of our server (`ours` is our origin) in the list at `url`.

    Every page is of one origin, `url`'s. Raises: TooLarge for more than `PAGES` pages,
    OriginMismatch where a page leads elsewhere, FederationError.
    """
    found: set[str] = set()
    address: str = url
    for _ in range(PAGES):
        page: Any = await fetch.document(address)
        found |= {each for each in map(id_of, items(page)) if each and same_origin(each, ours)}
        following = _next(page, url)
        if following is None:
            return frozenset(found)
        address = following
    raise TooLarge("The list has more pages than we read.")


def _next(page: Mapping[str, Any], url: str) -> str | None:
    """Where the list goes on after this page, None after the last. Raises: OriginMismatch."""
    following = page.get("first") or page.get("next")
    if isinstance(page.get("first"), dict):
        # What is embedded was read with what it is embedded in.
        following = page["first"].get("next")
    if following is None:
        return None
    address = id_of(following)
    if address is None or not same_origin(address, url):
        raise OriginMismatch("A page of the list is on another server.")
    return address
