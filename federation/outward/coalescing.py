"""What was never attempted need not be told twice: later words take the place of earlier ones.

Only in rows that were never attempted, inbox by inbox; what a peer may have seen stays as it is.
Spec: reliability rules 2.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from activitypub.shapes import id_of
from federation.outward.lanes import ACTOR_UPDATE
from federation.ports import Destination, Fresh, OutboxLog, Outgoing

Json = Mapping[str, Any]
_UPDATES = frozenset({"Update", ACTOR_UPDATE})
_BEGINNINGS = frozenset({"Create", "Announce"})
_PROVEN = frozenset({"proof", "signature"})


async def coalesced(
    log: OutboxLog, activity: Json, outgoing: Outgoing, destinations: Sequence[Destination]
) -> list[Destination]:
    """To whom the activity must still go, once it was merged with what was never attempted.

    Update after Update: the last one goes. Update after Create: the Create goes with the newest
    object, under its own id. Undo after what it undoes, Delete after Create: neither goes.
    """
    left = list(destinations)
    if outgoing.kind not in {*_UPDATES, "Undo", "Delete"}:
        return left
    for earlier in await log.fresh(outgoing.object_id):
        if earlier.activity.actor == outgoing.actor and earlier.activity.announces_key is None:
            done = await _merge(log, activity, outgoing, earlier, _common(left, earlier))
            left = [each for each in left if each.inbox not in done]
    return left


async def never_told(log: OutboxLog, activity: Json, object_id: str) -> set[str]:
    """The inboxes that were to be told of what this Delete deletes, and never were."""
    told = {each.inbox for each in await log.attempted(object_id)}
    waiting = {
        each.inbox
        for fresh in await log.fresh(object_id)
        if fresh.activity.kind in _BEGINNINGS and _about(fresh) == id_of(activity.get("object"))
        for each in fresh.destinations
    }
    return waiting - told


async def _merge(
    log: OutboxLog, activity: Json, outgoing: Outgoing, earlier: Fresh, inboxes: list[str]
) -> set[str]:
    """The inboxes to which the later activity need not go any more."""
    before = earlier.activity
    if not inboxes:
        return set()
    about = id_of(activity.get("object"))
    if outgoing.kind == "Undo":
        undone = about == before.id
        return set(await log.cancel_fresh(before.id, inboxes, reason="undone")) if undone else set()
    if about is None or _about(earlier) != about:
        return set()
    if outgoing.kind in _UPDATES and before.kind == "Create":
        return await _rewrite(log, activity, before, inboxes)
    if before.kind == outgoing.kind or outgoing.kind == "Delete":
        reason = "erased" if outgoing.kind == "Delete" else "replaced"
        cancelled = set(await log.cancel_fresh(before.id, inboxes, reason=reason))
        return cancelled if before.kind in _BEGINNINGS else set()
    return set()


async def _rewrite(log: OutboxLog, update: Json, before: Outgoing, inboxes: list[str]) -> set[str]:
    create = orjson.loads(before.body)
    if not _PROVEN.isdisjoint([*create, *update]):
        # A proof covers the whole activity: this one cannot be made anew here.
        return set()
    newest = {key: update[key] for key in ("@context", "to", "cc", "object") if key in update}
    body = orjson.dumps({**create, **newest})
    return set(await log.rewrite_fresh(replace(before, body=body), inboxes))


def _about(fresh: Fresh) -> str | None:
    return id_of(orjson.loads(fresh.activity.body).get("object"))


def _common(destinations: Sequence[Destination], earlier: Fresh) -> list[str]:
    wanted = {each.inbox for each in destinations}
    return [each.inbox for each in earlier.destinations if each.inbox in wanted]
