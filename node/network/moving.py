"""An actor that we follow goes to another server, and our follow goes along."""

from __future__ import annotations

from datetime import datetime, timedelta

import orjson

from activitypub.activities import Activity, Move, object_id
from activitypub.actors import Actor
from activitypub.objects import Object
from activitypub.registry import write
from federation.errors import ActorUnreadable
from federation.inward.listeners import Heard, Ignored
from federation.policy import Standing
from federation.ports import RemoteActor
from federation.trust.ownership import actor_from
from node.context import Context
from node.ids import stamp
from node.listening import listeners
from node.moderation import actions as moderation
from node.network import actions, store
from node.storage.database import Transaction

PAUSE = timedelta(days=7)
"""Within this time nobody moves twice, nor on from where somebody has just moved to."""


@listeners.on(Move)
async def on_move(context: Context, heard: Heard) -> None:
    """A community that we follow moves to an address that confirms it: our follow goes along."""
    old = heard.sender.id
    if object_id(heard.activity) != old:
        raise Ignored("not-the-signers")
    if await store.find_following(context.tx, old) is None:
        raise Ignored("not-followed")
    target = _target(heard, context.now)
    if await _moved_lately(context.tx, old, context.now - PAUSE):
        raise Ignored("moved-lately")
    if await moderation.standing(context, target.id) in (Standing.LIMITED, Standing.SUSPENDED):
        raise Ignored("not-welcome")
    await _remember(context, old, target.id)
    await actions.unfollow(context, old)
    await actions.follow(context, target)


def _target(heard: Heard, now: datetime) -> RemoteActor:
    """The new address, as its own server tells of it. Raises: Ignored."""
    found, old = heard.object, heard.sender.id
    if not isinstance(found, Actor) or found.id != _target_id(heard.activity) or found.id == old:
        raise Ignored("no-new-actor")
    if old not in found.also_known_as:
        raise Ignored("no-back-link")
    if found.moved_to is not None:
        raise Ignored("moved-on")
    document = write(found)
    try:
        return actor_from(document, orjson.dumps(document), now)
    except ActorUnreadable as error:
        raise Ignored("no-new-actor") from error


def _target_id(move: Activity) -> str | None:
    return move.target.id if isinstance(move.target, Object) else move.target


async def _moved_lately(tx: Transaction, actor: str, since: datetime) -> bool:
    """Whether this actor moved in this time, or is itself where another has moved to."""
    row = await tx.row(
        "select 1 as found from moved_actor where at > :since "
        "and (actor = :actor or target = :actor)",
        actor=actor,
        since=stamp(since),
    )
    return row is not None


async def _remember(context: Context, actor: str, target: str) -> None:
    await context.tx.run(
        "insert into moved_actor (actor, target, at) values (:actor, :target, :at) "
        "on conflict (actor) do update set target = excluded.target, at = excluded.at",
        actor=actor,
        target=target,
        at=stamp(context.now),
    )
