"""What the desk counts: numbers and dates out of several rooms, each by one short question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from node.events import store as events_store
from node.events.model import Event, State
from node.ids import stamp
from node.rsvp import store as rsvp_store
from node.storage.database import Transaction

_AHEAD = 20
"""Among so many coming dates at least one is not cancelled, or none is shown."""


async def next_event(tx: Transaction, now: datetime) -> tuple[Event, Mapping[str, int]] | None:
    """The next date that takes place, with how many sit where; None where there is none."""
    for event in await events_store.upcoming(tx, now, limit=_AHEAD):
        if event.state is State.SCHEDULED:
            return event, await seats(tx, event.id)
    return None


async def seats(tx: Transaction, event_id: str) -> Mapping[str, int]:
    """How many go, wait, may come, and ask: `going`, `waiting`, `maybe`, `asked`."""
    counts = await rsvp_store.counts(tx, event_id)
    asked = await _number(
        tx,
        "select count(*) as many from participation where event = :event and seat = 'asked'",
        event=event_id,
    )
    return {
        "going": counts.going,
        "waiting": counts.waiting,
        "maybe": counts.maybe,
        "asked": asked,
    }


async def pending_followers(tx: Transaction) -> int:
    """How many want to follow and wait for an answer."""
    return await _number(tx, "select count(distinct actor) as many from pending_follower")


async def stuck(tx: Transaction) -> int:
    """How many deliveries and arrivals are stuck."""
    return await _number(
        tx,
        "select (select count(*) from delivery where state = 'parked') + "
        "(select count(*) from inbox_activity where state = 'parked') as many",
    )


async def followers(
    tx: Transaction, community: str, *, after: str = "", limit: int = 50
) -> list[Mapping[str, str | None]]:
    """Who follows, by address: `actor`, `since`, and `name` and `handle` where they are known."""
    rows = await tx.rows(
        "select f.actor, f.since, a.name, a.username, a.host from follower f "
        "left join remote_actor a on a.id = f.actor "
        "where f.community = :community and f.actor > :after order by f.actor limit :limit",
        community=community,
        after=after,
        limit=limit,
    )
    return [
        {
            "actor": row["actor"],
            "since": row["since"],
            "name": row["name"],
            "handle": f"@{row['username']}@{row['host']}" if row["username"] else None,
        }
        for row in rows
    ]


async def names(tx: Transaction, actors: list[str]) -> Mapping[str, tuple[str, str]]:
    """(name, handle) of those among these actors that are known here."""
    found = {}
    for actor in actors:
        row = await tx.row("select name, username, host from remote_actor where id = :id", id=actor)
        if row is not None:
            found[actor] = (row["name"] or "", f"@{row['username']}@{row['host']}")
    return found


async def session_counts(tx: Transaction, now: datetime) -> Mapping[str, int]:
    """How many sessions each person has open, by her id."""
    rows = await tx.rows(
        "select person, count(*) as many from session where ends > :now group by person",
        now=stamp(now),
    )
    return {row["person"]: int(row["many"]) for row in rows}


async def _number(tx: Transaction, query: str, **values: object) -> int:
    row = await tx.row(query, **values)
    return int(row["many"]) if row else 0
