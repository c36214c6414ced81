"""What the way in forgets, and when: bytes after two days, ids after ninety.

Spec: reliability 2.5 and limits 4.8
"""

from __future__ import annotations

from datetime import timedelta

from node.context import Context
from node.ids import stamp
from node.jobs import jobs

BODY_LIFE = timedelta(hours=48)
ID_LIFE = timedelta(days=90)
MOST_BODIES = 20_000
"""Beyond so many the oldest go before their time."""
TOMBSTONE_LIFE = timedelta(days=365)
PENDING_UNDO_LIFE = timedelta(hours=48)
AT_ONCE = 2000
"""So many rows at a time: a transaction is short, and what is left is done the next time. In a
minute, so that more is forgotten than one peer is let in with."""


@jobs.every(timedelta(minutes=1))
async def blank_bodies(context: Context) -> None:
    """Drop the bytes of activities that were dealt with; their ids still keep repeats away."""
    await context.tx.run(
        "update inbox_activity set body = :empty, blanked = 1 where sequence in (select sequence "
        "from inbox_activity where done_at < :before and blanked = 0 limit :limit)",
        empty=b"",
        before=max(stamp(context.now - BODY_LIFE), await _oldest_of_many(context)),
        limit=AT_ONCE,
    )


async def _oldest_of_many(context: Context) -> str:
    """When the last of the newest `MOST_BODIES` was dealt with; empty while there are fewer."""
    row = await context.tx.row(
        "select done_at from inbox_activity where done_at is not null and blanked = 0 "
        "order by done_at desc limit 1 offset :most",
        most=MOST_BODIES,
    )
    return str(row["done_at"]) if row else ""


@jobs.every(timedelta(minutes=1))
async def forget_activities(context: Context) -> None:
    """Forget activities that were dealt with, or put aside and never looked at, 90 days ago."""
    before = stamp(context.now - ID_LIFE)
    await context.tx.run(
        "delete from inbox_activity where sequence in (select sequence from inbox_activity "
        "where done_at < :before limit :limit)",
        before=before,
        limit=AT_ONCE,
    )
    await context.tx.run(
        "delete from inbox_activity where sequence in (select sequence from inbox_activity "
        "where state = 'parked' and received_at < :before limit :limit)",
        before=before,
        limit=AT_ONCE,
    )


@jobs.every(timedelta(hours=1))
async def forget_marks(context: Context) -> None:
    """Forget deletions after a year, and after two days what was undone before it arrived."""
    await context.tx.run(
        "delete from tombstone where at < :before", before=stamp(context.now - TOMBSTONE_LIFE)
    )
    await context.tx.run(
        "delete from pending_undo where at < :before",
        before=stamp(context.now - PENDING_UNDO_LIFE),
    )
