"""Who is reached through an inbox, and what follows when that inbox is gone, moved or away."""

from __future__ import annotations

from datetime import datetime

from federation.ports import Destination
from node.ids import stamp
from node.storage.database import Transaction
from node.storage.digests import forget_digest

_FEW = 3


async def behind(tx: Transaction, inbox: str) -> list[str]:
    """Ids of the actors that are reached through this inbox, at most a few."""
    rows = await tx.rows(
        "select actor from follower where inbox = :inbox or shared_inbox = :inbox "
        "union select actor from following where inbox = :inbox order by actor limit :few",
        inbox=inbox,
        few=_FEW,
    )
    return [row["actor"] for row in rows]


async def end(tx: Transaction, actor: str, inbox: str, now: datetime, reason: str) -> None:
    """The actor is gone: its relations end, and what is due to its inbox unless others use it."""
    await tx.run("delete from follower where actor = :actor", actor=actor)
    await tx.run("delete from pending_follower where actor = :actor", actor=actor)
    await forget_digest(tx, actor)
    await tx.run("delete from following where actor = :actor", actor=actor)
    if not await behind(tx, inbox):
        await tx.run(
            "update delivery set state = 'cancelled', reason = :reason, done_at = :now, "
            "lease = null, lease_until = null where state = 'due' and inbox = :inbox",
            inbox=inbox,
            reason=reason,
            now=stamp(now),
        )


async def move(tx: Transaction, actor: str, inbox: str, to: Destination, sequence: int) -> None:
    """Relations of the actor, and what is due to its old inbox, use the new one; of what is under
    way only `sequence`."""
    await tx.run(
        "update follower set inbox = case when inbox = :inbox then :new else inbox end, "
        "shared_inbox = case when shared_inbox = :inbox then :new else shared_inbox end "
        "where actor = :actor",
        inbox=inbox,
        new=to.inbox,
        actor=actor,
    )
    await tx.run(
        "update following set inbox = :new where actor = :actor and inbox = :inbox",
        inbox=inbox,
        new=to.inbox,
        actor=actor,
    )
    if not await behind(tx, inbox):
        await _move_deliveries(tx, inbox, to, sequence)


async def _move_deliveries(tx: Transaction, inbox: str, to: Destination, sequence: int) -> None:
    """What the new inbox gets already is not sent to it twice."""
    await tx.run(
        "update delivery set state = 'cancelled', reason = 'moved' where state = 'due' "
        "and (lease is null or sequence = :sequence) and inbox = :inbox "
        "and exists (select 1 from delivery twin "
        "where twin.activity_id = delivery.activity_id and twin.inbox = :new)",
        inbox=inbox,
        new=to.inbox,
        sequence=sequence,
    )
    await tx.run(
        "update delivery set inbox = :new, lane = :host || substr(lane, length(host) + 1), "
        "host = :host where state = 'due' and (lease is null or sequence = :sequence) "
        "and inbox = :inbox",
        inbox=inbox,
        new=to.inbox,
        host=to.host,
        sequence=sequence,
    )


async def mark_stale(tx: Transaction, inbox: str, now: datetime) -> None:
    """Those who follow by this inbox miss something from now on."""
    await tx.run(
        "update follower set stale_since = :now where stale_since is null "
        "and (inbox = :inbox or shared_inbox = :inbox)",
        inbox=inbox,
        now=stamp(now),
    )
