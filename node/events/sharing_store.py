"""Which channel shares what of an event, in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from federation.ports import Destination
from node.events.model import Event
from node.events.store import find
from node.ids import moment, stamp
from node.storage.database import Row, Transaction
from node.urls import Urls


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What a channel announced: `object` is the address of an event or of a note about it,
    `activity` the short id of the Announce."""

    channel: str
    object: str
    event: str
    activity: str
    at: datetime


async def add(tx: Transaction, shared: Shared) -> None:
    """Keep that a channel shares something."""
    await tx.run(
        "insert into channel_share (channel, object, event, activity, at) "
        "values (:channel, :object, :event, :activity, :at)",
        channel=shared.channel,
        object=shared.object,
        event=shared.event,
        activity=shared.activity,
        at=stamp(shared.at),
    )


async def take_off(tx: Transaction, channel: str, event_id: str) -> list[Shared]:
    """What the channel shared of the event, and shares no more; oldest first."""
    rows = await tx.rows(
        "delete from channel_share where channel = :channel and event = :event returning *",
        channel=channel,
        event=event_id,
    )
    return sorted((_shared(row) for row in rows), key=lambda one: one.activity)


async def forget(tx: Transaction, event_id: str, address: str) -> None:
    """No channel shares anything of the event any more, and everybody was told."""
    await tx.run("delete from channel_share where event = :event", event=event_id)
    await tx.run("delete from channel_reach where object = :object", object=address)


async def keep_reach(tx: Transaction, channel: str) -> None:
    """Remember whom this channel told of what: its letters go with its keys."""
    await tx.run(
        "insert into channel_reach (object, inbox, host) "
        "select distinct o.object_id, d.inbox, d.host from outgoing o "
        "join delivery d on d.activity_id = o.id "
        "where o.actor = :channel and o.kind = 'Announce' and d.attempts > 0 "
        "on conflict do nothing",
        channel=channel,
    )


async def reached(tx: Transaction, address: str) -> list[Destination]:
    """Who heard of an event by channels that are no more."""
    rows = await tx.rows(
        "select inbox, host from channel_reach where object = :object order by inbox",
        object=address,
    )
    return [Destination(inbox=row["inbox"], host=row["host"]) for row in rows]


async def sharers(tx: Transaction, event_id: str) -> list[str]:
    """The channels that share the event."""
    rows = await tx.rows(
        "select distinct channel from channel_share where event = :event order by channel",
        event=event_id,
    )
    return [row["channel"] for row in rows]


async def tellers(tx: Transaction, urls: Urls, event_id: str) -> tuple[str, ...]:
    """The actors here that tell their followers of the event."""
    return (urls.community, *await sharers(tx, event_id), urls.relay)


async def count(tx: Transaction, channel: str) -> int:
    """How much the channel shares."""
    row = await tx.row(
        "select count(*) as number from channel_share where channel = :channel", channel=channel
    )
    return int(row["number"]) if row else 0


async def latest(
    tx: Transaction, channel: str, limit: int, before: str | None = None
) -> list[Shared]:
    """What the channel shares, newest first; `before` is the id of the Announce to go on from."""
    clause = "and activity < :before " if before else ""
    values = {"channel": channel, "limit": limit, **({"before": before} if before else {})}
    rows = await tx.rows(
        f"select * from channel_share where channel = :channel {clause}"  # noqa: S608  a fixed text
        "order by activity desc limit :limit",
        **values,
    )
    return [_shared(row) for row in rows]


async def upcoming(tx: Transaction, channel: str, now: datetime, limit: int) -> list[Event]:
    """Events that the channel shares and that have not ended, soonest first."""
    rows = await tx.rows(
        "select e.id from event e where e.end_at > :now and e.state <> 'deleted' and exists "
        "(select 1 from channel_share s where s.channel = :channel and s.event = e.id) "
        "order by e.start_at, e.id limit :limit",
        channel=channel,
        now=stamp(now),
        limit=limit,
    )
    found = [await find(tx, row["id"]) for row in rows]
    return [event for event in found if event]


def _shared(row: Row) -> Shared:
    return Shared(
        channel=row["channel"],
        object=row["object"],
        event=row["event"],
        activity=row["activity"],
        at=moment(row["at"]),
    )
