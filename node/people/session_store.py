"""Sessions in the database: by the digest of their cookie, never by the cookie."""

from __future__ import annotations

from datetime import datetime

from node.ids import moment, stamp
from node.people.model import Person, Session
from node.people.store import read_person
from node.storage.database import Row, Transaction


async def add(tx: Transaction, session: Session, digest: str) -> None:
    """Keep a session that begins."""
    await tx.run(
        "insert into session (id, person, digest, device, created, seen, proven, ends) "
        "values (:id, :person, :digest, :device, :created, :seen, :proven, :ends)",
        id=session.id,
        person=session.person,
        digest=digest,
        device=session.device,
        created=stamp(session.created),
        seen=stamp(session.seen),
        proven=stamp(session.proven),
        ends=stamp(session.ends),
    )


async def find(tx: Transaction, digest: str) -> tuple[Session, Person] | None:
    """The session with this digest and whose it is; None if there is none."""
    row = await tx.row("select * from session where digest = :digest", digest=digest)
    if row is None:
        return None
    person = await tx.row("select * from person where id = :id", id=row["person"])
    return (_session(row), read_person(person)) if person else None


async def seen(tx: Transaction, session_id: str, at: datetime) -> None:
    """Note that a session is in use."""
    await tx.run("update session set seen = :at where id = :id", at=stamp(at), id=session_id)


async def all_of(tx: Transaction, person_id: str) -> list[Session]:
    """A person's sessions, newest first."""
    rows = await tx.rows(
        "select * from session where person = :person order by id desc", person=person_id
    )
    return [_session(row) for row in rows]


async def everybody(tx: Transaction) -> list[tuple[Session, str]]:
    """All sessions with their people's names, newest first."""
    rows = await tx.rows(
        "select session.*, person.name from session join person on person.id = session.person "
        "order by session.id desc"
    )
    return [(_session(row), row["name"]) for row in rows]


async def end(tx: Transaction, session_id: str, person_id: str | None = None) -> bool:
    """End one session; with `person_id` only if it is hers. False if there is no such one."""
    changed = await tx.run(
        "delete from session where id = :id and person = coalesce(:person, person)",
        id=session_id,
        person=person_id,
    )
    return changed > 0


async def end_all(tx: Transaction, person_id: str, but: str | None = None) -> int:
    """End all sessions of a person but one; how many there were."""
    return await tx.run(
        "delete from session where person = :person and id <> coalesce(:but, '')",
        person=person_id,
        but=but,
    )


async def forget(tx: Transaction, now: datetime) -> None:
    """Drop what has ended by itself."""
    await tx.run("delete from session where ends <= :now", now=stamp(now))


def _session(row: Row) -> Session:
    return Session(
        id=row["id"],
        person=row["person"],
        device=row["device"],
        created=moment(row["created"]),
        seen=moment(row["seen"]),
        proven=moment(row["proven"]),
        ends=moment(row["ends"]),
    )
