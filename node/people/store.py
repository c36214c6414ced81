"""People in the database."""

from __future__ import annotations

from datetime import datetime

from node.ids import moment, stamp
from node.people.model import Person, Role
from node.storage.database import Row, Transaction


async def add(tx: Transaction, person: Person, reason: str | None = None) -> None:
    """Keep a new person; `reason` is what she wrote when she asked to be let in."""
    await tx.run(
        "insert into person (id, name, role, created, pending, reason, role_until, language) "
        "values (:id, :name, :role, :created, :pending, :reason, :until, :language)",
        id=person.id,
        name=person.name,
        role=person.role.value,
        created=stamp(person.created),
        pending=int(person.pending),
        reason=reason,
        until=stamp(person.role_until) if person.role_until else None,
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
    tx: Transaction, person_id: str, role: Role, until: datetime | None = None
) -> None:
    """Give a person another role, for good (None) or until a moment."""
    await tx.run(
        "update person set role = :role, role_until = :until where id = :id",
        role=role.value,
        until=stamp(until) if until else None,
        id=person_id,
    )


async def ended_roles(tx: Transaction, now: datetime) -> list[Person]:
    """Whoever had a role for a time that is over."""
    rows = await tx.rows("select * from person where role_until <= :now", now=stamp(now))
    return [read_person(row) for row in rows]


async def set_disabled(tx: Transaction, person_id: str, at: datetime | None) -> None:
    """Close an account, or open it again (None)."""
    when = stamp(at) if at else None
    await tx.run("update person set disabled_at = :at where id = :id", at=when, id=person_id)


async def set_pending(tx: Transaction, person_id: str, pending: bool) -> None:
    """Whether a person still waits for an answer; her reason goes once there is one."""
    await tx.run(
        "update person set pending = :pending, reason = null where id = :id",
        pending=int(pending),
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


async def set_password(tx: Transaction, person_id: str, digest: str) -> None:
    """Keep the digest of a password in PHC form."""
    await tx.run("update person set password = :digest where id = :id", digest=digest, id=person_id)


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
        language=row["language"],
    )
