"""What is kept of the way out, and for how long: nothing stays because nobody threw it away."""

from __future__ import annotations

from datetime import datetime, timedelta

from node.ids import stamp
from node.storage.database import Transaction

ERASURE_LIFE = timedelta(days=400)
"""For so long it is looked whether anything is left of what was deleted."""
ANSWER_LIFE = timedelta(days=90)
STRANGER_LIFE = timedelta(days=120)
AT_ONCE = 2000
"""So many rows at a time: a transaction is short, and what is left is done the next time."""

_WAITS = (
    "select 1 from delivery d where d.activity_id = {activity} and d.state in ('due', 'parked')"
)
# Fixed parts only. An event's own activities and its notes' have one lane, and go together.
_ERASED = (
    "select o.id from outgoing gone join outgoing o on o.object_id = gone.object_id "
    "where gone.kind = 'Delete' and gone.created > :since and o.kind <> 'Delete' "
)
_BETWEEN_TWO = "('Accept', 'Reject', 'Follow', 'Undo', 'Flag', 'Block', 'Ignore')"


async def blank_erased(tx: Transaction, now: datetime) -> int:
    """Drop the bytes of what was deleted since; how many activities that were.

    What is still on its way keeps them until it has arrived and its Delete after it; what is parked
    is given up, or a retry would bring back what was deleted.
    """
    since = stamp(now - ERASURE_LIFE)
    await tx.run(
        "update delivery set state = 'cancelled', reason = 'erased', done_at = :now "  # noqa: S608
        f"where state = 'parked' and activity_id in ({_ERASED})",
        now=stamp(now),
        since=since,
    )
    return await tx.run(
        "update outgoing set body = :empty where id in "  # noqa: S608  fixed parts
        f"({_ERASED} and length(o.body) > 0 and not exists ({_WAITS.format(activity='o.id')}))",
        empty=b"",
        since=since,
    )


async def forget_contents(tx: Transaction) -> int:
    """Drop newer forms of activities that nobody is to get any more; how many."""
    return await tx.run(
        "delete from outgoing_content where not exists ("  # noqa: S608  fixed parts
        f"{_WAITS.format(activity='outgoing_content.activity_id')} "
        "and d.content = outgoing_content.id)"
    )


async def forget_answers(tx: Transaction, now: datetime) -> int:
    """Forget what was said between two actors only and came to an end long ago; how many."""
    rows = await tx.rows(
        "select o.id from outgoing o where o.created < :before "  # noqa: S608  fixed parts
        f"and o.kind in {_BETWEEN_TWO} and not exists ({_WAITS.format(activity='o.id')}) "
        "order by o.created limit :limit",
        before=stamp(now - ANSWER_LIFE),
        limit=AT_ONCE,
    )
    names = [{"id": row["id"]} for row in rows]
    await tx.run_many("delete from delivery where activity_id = :id", names)
    await tx.run_many("delete from outgoing where id = :id", names)
    return len(names)


async def forget_strangers(tx: Transaction, now: datetime) -> int:
    """Forget actors with whom we have nothing to do and who were long silent; how many.

    Whose words we still show stays known, or her farewell would not be believed; and so does who
    has exchanged all keys, or it would be forgotten.
    """
    return await tx.run(
        "delete from remote_actor where id in (select a.id from remote_actor a "
        "where a.fetched_at < :before and a.unproven_since is null "
        "and not exists (select 1 from follower f where f.actor = a.id) "
        "and not exists (select 1 from pending_follower p where p.actor = a.id) "
        "and not exists (select 1 from following w where w.actor = a.id) "
        "and not exists (select 1 from actor_rule r where r.actor = a.id) "
        "and not exists (select 1 from remote_object o where o.author = a.id) "
        "and not exists (select 1 from reply r where r.author = a.id) "
        "and not exists (select 1 from share s where s.author = a.id) "
        "and not exists (select 1 from reaction r where r.actor = a.id) limit :limit)",
        before=stamp(now - STRANGER_LIFE),
        limit=AT_ONCE,
    )
