"""Who was told what of an event, and how often somebody answered, in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from node.ids import stamp
from node.storage.database import Transaction

_AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Somebody who is to be told that an event is not what she knows; `facts` is what she knows."""

    event: str
    party: str
    facts: str


async def note(tx: Transaction, event_id: str, party: str, facts: str) -> None:
    """Remember what this person knows now; nothing is due to her any more."""
    await tx.run(
        "insert into rsvp_told (event, party, facts) values (:event, :party, :facts) "
        "on conflict (event, party) do update set facts = excluded.facts, due_at = null",
        event=event_id,
        party=party,
        facts=facts,
    )


async def changed(tx: Transaction, event_id: str, facts: str, due: datetime) -> None:
    """The event is now this: due to all who know otherwise, not due to who knows it so."""
    await tx.run(
        "update rsvp_told set due_at = case when facts = cast(:facts as text) then null "
        "else cast(:due as text) end "
        "where event = :event",
        event=event_id,
        facts=facts,
        due=stamp(due),
    )


async def due(tx: Transaction, now: datetime, limit: int) -> list[Due]:
    """To whom something is due."""
    rows = await tx.rows(
        "select event, party, facts from rsvp_told where due_at <= :now "
        "order by due_at, event, party limit :limit",
        now=stamp(now),
        limit=limit,
    )
    return [Due(event=row["event"], party=row["party"], facts=row["facts"]) for row in rows]


async def known(tx: Transaction, event_id: str) -> dict[str, str]:
    """What each person knows of an event, by party."""
    rows = await tx.rows("select party, facts from rsvp_told where event = :event", event=event_id)
    return {row["party"]: row["facts"] for row in rows}


async def forget_event(tx: Transaction, event_id: str) -> None:
    """Forget who was told what of an event."""
    await tx.run("delete from rsvp_told where event = :event", event=event_id)
    await tx.run("delete from rsvp_heard where event = :event", event=event_id)


async def forget_party(tx: Transaction, party: str) -> None:
    """Forget what a person was told and how often she answered."""
    await tx.run("delete from rsvp_told where party = :party", party=party)
    await tx.run("delete from rsvp_heard where party = :party", party=party)


async def forget_over(tx: Transaction, over: datetime) -> None:
    """Forget who was told what of events that ended before this moment."""
    await tx.run(
        "delete from rsvp_told where event in (select id from event where end_at < :over)",
        over=stamp(over),
    )


async def noted(tx: Transaction, events: str, over: datetime) -> list[str]:
    """The addresses of events that ended before this moment and that direct notes are still about;
    `events` is how these addresses begin."""
    rows = await tx.rows(
        "select distinct n.about as about from direct_note n "
        "join event e on n.about = cast(:events as text) || e.id "
        "where e.end_at < :over limit :limit",
        events=events,
        over=stamp(over),
        limit=_AT_ONCE,
    )
    return [row["about"] for row in rows]


async def count_heard(tx: Transaction, event_id: str, party: str, now: datetime) -> int:
    """How often this person answered to this event today, this time included."""
    day = stamp(now)[:10]
    await tx.run(
        "insert into rsvp_heard (event, party, day, many) values (:event, :party, :day, 1) "
        "on conflict (event, party, day) do update set many = rsvp_heard.many + 1",
        event=event_id,
        party=party,
        day=day,
    )
    row = await tx.row(
        "select many from rsvp_heard where event = :event and party = :party and day = :day",
        event=event_id,
        party=party,
        day=day,
    )
    return int(row["many"]) if row else 0


async def forget_days(tx: Transaction, now: datetime) -> None:
    """Forget how often people answered on days long gone."""
    await tx.run("delete from rsvp_heard where day < :day", day=stamp(now - timedelta(days=2))[:10])


async def is_program(tx: Transaction, actor: str) -> bool:
    """Whether this actor, as its own server says, is no person."""
    row = await tx.row("select type from remote_actor where id = :id", id=actor)
    return row is not None and row["type"] in ("Application", "Service")
