"""What must be true of all participations; `node.invariants` asks."""

from __future__ import annotations

from datetime import datetime

from node.events import store as events_store
from node.ids import stamp
from node.storage.database import Transaction

COUNTED = (
    "select e.id as what from event e where e.going <> (select count(*) from participation p "
    "where p.event = e.id and p.seat = 'going') "
    "and exists (select 1 from participation p where p.event = e.id)"
)
"""Events that tell another number of guests than come."""
ANSWERED = (
    "select id as what from participation where door = 'join' and activity_id is not null "
    "and seat in ('going', 'refused') and (told is null or told <> seat)"
)
"""Who joined from elsewhere and was never told what became of it."""


async def kept_waiting(tx: Transaction, now: datetime) -> list[str]:
    """The ids of events to come where somebody waits while a place is free."""
    rows = await tx.rows(
        "select distinct e.id as id from event e join participation p on p.event = e.id "
        "where p.seat = 'waiting' and e.state = 'scheduled' and e.end_at > :now",
        now=stamp(now),
    )
    found = [await events_store.find(tx, row["id"]) for row in rows]
    return [event.id for event in found if event and event.places_left != 0]
