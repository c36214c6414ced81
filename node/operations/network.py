"""Operations on other communities."""

from __future__ import annotations

import re
from typing import Any

from activitypub.registry import read as read_object
from node.community import store as community_store
from node.errors import Conflict, Invalid
from node.ids import rfc3339
from node.network import actions, past_store, store
from node.network.asking import ask_to_follow
from node.network.backfilling import Backfiller
from node.network.model import Backfill, Following, RemoteThing
from node.operations.registry import Arguments, operation
from node.services import Node

Json = dict[str, Any]
_KIND = re.compile(r"[A-Za-z]{1,40}")
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def following_json(following: Following, past: Backfill | None = None) -> Json:
    """A follow of ours; `past` is how far the reading of what was before has come."""
    return {
        "id": following.actor,
        "handle": following.handle,
        "name": following.name,
        "url": following.url,
        "state": following.state.value,
        "since": rfc3339(following.since),
        "backfill": _past_json(past) if past else None,
    }


def _past_json(past: Backfill) -> Json:
    return {
        "state": past.state.value,
        "outcome": past.outcome,
        "found": past.found,
        "kept": past.kept,
        "ended": rfc3339(past.ended) if past.ended else None,
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
        "start": rfc3339(thing.start) if thing.start else None,
        "end": rfc3339(thing.end) if thing.end else None,
        "cancelled": thing.cancelled,
        "visibility": thing.visibility.value,
        "published": rfc3339(thing.published),
        "updated": rfc3339(thing.updated),
        "received": thing.received.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "object": dict(thing.document),
    }


@operation("network.follow")
async def follow(node: Node, arguments: Arguments) -> Json:
    """The follow, asked for. `actor`: handle or address."""
    wanted = str(arguments.get("actor") or "")
    return following_json(await ask_to_follow(node, wanted))


@operation("network.unfollow")
async def unfollow(node: Node, arguments: Arguments) -> Json:
    """What the follow was. `actor`: handle or address."""
    wanted = str(arguments.get("actor") or "")
    return following_json(await node.act(lambda context: actions.unfollow(context, wanted)))


@operation("network.following")
async def following(node: Node, arguments: Arguments) -> list[Json]:
    """Whom the community follows."""
    pasts = await node.look(past_store.every)
    return [following_json(one, pasts.get(one.actor)) for one in await node.look(store.following)]


@operation("network.backfill")
async def backfill(node: Node, arguments: Arguments) -> Json:
    """The follow with what was found of its past, read now. `actor`: handle or address."""
    wanted = str(arguments.get("actor") or "")
    if not wanted:
        raise Invalid({"actor": "is missing"})
    following = await node.act(lambda context: actions.read_past(context, wanted))
    reader = Backfiller(node.look, node.act, node.fetcher, node.actors, node.clock)
    past = await reader.read(following.actor)
    if past is None:
        raise Conflict(f"The past of {following.handle} is being read at this moment.")
    return following_json(following, past)


@operation("network.followers")
async def followers(node: Node, arguments: Arguments) -> list[Json]:
    """Who follows the community; for those who run it only."""
    found = await node.look(lambda tx: community_store.followers(tx, node.urls.community))
    return [
        {
            "id": one.actor,
            "inbox": one.inbox,
            "since": rfc3339(one.since),
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


def _like(form: re.Pattern[str], value: object, field: str, what: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Invalid({field: f"must be {what}"})
    return value
