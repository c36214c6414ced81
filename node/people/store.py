"""People in the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from node.ids import moment, stamp
from node.people.model import Person, Role
from node.people.model import digest as digest_of
from node.storage.database import Row, Transaction


async def add(tx: Transaction, person: Person, reason: str | None = None) -> None:
    """Keep a new person; `reason` is what she wrote when she asked to be let in."""
    await tx.run(
        "insert into person (id, name, role, created, pending, reason, role_until, role_since, "
        "language) values (:id, :name, :role, :created, :pending, :reason, :until, :since, "
        ":language)",
        id=person.id,
        name=person.name,
        role=person.role.value,
        created=stamp(person.created),
        pending=int(person.pending),
        reason=reason,
        until=stamp(person.role_until) if person.role_until else None,
        since=stamp(person.role_since) if person.role_since else None,
        language=person.language,
    )


async def by_name(tx: Transaction, name: str) -> Person | None:
    """The person of that name; None if there is none."""
    row = await tx.row("select * from person where name = :name", name=name)
    return read_person(row) if row else None


async def by_id(tx: Transaction, person_id: str) -> Person | None:
    """The person with this id; None if there is none."""
    row = await tx.row("select * from person where id = :id", id=person_id)
    return read_person(row) if row else None


async def everybody(tx: Transaction) -> list[Person]:
    """All people, oldest account first."""
    return [read_person(row) for row in await tx.rows("select * from person order by id")]


async def set_role(
    tx: Transaction,
    person_id: str,
    role: Role,
    until: datetime | None = None,
    *,
    since: datetime,
) -> None:
    """Give a person another role, for good (None) or until a moment."""
    await tx.run(
        "update person set role = :role, role_since = :since, role_until = :until where id = :id",
        role=role.value,
        since=stamp(since),
        until=stamp(until) if until else None,
        id=person_id,
    )


async def set_role_since(tx: Transaction, person_id: str, since: datetime) -> None:
    """Let somebody be in her role only since a moment: what was before counts no more."""
    await tx.run(
        "update person set role_since = :since where id = :id", since=stamp(since), id=person_id
    )


async def ended_roles(tx: Transaction, now: datetime) -> list[Person]:
    """Whoever had a role for a time that is over."""
    rows = await tx.rows("select * from person where role_until <= :now", now=stamp(now))
    return [read_person(row) for row in rows]


async def set_disabled(tx: Transaction, person_id: str, at: datetime | None) -> None:
    """Close an account, or open it again (None)."""
    when = stamp(at) if at else None
    await tx.run("update person set disabled_at = :at where id = :id", at=when, id=person_id)


async def let_in(tx: Transaction, person_id: str, since: datetime) -> None:
    """Let a person in who asked; her reason goes, now that there is an answer."""
    await tx.run(
        "update person set pending = 0, reason = null, role_since = :since where id = :id",
        since=stamp(since),
        id=person_id,
    )


async def applications(tx: Transaction) -> list[tuple[Person, str]]:
    """Who waits to be let in, with what she wrote; oldest first."""
    rows = await tx.rows("select * from person where pending = 1 order by id")
    return [(read_person(row), row["reason"] or "") for row in rows]


async def drop(tx: Transaction, person_id: str) -> None:
    """Forget somebody who was never let in."""
    for table in ("recovery_code", "passkey", "session"):
        await tx.run(f"delete from {table} where person = :id", id=person_id)  # noqa: S608 - ours
    await tx.run("delete from person where id = :id and pending = 1", id=person_id)


async def set_language(tx: Transaction, person_id: str, language: str | None) -> None:
    """Remember in which language a person wants our words; None: as her browser says."""
    await tx.run(
        "update person set language = :language where id = :id", language=language, id=person_id
    )


async def rename(tx: Transaction, person_id: str, name: str) -> None:
    """Give a person another name."""
    await tx.run("update person set name = :name where id = :id", name=name, id=person_id)


async def password(tx: Transaction, person_id: str) -> str | None:
    """The digest of a person's password in PHC form; None if she has none."""
    row = await tx.row("select password from person where id = :id", id=person_id)
    return row["password"] if row else None


async def set_password(tx: Transaction, person_id: str, digest: str | None) -> None:
    """Keep the digest of a password in PHC form; None: she has none any more."""
    await tx.run(
        "update person set password = :digest, password_mark = null where id = :id",
        digest=digest,
        id=person_id,
    )


async def digest_anew(tx: Transaction, person_id: str, before: str, digest: str) -> None:
    """Keep another digest of the same password, unless another password has come meanwhile."""
    await tx.run(
        "update person set password = :digest, password_mark = coalesce(password_mark, :mark) "
        "where id = :id and password = :before",
        digest=digest,
        mark=_mark(person_id, before),
        id=person_id,
        before=before,
    )


async def password_mark(tx: Transaction, person_id: str) -> str | None:
    """Which password a person has, the same however often its digest is made anew; None: none."""
    return (await password_marks(tx, person_id)).get(person_id)


async def password_marks(tx: Transaction, person_id: str | None = None) -> Mapping[str, str]:
    """The same of everybody who has one, or of one person, by id."""
    rows = await tx.rows(
        "select id, password, password_mark from person "
        "where password is not null and id = coalesce(:id, id)",
        id=person_id,
    )
    return {row["id"]: row["password_mark"] or _mark(row["id"], row["password"]) for row in rows}


def _mark(person_id: str, kept: str) -> str:
    return digest_of(f"{person_id} {kept}")


async def setting(tx: Transaction, name: str) -> str | None:
    """A setting about people; None where it was never made."""
    row = await tx.row("select value from people_setting where name = :name", name=name)
    return row["value"] if row else None


async def set_setting(tx: Transaction, name: str, value: str) -> None:
    """Make a setting about people."""
    await tx.run(
        "insert into people_setting (name, value) values (:name, :value) "
        "on conflict (name) do update set value = excluded.value",
        name=name,
        value=value,
    )


def read_person(row: Row) -> Person:
    """The person in a row of the table `person`."""
    return Person(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        created=moment(row["created"]),
        disabled=row["disabled_at"] is not None,
        pending=bool(row["pending"]),
        role_until=moment(row["role_until"]) if row["role_until"] else None,
        role_since=moment(row["role_since"]) if row["role_since"] else None,
        language=row["language"],
    )
