"""Those who act: people, communities, services; and the keys they publish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from activitypub.nested import nested_all
from activitypub.objects import Object
from activitypub.registry import kind, term
from activitypub.shapes import (
    Json,
    Shape,
    Spread,
    boolean,
    id_of,
    id_one,
    ids,
    one_or_many,
    string,
    whole_number,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A key for HTTP signatures; `owner` is empty when the document names none."""

    id: str
    owner: str
    pem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Multikey:
    """A key for integrity proofs. Spec: FEP-521a."""

    id: str
    controller: str
    public_key_multibase: str


_PEM_KEYS = {"id", "owner", "publicKeyPem"}


def _read_public_keys(raw: Json) -> tuple[tuple[PublicKey, ...], bool]:
    elements = raw if isinstance(raw, list) else [raw]
    keys = [_public_key(each) for each in elements]
    whole = all(
        key is not None and set(each) == _PEM_KEYS and isinstance(each["owner"], str)
        for each, key in zip(elements, keys, strict=True)
    )
    return tuple(key for key in keys if key is not None), whole and bool(keys)


def _public_key(raw: Json) -> PublicKey | None:
    if not isinstance(raw, dict):
        return None
    key_id, pem = raw.get("id"), raw.get("publicKeyPem")
    if not isinstance(key_id, str) or not isinstance(pem, str):
        return None
    return PublicKey(id=key_id, owner=id_of(raw.get("owner")) or "", pem=pem)


def _write_public_keys(keys: tuple[PublicKey, ...]) -> Json:
    return one_or_many([{"id": k.id, "owner": k.owner, "publicKeyPem": k.pem} for k in keys])


_MULTIKEY_KEYS = {"id", "type", "controller", "publicKeyMultibase"}


def _read_multikeys(raw: Json) -> tuple[tuple[Multikey, ...], bool]:
    elements = raw if isinstance(raw, list) else [raw]
    keys = [_multikey(each) for each in elements]
    whole = all(
        key is not None and set(each) == _MULTIKEY_KEYS
        for each, key in zip(elements, keys, strict=True)
    )
    return tuple(key for key in keys if key is not None), whole and bool(keys)


def _multikey(raw: Json) -> Multikey | None:
    if not isinstance(raw, dict) or raw.get("type") != "Multikey":
        return None
    parts = [raw.get(each) for each in ("id", "controller", "publicKeyMultibase")]
    if not all(isinstance(each, str) for each in parts):
        return None
    return Multikey(id=parts[0], controller=parts[1], public_key_multibase=parts[2])  # type: ignore[arg-type]


def _write_multikeys(keys: tuple[Multikey, ...]) -> Json:
    return [
        {
            "id": key.id,
            "type": "Multikey",
            "controller": key.controller,
            "publicKeyMultibase": key.public_key_multibase,
        }
        for key in keys
    ]


_INBOX_KEYS = ("endpoints", "sharedInbox")


def _read_shared_inbox(document: Mapping[str, Json], key: str) -> tuple[Any, tuple[str, ...]]:
    """From `endpoints.sharedInbox`, else from the top level, where old servers put it."""
    endpoints, top = document.get("endpoints"), document.get("sharedInbox")
    inside = endpoints.get("sharedInbox") if isinstance(endpoints, dict) else None
    value = inside if isinstance(inside, str) and inside else id_of(top)
    kept = [] if endpoints is None or endpoints == {"sharedInbox": value} else ["endpoints"]
    return value, tuple(kept if top is None else [*kept, "sharedInbox"])


_shared_inbox = Spread(
    lambda key: _INBOX_KEYS,
    _read_shared_inbox,
    lambda inbox, key: {"endpoints": {"sharedInbox": inbox}},
)
_public_keys = Shape(_read_public_keys, _write_public_keys, ())
_multikeys = Shape(_read_multikeys, _write_multikeys, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor(Object):
    """Whoever can act; `public_keys` are as claimed, nothing here proves an owner."""

    preferred_username: str | None = term("preferredUsername", string)
    inbox: str | None = term("inbox", id_one)
    outbox: str | None = term("outbox", id_one)
    followers: str | None = term("followers", id_one)
    following: str | None = term("following", id_one)
    featured: str | None = term("featured", id_one)
    upcoming_events: str | None = term("upcomingEvents", id_one)
    shared_inbox: str | None = term("endpoints", _shared_inbox)
    manually_approves_followers: bool | None = term("manuallyApprovesFollowers", boolean)
    discoverable: bool | None = term("discoverable", boolean)
    indexable: bool | None = term("indexable", boolean)
    suspended: bool | None = term("suspended", boolean)
    member_count: int | None = term("memberCount", whole_number)
    public_keys: tuple[PublicKey, ...] = term("publicKey", _public_keys)
    assertion_methods: tuple[Multikey, ...] = term("assertionMethod", _multikeys)
    also_known_as: tuple[str, ...] = term("alsoKnownAs", ids)
    moved_to: str | None = term("movedTo", id_one)
    webfinger: str | None = term("webfinger", string)
    openness: str | None = term("openness", string)
    featured_tags: str | None = term("featuredTags", id_one)
    streams: tuple[str, ...] = term("streams", ids)
    liked: str | None = term("liked", id_one)


@kind("Person")
@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Actor):
    type: str = "Person"


@kind("Group")
@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Actor):
    """A community; what a Mobilizon group holds is in collections of its own."""

    type: str = "Group"
    members: str | None = term("members", id_one)
    posts: str | None = term("posts", id_one)
    events: str | None = term("events", id_one)
    resources: str | None = term("resources", id_one)
    todos: str | None = term("todos", id_one)
    discussions: str | None = term("discussions", id_one)


@kind("Organization")
@dataclass(frozen=True, slots=True, kw_only=True)
class Organization(Actor):
    type: str = "Organization"


@kind("Service")
@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Actor):
    type: str = "Service"


@kind("Application")
@dataclass(frozen=True, slots=True, kw_only=True)
class Application(Actor):
    """A server or program; `implements` are links to what it can. Spec: FEP-844e"""

    type: str = "Application"
    implements: tuple[Object | str, ...] = term("implements", nested_all)
