"""Actors that lived here and are no more: their keys outlive them until all were told.

Whoever gets an actor's Delete checks it with the actor's key. Once nobody waits for it any more the
key goes, and of the actor stays a digest of its id, by which its address answers 410 for ever.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from node.ids import moment, stamp
from node.storage.database import Transaction
from node.storage.disclosures import subject_of

KEYS_LIFE = timedelta(days=90)
"""So long at most a Delete is tried."""
_AT_ONCE = 20
_HERS = "(select id from outgoing where actor = :actor)"


async def bury_actor(tx: Transaction, actor: str, now: datetime) -> None:
    """From now on this actor of ours is no more."""
    await tx.run(
        "insert into buried_actor (digest, actor, at) values (:digest, :actor, :at) "
        "on conflict do nothing",
        digest=subject_of(actor),
        actor=actor,
        at=stamp(now),
    )


async def is_buried(tx: Transaction, actor: str) -> bool:
    """Whether an actor lived under this id and is no more."""
    row = await tx.row(
        "select 1 as found from buried_actor where digest = :digest", digest=subject_of(actor)
    )
    return row is not None


async def destroy_keys(tx: Transaction, now: datetime) -> int:
    """Drop keys, letters and id of the buried for whose Delete nobody waits; how many they are."""
    rows = await tx.rows(
        "select digest, actor, at from buried_actor where actor is not null "
        "order by at limit :limit",
        limit=_AT_ONCE,
    )
    gone = 0
    for row in rows:
        late = moment(row["at"]) < now - KEYS_LIFE
        if late or not await _is_awaited(tx, row["actor"]):
            await _destroy(tx, row["actor"])
            gone += 1
    return gone


async def _is_awaited(tx: Transaction, actor: str) -> bool:
    row = await tx.row(
        "select 1 as found from outgoing o join delivery d on d.activity_id = o.id "
        "where o.actor = :actor and d.state = 'due' limit 1",
        actor=actor,
    )
    return row is not None


async def _destroy(tx: Transaction, actor: str) -> None:
    for table in ("outgoing_subject", "outgoing_content", "delivery"):
        await tx.run(f"delete from {table} where activity_id in {_HERS}", actor=actor)  # noqa: S608
    for table in ("outgoing", "actor_key", "host_key_ack"):
        await tx.run(f"delete from {table} where actor = :actor", actor=actor)  # noqa: S608
    for table in ("follower", "pending_follower", "follower_digest"):
        await tx.run(f"delete from {table} where community = :actor", actor=actor)  # noqa: S608
    await tx.run("delete from disclosure where subject = :digest", digest=subject_of(actor))
    await tx.run(
        "update buried_actor set actor = null where digest = :digest", digest=subject_of(actor)
    )
