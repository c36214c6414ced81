"""What leaves: an activity becomes bytes once, and one delivery per inbox, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from federation.ports import Destination, OutboxLog, Outgoing

ACTOR_UPDATE = "Update:actor"
"""The kind kept for an Update whose object is its own actor: it is held as long as a Delete."""


async def put(
    log: OutboxLog,
    activity: Mapping[str, Any],
    *,
    object_id: str,
    destinations: Iterable[Destination],
    now: datetime,
) -> Outgoing:
    """The activity as it will leave, kept with one due delivery for each distinct inbox.

    `object_id` names the lane: activities about one object reach a host in order. For Follow,
    Accept, Reject, Undo and Block give the other actor's id, so that these too stay in order.
    Raises: ValueError when `id`, `actor` or `type` is missing.
    """
    outgoing = _outgoing(activity, object_id, now)
    await log.add(outgoing, _distinct(destinations))
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

    What was never attempted is cancelled, so that no copy is sent out merely to be deleted. The
    cancelling comes first: a claim that happens meanwhile is then seen as an attempt.
    Raises: ValueError as `put`.
    """
    outgoing = _outgoing(activity, object_id, now)
    await log.cancel_unattempted(object_id)
    attempted = await log.attempted(object_id)
    await log.add(outgoing, _distinct([*destinations, *attempted]))
    return outgoing


def _outgoing(activity: Mapping[str, Any], object_id: str, now: datetime) -> Outgoing:
    kind, actor = _text(activity, "type"), _text(activity, "actor")
    return Outgoing(
        id=_text(activity, "id"),
        actor=actor,
        kind=ACTOR_UPDATE if kind == "Update" and object_id == actor else kind,
        object_id=object_id,
        body=orjson.dumps(activity),
        created=now,
    )


def _text(activity: Mapping[str, Any], name: str) -> str:
    value = activity.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"An activity cannot leave without a plain string as its `{name}`.")
    return value


def _distinct(destinations: Iterable[Destination]) -> list[Destination]:
    by_inbox = {each.inbox: each for each in destinations}
    return [by_inbox[inbox] for inbox in sorted(by_inbox)]
