"""Operations on other communities."""

from __future__ import annotations

import re
from typing import Any

from activitypub.registry import read as read_object
from federation.errors import FederationError
from node.community import store as community_store
from node.errors import Invalid, NotFound, Unavailable
from node.network import actions, store
from node.network.model import Following, RemoteThing
from node.operations.registry import Arguments, operation
from node.services import Node

Json = dict[str, Any]
_KIND = re.compile(r"[A-Za-z]{1,40}")
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def following_json(following: Following) -> Json:
    """A follow of ours."""
    return {
        "id": following.actor,
        "handle": following.handle,
        "name": following.name,
        "url": following.url,
        "state": following.state.value,
        "since": following.since.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def thing_json(thing: RemoteThing) -> Json:
    """Something from another community; `object` is as its origin gave it."""
    name = read_object(dict(thing.document)).name
    return {
        "id": thing.id,
        "type": thing.kind,
        "author": thing.author,
        "author_name": thing.author_name,
        "shared_by": thing.shared_by,
        "name": dict(name.by_language) or name.value if name else None,
        "url": thing.url,
        "start": thing.start.strftime("%Y-%m-%dT%H:%M:%SZ") if thing.start else None,
        "end": thing.end.strftime("%Y-%m-%dT%H:%M:%SZ") if thing.end else None,
        "cancelled": thing.cancelled,
        "visibility": thing.visibility.value,
        "published": thing.published.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "updated": thing.updated.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "received": thing.received.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "object": dict(thing.document),
    }


@operation("network.follow")
async def follow(node: Node, arguments: Arguments) -> Json:
    """The follow, asked for. `actor`: handle or address."""
    wanted = str(arguments.get("actor") or "")
    if not wanted:
        raise Invalid({"actor": "is missing"})
    try:
        actor = await node.discovery.find(wanted)
    except FederationError as trouble:
        raise _told(wanted, trouble) from trouble
    except ValueError as wrong:
        raise Invalid({"actor": f"is not a handle or an address: {wrong}"}) from wrong
    return following_json(await node.act(lambda context: actions.follow(context, actor)))


@operation("network.unfollow")
async def unfollow(node: Node, arguments: Arguments) -> Json:
    """What the follow was. `actor`: handle or address."""
    wanted = str(arguments.get("actor") or "")
    return following_json(await node.act(lambda context: actions.unfollow(context, wanted)))


@operation("network.following")
async def following(node: Node, arguments: Arguments) -> list[Json]:
    """Whom the community follows."""
    return [following_json(one) for one in await node.look(store.following)]


@operation("network.followers")
async def followers(node: Node, arguments: Arguments) -> list[Json]:
    """Who follows the community; for those who run it only."""
    found = await node.look(lambda tx: community_store.followers(tx, node.urls.community))
    return [
        {
            "id": one.actor,
            "inbox": one.inbox,
            "since": one.since.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        for one in found
    ]


@operation("network.timeline")
async def timeline(node: Node, arguments: Arguments) -> list[Json]:
    """What arrived, newest first. `type`, `limit`, `before` (a `received` of an earlier answer),
    `public`: only what everybody may see, without those who are limited."""
    limit = min(max(int(arguments.get("limit") or 40), 1), 80)
    kind = _like(_KIND, arguments.get("type"), "type", "a word such as Event")
    before = _like(_STAMP, arguments.get("before"), "before", "a `received` of an earlier answer")
    staff = not arguments.get("public")
    things = await node.look(
        lambda tx: store.timeline(tx, kind=kind, limit=limit, before=before, for_staff=staff)
    )
    return [thing_json(thing) for thing in things]


@operation("network.fetch")
async def fetch(node: Node, arguments: Arguments) -> Json:
    """A remote document and what we understand of it. `url`."""
    url = str(arguments.get("url") or "")
    if not url:
        raise Invalid({"url": "is missing"})
    try:
        fetched = await node.fetcher.document(url)
    except FederationError as trouble:
        raise _told(url, trouble) from trouble
    found = read_object(dict(fetched.document))
    ignored = sorted(key for key in found.extra if key != "@context")
    return {
        "id": found.id,
        "type": found.type,
        "understood_as": type(found).__name__,
        "understood": sorted(key for key in fetched.document if key not in found.extra),
        "ignored": ignored,
        "document": dict(fetched.document),
    }


def _like(form: re.Pattern[str], value: object, field: str, what: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Invalid({field: f"must be {what}"})
    return value


def _told(wanted: str, trouble: FederationError) -> Exception:
    if trouble.retry:
        return Unavailable(f"{wanted} cannot be reached now: {trouble}")
    return NotFound(f"{wanted} was not found: {trouble}")
