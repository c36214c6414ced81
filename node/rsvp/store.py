"""Participations in the database: rows in, models out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from node.ids import moment, stamp
from node.rsvp.model import Answer, Counts, Door, Participation, Seat
from node.storage.database import Row, Transaction

_MOST = 100_000


async def take_turn(tx: Transaction, event_id: str) -> bool:
    """Whether there is such an event; from here on nobody else seats people in it.

    SQLite has one writer anyway; on PostgreSQL this holds the event's row until the end.
    """
    return await tx.run("update event set going = going where id = :id", id=event_id) > 0


async def find(tx: Transaction, event_id: str, party: str) -> Participation | None:
    """What this person said to this event; None if nothing."""
    row = await tx.row(
        "select * from participation where event = :event and party = :party",
        event=event_id,
        party=party,
    )
    return _participation(row) if row else None


async def by_id(tx: Transaction, participation_id: str) -> Participation | None:
    """One participation; None if it is not there."""
    row = await tx.row("select * from participation where id = :id", id=participation_id)
    return _participation(row) if row else None


async def put(tx: Transaction, one: Participation, host: str) -> None:
    """Keep a participation, in place of what it was; `host` is the actor's server or ''."""
    values = _values(one) | {"host": host}
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    changes = ", ".join(f"{name} = excluded.{name}" for name in values if name not in _FIXED)
    await tx.run(
        f"insert into participation ({names}) values ({marks}) "  # noqa: S608  a fixed text
        f"on conflict (event, party) do update set {changes}",
        **values,
    )


async def set_seat(tx: Transaction, one: Participation) -> None:
    """Keep where she sits now."""
    await tx.run(
        "update participation set seat = :seat, changed = :changed where id = :id",
        seat=one.seat.value,
        changed=stamp(one.changed),
        id=one.id,
    )


async def set_told(tx: Transaction, participation_id: str, seat: Seat) -> None:
    """Remember which seat the person's server was told."""
    await tx.run(
        "update participation set told = :told where id = :id", told=seat.value, id=participation_id
    )


async def next_place(tx: Transaction, event_id: str) -> int:
    """The number of whoever comes now."""
    row = await tx.row(
        "select place from participation where event = :event order by place desc limit 1",
        event=event_id,
    )
    return int(row["place"]) + 1 if row else 1


async def counts(tx: Transaction, event_id: str) -> Counts:
    """How many come, wait, and may come."""
    rows = await tx.rows(
        "select seat, count(*) as number from participation where event = :event "
        "and seat in ('going', 'waiting', 'maybe') group by seat",
        event=event_id,
    )
    return Counts(**{row["seat"]: int(row["number"]) for row in rows})


async def number_in_line(tx: Transaction, one: Participation) -> int:
    """Where she stands on the waiting list, the first being 1."""
    row = await tx.row(
        "select count(*) as number from participation where event = :event "
        "and seat = 'waiting' and place <= :place",
        event=one.event,
        place=one.place,
    )
    return int(row["number"]) if row else 0


async def first_of(tx: Transaction, event_id: str, seat: Seat, limit: int) -> list[Participation]:
    """Who sits so, in order of arrival."""
    rows = await tx.rows(
        "select * from participation where event = :event and seat = :seat "
        "order by place limit :limit",
        event=event_id,
        seat=seat.value,
        limit=limit,
    )
    return [_participation(row) for row in rows]


async def of_event(tx: Transaction, event_id: str) -> list[Participation]:
    """Everybody who said something, in order of arrival."""
    rows = await tx.rows(
        "select * from participation where event = :event order by place, id limit :limit",
        event=event_id,
        limit=_MOST,
    )
    return [_participation(row) for row in rows]


async def of_actor(tx: Transaction, actor: str) -> list[Participation]:
    """Everything that an actor said to any event."""
    rows = await tx.rows("select * from participation where actor = :actor", actor=actor)
    return [_participation(row) for row in rows]


async def how_many(tx: Transaction, event_id: str, host: str) -> int:
    """How many of one server, or through doors of our own, said something to an event."""
    rows = await tx.rows(
        "select count(*) as number from participation where event = :event and host = :host",
        event=event_id,
        host=host,
    )
    return int(rows[0]["number"])


async def reachable(tx: Transaction, event_id: str) -> Sequence[tuple[str, str]]:
    """(actor, inbox) of those elsewhere who come, wait or may come."""
    rows = await tx.rows(
        "select actor, inbox from participation where event = :event and inbox is not null "
        "and seat in ('going', 'waiting', 'maybe', 'asked') order by place limit :limit",
        event=event_id,
        limit=_MOST,
    )
    return [(row["actor"], row["inbox"]) for row in rows]


async def asking(tx: Transaction, now: datetime) -> int:
    """How many ask for a place at events to come, and have no answer yet."""
    row = await tx.row(
        "select count(*) as number from participation p join event e on e.id = p.event "
        "where p.seat = 'asked' and e.end_at > :now and e.state = 'scheduled'",
        now=stamp(now),
    )
    return int(row["number"]) if row else 0


async def remove(tx: Transaction, participation_id: str) -> None:
    """Forget a participation and every link to it."""
    await tx.run("delete from rsvp_link where participation = :id", id=participation_id)
    await tx.run("delete from participation where id = :id", id=participation_id)


async def remove_event(tx: Transaction, event_id: str) -> None:
    """Forget everybody of an event and every link to them."""
    await tx.run(
        "delete from rsvp_link where participation in "
        "(select id from participation where event = :event)",
        event=event_id,
    )
    await tx.run("delete from participation where event = :event", event=event_id)


async def add_link(tx: Transaction, digest: str, participation_id: str, at: datetime) -> None:
    """Let a link lead to a participation; once more for the same changes nothing."""
    await tx.run(
        "insert into rsvp_link (digest, participation, created) values (:digest, :id, :at) "
        "on conflict (digest) do nothing",
        digest=digest,
        id=participation_id,
        at=stamp(at),
    )


async def by_link(tx: Transaction, digest: str) -> Participation | None:
    """The participation to which a link leads; None once it leads nowhere."""
    row = await tx.row(
        "select p.* from rsvp_link l join participation p on p.id = l.participation "
        "where l.digest = :digest",
        digest=digest,
    )
    return _participation(row) if row else None


_FIXED = frozenset({"id", "event", "party", "since"})


def _values(one: Participation) -> dict[str, object]:
    return {
        "id": one.id,
        "event": one.event,
        "party": one.party,
        "actor": one.actor,
        "inbox": one.inbox,
        "name": one.name,
        "language": one.language,
        "door": one.door.value,
        "answer": one.answer.value,
        "seat": one.seat.value,
        "place": one.place,
        "reason": one.reason,
        "words": one.words,
        "activity_id": one.activity_id,
        "told": one.told.value if one.told else None,
        "since": stamp(one.since),
        "changed": stamp(one.changed),
        "heard_at": stamp(one.heard_at),
    }


def _participation(row: Row) -> Participation:
    return Participation(
        id=row["id"],
        event=row["event"],
        party=row["party"],
        actor=row["actor"],
        inbox=row["inbox"],
        name=row["name"],
        language=row["language"],
        door=Door(row["door"]),
        answer=Answer(row["answer"]),
        seat=Seat(row["seat"]),
        place=row["place"],
        reason=row["reason"],
        words=row["words"],
        activity_id=row["activity_id"],
        told=Seat(row["told"]) if row["told"] else None,
        since=moment(row["since"]),
        changed=moment(row["changed"]),
        heard_at=moment(row["heard_at"]),
    )
