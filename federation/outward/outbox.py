"""What leaves: an activity becomes bytes once, and one delivery per inbox, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from federation.outward.coalescing import coalesced, never_told
from federation.outward.lanes import ACTOR_UPDATE as ACTOR_UPDATE
from federation.ports import Destination, OutboxLog, Outgoing


async def put(
    log: OutboxLog,
    activity: Mapping[str, Any],
    *,
    object_id: str,
    destinations: Iterable[Destination],
    now: datetime,
    announces_key: str | None = None,
) -> Outgoing:
    """The activity as it will leave, kept with one due delivery for each distinct inbox.

    `object_id` names the lane: activities about one object reach a host in order. For Follow,
    Accept, Reject, Undo and Block give the other actor's id, so that these too stay in order.
    `announces_key`: the new key of the actor that this Update brings. Where something about the
    object was never attempted, the two are merged (`coalescing`).
    Raises: ValueError when `id`, `actor` or `type` is missing.
    """
    outgoing = _outgoing(activity, object_id, now, announces_key)
    await log.add(outgoing, await coalesced(log, activity, outgoing, _distinct(destinations)))
    return outgoing


async def erase(
    log: OutboxLog,
    activity: Mapping[str, Any],
    *,
    object_id: str,
    destinations: Iterable[Destination],
    now: datetime,
) -> Outgoing:
    """The Delete as it will leave: to `destinations` and to whoever an attempt was ever begun for.

    What was never attempted is cancelled, so that no copy is sent out merely to be deleted; an
    inbox that was to get one and never did hears nothing at all. The Delete of an actor cancels
    whatever of its own was never attempted and goes to whoever ever heard of it, at once.
    Raises: ValueError as `put`.
    """
    outgoing = _outgoing(activity, object_id, now)
    if outgoing.erases_its_actor:
        await log.cancel_unattempted_by(outgoing.actor)
        told = [*destinations, *await log.attempted_by(outgoing.actor)]
    else:
        spared = await never_told(log, activity, object_id)
        await log.cancel_unattempted(object_id)
        everybody = [*destinations, *await log.attempted(object_id)]
        told = [each for each in everybody if each.inbox not in spared]
    await log.add(outgoing, _distinct(told))
    return outgoing


def _outgoing(
    activity: Mapping[str, Any],
    object_id: str,
    now: datetime,
    announces_key: str | None = None,
) -> Outgoing:
    kind, actor = _text(activity, "type"), _text(activity, "actor")
    return Outgoing(
        id=_text(activity, "id"),
        actor=actor,
        kind=ACTOR_UPDATE if kind == "Update" and object_id == actor else kind,
        object_id=object_id,
        body=orjson.dumps(activity),
        created=now,
        announces_key=announces_key,
    )


def _text(activity: Mapping[str, Any], name: str) -> str:
    value = activity.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"An activity cannot leave without a plain string as its `{name}`.")
    return value


def _distinct(destinations: Iterable[Destination]) -> list[Destination]:
    by_inbox = {each.inbox: each for each in destinations}
    return [by_inbox[inbox] for inbox in sorted(by_inbox)]
