"""People, tokens and setup links in the database."""

from __future__ import annotations

from datetime import datetime

from node.ids import moment, stamp
from node.people.model import Person, Role, Scope, Token
from node.storage.database import Row, Transaction


async def add(tx: Transaction, person: Person) -> None:
    """Keep a new person."""
    await tx.run(
        "insert into person (id, name, role, created) values (:id, :name, :role, :created)",
        id=person.id,
        name=person.name,
        role=person.role.value,
        created=stamp(person.created),
    )


async def by_name(tx: Transaction, name: str) -> Person | None:
    """The person of that name; None if there is none."""
    row = await tx.row("select * from person where name = :name", name=name)
    return _person(row) if row else None


async def everybody(tx: Transaction) -> list[Person]:
    """All people, oldest account first."""
    return [_person(row) for row in await tx.rows("select * from person order by id")]


async def set_role(tx: Transaction, person_id: str, role: Role) -> None:
    """Give a person another role."""
    await tx.run("update person set role = :role where id = :id", role=role.value, id=person_id)


async def disable(tx: Transaction, person_id: str, at: datetime) -> None:
    """Close an account, and every token of it with it."""
    await tx.run("update person set disabled_at = :at where id = :id", at=stamp(at), id=person_id)
    await tx.run(
        "update token set revoked_at = :at where person = :id and revoked_at is null",
        at=stamp(at),
        id=person_id,
    )


async def add_token(tx: Transaction, token: Token, person_id: str, digest: str) -> None:
    """Keep a token by its digest."""
    await tx.run(
        "insert into token (id, person, digest, scope, label, created) "
        "values (:id, :person, :digest, :scope, :label, :created)",
        id=token.id,
        person=person_id,
        digest=digest,
        scope=token.scope.value,
        label=token.label,
        created=stamp(token.created),
    )


async def holder(tx: Transaction, digest: str) -> tuple[Person, Scope] | None:
    """Who holds the token with this digest; None if nobody, or it was revoked, or she left."""
    row = await tx.row(
        "select person.*, token.scope from token join person on person.id = token.person "
        "where token.digest = :digest and token.revoked_at is null "
        "and person.disabled_at is null",
        digest=digest,
    )
    return (_person(row), Scope(row["scope"])) if row else None


async def tokens(tx: Transaction) -> list[Token]:
    """All tokens, oldest first."""
    rows = await tx.rows(
        "select token.*, person.name from token join person on person.id = token.person "
        "order by token.id"
    )
    return [
        Token(
            id=row["id"],
            person=row["name"],
            scope=Scope(row["scope"]),
            label=row["label"],
            created=moment(row["created"]),
            revoked=row["revoked_at"] is not None,
        )
        for row in rows
    ]


async def revoke(tx: Transaction, token_id: str, at: datetime) -> bool:
    """End a token; False if there is no such one."""
    changed = await tx.run(
        "update token set revoked_at = coalesce(revoked_at, :at) where id = :id",
        at=stamp(at),
        id=token_id,
    )
    return changed > 0


async def add_setup_link(tx: Transaction, digest: str, at: datetime, expires: datetime) -> None:
    """Keep a setup link in place of every earlier one."""
    await tx.run("delete from setup_link")
    await tx.run(
        "insert into setup_link (digest, created, expires) values (:digest, :at, :expires)",
        digest=digest,
        at=stamp(at),
        expires=stamp(expires),
    )


async def setup_link_holds(tx: Transaction, digest: str, now: datetime) -> bool:
    """Whether this setup link is neither used nor too old."""
    row = await tx.row(
        "select 1 as found from setup_link "
        "where digest = :digest and used_at is null and expires > :now",
        digest=digest,
        now=stamp(now),
    )
    return row is not None


async def use_setup_link(tx: Transaction, digest: str, now: datetime) -> bool:
    """Use the link up; False if it holds no more."""
    changed = await tx.run(
        "update setup_link set used_at = :now "
        "where digest = :digest and used_at is null and expires > :now",
        digest=digest,
        now=stamp(now),
    )
    return changed == 1


def _person(row: Row) -> Person:
    return Person(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        created=moment(row["created"]),
        disabled=row["disabled_at"] is not None,
    )
