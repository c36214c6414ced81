"""Events in the database: rows in, models out."""

from __future__ import annotations

import json
from datetime import datetime

from node.events.draft import read_draft, write_draft
from node.events.model import Event, State
from node.events.recurrence import each_once
from node.ids import moment, stamp
from node.storage.database import Row, Transaction

_PAGE = 200


async def add(tx: Transaction, event: Event) -> None:
    """Keep a new event; its document follows with `set_document`."""
    await tx.run(
        "insert into event (id, state, reason, sequence, start_at, end_at, draft, document, "
        "published, updated) values (:id, :state, :reason, :sequence, :start_at, :end_at, :draft, "
        ":document, :published, :updated)",
        **_values(event),
        document=b"",
    )


async def change(tx: Transaction, event: Event) -> None:
    """Keep an event in place of what it was."""
    await tx.run(
        "update event set state = :state, reason = :reason, sequence = :sequence, "
        "start_at = :start_at, end_at = :end_at, draft = :draft, published = :published, "
        "updated = :updated where id = :id",
        **_values(event),
    )


async def set_document(tx: Transaction, event_id: str, document: bytes) -> None:
    """Keep the ActivityPub object as it is served; it tells how many come."""
    await tx.run(
        "update event set document = :document, going_told = going where id = :id",
        id=event_id,
        document=document,
    )


async def set_create_id(tx: Transaction, event_id: str, create_id: str) -> None:
    """Remember the activity that brought the event into the world."""
    await tx.run(
        "update event set create_id = :create_id where id = :id", id=event_id, create_id=create_id
    )


async def set_going(tx: Transaction, event_id: str, going: int) -> None:
    """Keep how many come."""
    await tx.run(
        "update event set going = :going where id = :id and going <> :going",
        id=event_id,
        going=going,
    )


async def miscounted(tx: Transaction, now: datetime, limit: int) -> list[str]:
    """The ids of events to come whose document tells another number of guests than come."""
    rows = await tx.rows(
        "select id from event where going <> going_told and end_at > :now "
        "and state = 'scheduled' order by end_at limit :limit",
        now=stamp(now),
        limit=limit,
    )
    return [row["id"] for row in rows]


async def find(tx: Transaction, event_id: str) -> Event | None:
    """The event, deleted ones too; None if there never was one."""
    row = await tx.row("select * from event where id = :id", id=event_id)
    return _event(row) if row else None


async def document_of(tx: Transaction, event_id: str) -> tuple[State, bytes] | None:
    """The ActivityPub object as it is served (a Tombstone after deletion); None if never there."""
    row = await tx.row("select state, document from event where id = :id", id=event_id)
    return (State(row["state"]), bytes(row["document"])) if row else None


async def upcoming(tx: Transaction, now: datetime, limit: int = _PAGE) -> list[Event]:
    """Events that have not ended, soonest first."""
    rows = await tx.rows(
        "select * from event where end_at > :now and state <> 'deleted' "
        "order by start_at, id limit :limit",
        now=stamp(now),
        limit=limit,
    )
    return [_event(row) for row in rows]


async def recent(tx: Transaction, limit: int = _PAGE, before: str | None = None) -> list[Event]:
    """Events by publication, newest first; `before` is the id to go on from."""
    clause = "and id < :before " if before else ""
    values = {"limit": limit, **({"before": before} if before else {})}
    rows = await tx.rows(
        f"select * from event where state <> 'deleted' {clause}"  # noqa: S608  a fixed text
        "order by id desc limit :limit",
        **values,
    )
    return [_event(row) for row in rows]


async def created(
    tx: Transaction, limit: int, before: str | None = None
) -> list[tuple[str, str, bytes, str]]:
    """(event id, id of its Create, document, published) of what was published, newest first."""
    clause = "and id < :before " if before else ""
    values = {"limit": limit, **({"before": before} if before else {})}
    rows = await tx.rows(
        "select id, create_id, document, published from event "  # noqa: S608  a fixed text
        f"where state <> 'deleted' and create_id is not null {clause}"
        "order by id desc limit :limit",
        **values,
    )
    return [(row["id"], row["create_id"], bytes(row["document"]), row["published"]) for row in rows]


async def count(tx: Transaction) -> int:
    """How many events were published and not deleted."""
    row = await tx.row("select count(*) as number from event where state <> 'deleted'")
    return int(row["number"]) if row else 0


async def servers_following(tx: Transaction, actor: str) -> set[str]:
    """The inboxes of the followers of this actor of ours that speak for a whole server."""
    rows = await tx.rows(
        "select f.inbox, f.shared_inbox from follower f join remote_actor a on a.id = f.actor "
        "where f.community = :actor and a.type in ('Application', 'Service')",
        actor=actor,
    )
    return {row[way] for row in rows for way in ("inbox", "shared_inbox") if row[way]}


async def add_note(
    tx: Transaction, note_id: str, event_id: str, document: bytes, at: datetime
) -> None:
    """Keep a note of the community about an event."""
    await tx.run(
        "insert into note (id, event, document, published) values (:id, :event, :document, :at)",
        id=note_id,
        event=event_id,
        document=document,
        at=stamp(at),
    )


async def notes_of(tx: Transaction, event_id: str) -> list[str]:
    """The ids of the notes about an event, oldest first."""
    rows = await tx.rows("select id from note where event = :event order by id", event=event_id)
    return [row["id"] for row in rows]


async def last_notice(tx: Transaction, event_id: str) -> tuple[str, str] | None:
    """(id, moment) of the last note about another time or place; None if there is none."""
    row = await tx.row("select * from event_notice where event = :event", event=event_id)
    return (row["note"], row["published"]) if row else None


async def set_last_notice(tx: Transaction, event_id: str, note_id: str, at: datetime) -> None:
    """Remember the note that told last of another time or place."""
    await tx.run(
        "insert into event_notice (event, note, published) values (:event, :note, :at) "
        "on conflict (event) do update set note = excluded.note, published = excluded.published",
        event=event_id,
        note=note_id,
        at=stamp(at),
    )


async def set_note(tx: Transaction, note_id: str, document: bytes) -> None:
    """Keep another object in the place of a note."""
    await tx.run(
        "update note set document = :document where id = :id", id=note_id, document=document
    )


async def note(tx: Transaction, note_id: str) -> bytes | None:
    """The note's ActivityPub object; None if there is none."""
    row = await tx.row("select document from note where id = :id", id=note_id)
    return bytes(row["document"]) if row else None


def _values(event: Event) -> dict[str, object]:
    return {
        "id": event.id,
        "state": event.state.value,
        "reason": event.reason,
        "sequence": event.sequence,
        "start_at": stamp(event.draft.start),
        "end_at": stamp(event.draft.end),
        "draft": json.dumps(_kept(event), ensure_ascii=False),
        "published": stamp(event.published),
        "updated": stamp(event.updated),
    }


def _kept(event: Event) -> dict[str, object]:
    """The draft, with what nobody hands in: which of its texts are out of date."""
    outdated = {"outdated": list(event.outdated)} if event.outdated else {}
    return {**write_draft(event.draft), **outdated}


def _event(row: Row) -> Event:
    document = json.loads(row["draft"])
    document["recurrence"] = each_once(document.get("recurrence"))
    outdated = document.pop("outdated", ())
    language = next(iter(document["name"]))
    return Event(
        id=row["id"],
        draft=read_draft(document, language=language, timezone=document["timezone"]),
        state=State(row["state"]),
        reason=row["reason"],
        sequence=row["sequence"],
        going=row["going"],
        outdated=outdated,
        published=moment(row["published"]),
        updated=moment(row["updated"]),
    )


async def reply_rule(tx: Transaction) -> str:
    """What the community does with replies: open, first-held, all-held or closed."""
    row = await tx.row("select replies from community")
    return str(row["replies"]) if row else "closed"
