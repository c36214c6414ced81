"""Companion polls in the database, and who was told what about an event."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from node.ids import moment, stamp
from node.rsvp.question import Poll, Tally
from node.storage.database import Row, Transaction

LEFT_OVER = (
    "select p.id as what from poll p join event e on e.id = p.event "
    "where e.state = 'deleted' and p.tombstone is null union all "
    "select n.id from direct_note n join event e on substr(n.about, length(n.about) - 25) = e.id "
    "where e.state = 'deleted' and n.deleted_at is null"
)
"""Polls of deleted events, and words to people about them."""
_AT_ONCE = 100
_YES = ("going", "waiting", "asked")


async def add(tx: Transaction, poll: Poll) -> None:
    """Keep a new poll."""
    await tx.run(
        "insert into poll (id, event, options, content, published, updated, ends) "
        "values (:id, :event, :options, :content, :published, null, :ends)",
        id=poll.id,
        event=poll.event,
        options=json.dumps(poll.options, ensure_ascii=False),
        content=json.dumps(dict(poll.content), ensure_ascii=False),
        published=stamp(poll.published),
        ends=stamp(poll.ends),
    )


async def change(tx: Transaction, poll: Poll) -> None:
    """Keep a poll as it is now, its numbers told."""
    await tx.run(
        "update poll set content = :content, updated = :updated, ends = :ends, "
        "closed_at = :closed_at, stale_since = null where id = :id",
        id=poll.id,
        content=json.dumps(dict(poll.content), ensure_ascii=False),
        updated=stamp(poll.updated) if poll.updated else None,
        ends=stamp(poll.ends),
        closed_at=stamp(poll.closed_at) if poll.closed_at else None,
    )


async def bury(tx: Transaction, poll_id: str, tombstone: bytes) -> None:
    """Keep of a poll only that it was there."""
    await tx.run(
        "update poll set tombstone = :tombstone, content = '{}', stale_since = null where id = :id",
        id=poll_id,
        tombstone=tombstone,
    )


async def find(tx: Transaction, poll_id: str) -> Poll | None:
    """The poll, deleted or not; None if there never was one."""
    row = await tx.row("select * from poll where id = :id", id=poll_id)
    return _poll(row) if row else None


async def of_event(tx: Transaction, event_id: str) -> Poll | None:
    """The poll of an event; None if it has none (any more)."""
    row = await tx.row(
        "select * from poll where event = :event and tombstone is null", event=event_id
    )
    return _poll(row) if row else None


async def mark_stale(tx: Transaction, event_id: str, at: datetime) -> None:
    """Its numbers have changed; the first change since they were told counts."""
    await tx.run(
        "update poll set stale_since = :at "
        "where event = :event and tombstone is null and stale_since is null",
        event=event_id,
        at=stamp(at),
    )


async def to_tell(tx: Transaction, *, stale_before: datetime, now: datetime) -> Sequence[Poll]:
    """Polls whose numbers are old for long enough, or that have come to their end."""
    rows = await tx.rows(
        "select * from poll where stale_since <= :before "
        "or (ends <= :now and closed_at is null and tombstone is null) order by id limit :limit",
        before=stamp(stale_before),
        now=stamp(now),
        limit=_AT_ONCE,
    )
    return [_poll(row) for row in rows]


async def tally(tx: Transaction, event_id: str) -> Tally:
    """How many said what to an event, through whatever door."""
    rows = await tx.rows(
        "select seat, count(*) as many from participation where event = :event group by seat",
        event=event_id,
    )
    many = {row["seat"]: int(row["many"]) for row in rows}
    return Tally(
        yes=sum(many.get(seat, 0) for seat in _YES),
        maybe=many.get("maybe", 0),
        no=many.get("declined", 0),
    )


async def voters(tx: Transaction, event_id: str) -> list[tuple[str, str]]:
    """(actor, inbox) of those who voted in the poll of an event."""
    rows = await tx.rows(
        "select actor, inbox from participation where event = :event and door = 'poll' "
        "and inbox is not null order by place limit 2000",
        event=event_id,
    )
    return [(row["actor"], row["inbox"]) for row in rows]


async def event_of_note(tx: Transaction, note_id: str) -> str | None:
    """The event that a public note of ours is about; None if there is no such note."""
    row = await tx.row("select event from note where id = :id", id=note_id)
    return row["event"] if row else None


def _poll(row: Row) -> Poll:
    return Poll(
        id=row["id"],
        event=row["event"],
        options=tuple(json.loads(row["options"])),
        content=json.loads(row["content"]),
        published=moment(row["published"]),
        updated=moment(row["updated"]) if row["updated"] else None,
        ends=moment(row["ends"]),
        closed_at=moment(row["closed_at"]) if row["closed_at"] else None,
        tombstone=bytes(row["tombstone"]) if row["tombstone"] else None,
    )
