"""Direct notes in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from federation.ports import Unproven
from federation.trust.succession import doubtful
from node.ids import moment, stamp
from node.storage.database import Row, Transaction
from node.urls import Urls

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectNote:
    """What was said to one actor; `document` is a Tombstone once it was taken back."""

    id: str
    actor: str
    inbox: str
    about: str
    invites: bool
    document: bytes = field(repr=False)
    published: datetime
    deleted: bool = False


async def add(tx: Transaction, note: DirectNote) -> None:
    """Keep a new note."""
    await tx.run(
        "insert into direct_note (id, actor, inbox, about, invites, document, published) "
        "values (:id, :actor, :inbox, :about, :invites, :document, :published)",
        id=note.id,
        actor=note.actor,
        inbox=note.inbox,
        about=note.about,
        invites=int(note.invites),
        document=note.document,
        published=stamp(note.published),
    )


async def find(tx: Transaction, note_id: str) -> DirectNote | None:
    """The note, taken back or not; None if there is none."""
    row = await tx.row("select * from direct_note where id = :id", id=note_id)
    return _note(row) if row else None


async def bury(tx: Transaction, note_id: str, tombstone: bytes, at: datetime) -> None:
    """Keep only that it was there."""
    await tx.run(
        "update direct_note set document = :document, deleted_at = :at where id = :id",
        id=note_id,
        document=tombstone,
        at=stamp(at),
    )


async def about(tx: Transaction, thing: str) -> list[DirectNote]:
    """The notes about a thing that were not taken back."""
    return [note for note in await all_about(tx, thing) if not note.deleted]


async def all_about(tx: Transaction, thing: str) -> list[DirectNote]:
    """The notes about a thing, taken back or not."""
    rows = await tx.rows("select * from direct_note where about = :about order by id", about=thing)
    return [_note(row) for row in rows]


async def sent_since(tx: Transaction, actor: str, thing: str, since: datetime) -> int:
    """How many notes about a thing an actor got that invite to an answer."""
    row = await tx.row(
        "select count(*) as many from direct_note "
        "where about = :about and actor = :actor and invites = 1 and published > :since",
        about=thing,
        actor=actor,
        since=stamp(since),
    )
    return int(row["many"]) if row else 0


async def of_actor(tx: Transaction, actor: str) -> list[str]:
    """The ids of all notes to an actor."""
    rows = await tx.rows("select id from direct_note where actor = :actor", actor=actor)
    return [row["id"] for row in rows]


async def older_than(tx: Transaction, before: datetime) -> list[str]:
    """The ids of the oldest notes from before this moment, a few hundred at a time."""
    rows = await tx.rows(
        "select id from direct_note where published < :before order by published limit :limit",
        before=stamp(before),
        limit=_AT_ONCE,
    )
    return [row["id"] for row in rows]


async def forget(tx: Transaction, notes: Sequence[str], urls: Urls) -> None:
    """Drop notes and what carried them; one that is still on its way stays for the next time."""
    for note_id in notes:
        address = urls.note(note_id)
        waits = await tx.row(
            "select 1 as found from delivery d join outgoing o on o.id = d.activity_id "
            "where o.object_id = :address and d.state = 'due'",
            address=address,
        )
        if waits is None:
            await tx.run("delete from direct_note where id = :id", id=note_id)
            await _forget_letters(tx, address)


async def _forget_letters(tx: Transaction, address: str) -> None:
    of_it = "(select id from outgoing where object_id = :address)"
    for table in ("delivery", "outgoing_content"):
        await tx.run(f"delete from {table} where activity_id in {of_it}", address=address)  # noqa: S608
    await tx.run("delete from outgoing where object_id = :address", address=address)


async def handle_of(tx: Transaction, actor: str) -> str | None:
    """How people type an actor that we know: `@anna@m.example`; None if we do not."""
    row = await tx.row("select username, host from remote_actor where id = :id", id=actor)
    return f"@{row['username']}@{row['host']}" if row and row["username"] else None


async def is_doubtful(tx: Transaction, actor: str) -> bool:
    """Whether this actor may be somebody else by now."""
    rows = await tx.rows(
        "select id, host, name, unproven_since from remote_actor where unproven_since is not null"
    )
    unproven = [
        Unproven(
            id=row["id"], host=row["host"], name=row["name"], since=moment(row["unproven_since"])
        )
        for row in rows
    ]
    return actor in doubtful([actor], unproven)


def _note(row: Row) -> DirectNote:
    return DirectNote(
        id=row["id"],
        actor=row["actor"],
        inbox=row["inbox"],
        about=row["about"],
        invites=bool(row["invites"]),
        document=bytes(row["document"]),
        published=moment(row["published"]),
        deleted=row["deleted_at"] is not None,
    )
