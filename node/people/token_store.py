"""Tokens and setup links in the database."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from node.ids import moment, stamp
from node.people.model import Person, Scope, Token
from node.people.store import read_person
from node.storage.database import Transaction


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
        "and person.disabled_at is null and person.pending = 0",
        digest=digest,
    )
    return (read_person(row), Scope(row["scope"])) if row else None


async def tokens(tx: Transaction, person_id: str | None = None) -> list[Token]:
    """All tokens, or one person's, oldest first."""
    rows = await tx.rows(
        "select token.*, person.name from token join person on person.id = token.person "
        "where coalesce(:person, token.person) = token.person order by token.id",
        person=person_id,
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


async def revoke_beyond(
    tx: Transaction, person_id: str, scopes: Collection[Scope], at: datetime
) -> None:
    """End those tokens of a person that open more than these scopes."""
    rows = await tx.rows(
        "select id, scope from token where person = :id and revoked_at is null", id=person_id
    )
    for row in rows:
        if Scope(row["scope"]) not in scopes:
            await revoke(tx, row["id"], at)


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
