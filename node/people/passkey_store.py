"""Passkeys and the questions put to them, in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from node.ids import moment, stamp
from node.storage.database import Row, Transaction


class Purpose(Enum):
    """What a question is put for: an answer to one serves no other."""

    ADD = "add"
    CONFIRM = "confirm"
    ENTER = "enter"
    SIGN_IN = "sign in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """One passkey. `credential` and `public_key` are base64url; `counter` of its signatures."""

    id: str
    person: str
    handle: str
    credential: str
    public_key: str
    counter: int
    name: str
    created: datetime
    used: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A question as it is kept: never itself. `handle` None where no passkey will be made."""

    digest: str
    bound: str
    purpose: Purpose
    handle: str | None
    ends: datetime


async def add(tx: Transaction, passkey: Passkey) -> None:
    """Keep a new passkey."""
    await tx.run(
        "insert into passkey "
        "(id, person, handle, credential, public_key, counter, name, created, used) "
        "values (:id, :person, :handle, :credential, :key, :counter, :name, :created, null)",
        id=passkey.id,
        person=passkey.person,
        handle=passkey.handle,
        credential=passkey.credential,
        key=passkey.public_key,
        counter=passkey.counter,
        name=passkey.name,
        created=stamp(passkey.created),
    )


async def find(tx: Transaction, credential: str) -> Passkey | None:
    """The passkey that a device calls so; None if there is none."""
    row = await tx.row("select * from passkey where credential = :name", name=credential)
    return _passkey(row) if row else None


async def by_id(tx: Transaction, passkey_id: str) -> Passkey | None:
    """The passkey of this id; None if there is none."""
    row = await tx.row("select * from passkey where id = :id", id=passkey_id)
    return _passkey(row) if row else None


async def all_of(tx: Transaction, person_id: str) -> list[Passkey]:
    """A person's passkeys, oldest first."""
    rows = await tx.rows("select * from passkey where person = :id order by id", id=person_id)
    return [_passkey(row) for row in rows]


async def note_use(tx: Transaction, passkey_id: str, counter: int, at: datetime) -> None:
    """Note how often a passkey has signed, and the day."""
    await tx.run(
        "update passkey set counter = :counter, used = :at where id = :id",
        counter=counter,
        at=stamp(at.replace(hour=0, minute=0, second=0, microsecond=0)),
        id=passkey_id,
    )


async def drop(tx: Transaction, passkey_id: str, person_id: str) -> bool:
    """Forget one passkey of a person. False if she has no such one."""
    changed = await tx.run(
        "delete from passkey where id = :id and person = :person", id=passkey_id, person=person_id
    )
    return changed > 0


async def put(tx: Transaction, challenge: Challenge, most: int) -> None:
    """Keep a question; of more than `most` the oldest go."""
    await tx.run(
        "insert into passkey_challenge (digest, bound, purpose, handle, ends) "
        "values (:digest, :bound, :purpose, :handle, :ends)",
        digest=challenge.digest,
        bound=challenge.bound,
        purpose=challenge.purpose.value,
        handle=challenge.handle,
        ends=stamp(challenge.ends),
    )
    await tx.run(
        "delete from passkey_challenge where digest in ("
        "select digest from passkey_challenge order by ends desc limit 1000000 offset :most)",
        most=most,
    )


async def take(tx: Transaction, digest: str) -> Challenge | None:
    """The question, which is no more; None if it was answered, or never put."""
    row = await tx.row("select * from passkey_challenge where digest = :digest", digest=digest)
    if row is None:
        return None
    if not await tx.run("delete from passkey_challenge where digest = :digest", digest=digest):
        return None
    return Challenge(
        digest=row["digest"],
        bound=row["bound"],
        purpose=Purpose(row["purpose"]),
        handle=row["handle"],
        ends=moment(row["ends"]),
    )


async def forget(tx: Transaction, now: datetime) -> None:
    """Drop questions that nobody answered in time."""
    await tx.run("delete from passkey_challenge where ends <= :now", now=stamp(now))


def _passkey(row: Row) -> Passkey:
    return Passkey(
        id=row["id"],
        person=row["person"],
        handle=row["handle"],
        credential=row["credential"],
        public_key=row["public_key"],
        counter=row["counter"],
        name=row["name"],
        created=moment(row["created"]),
        used=moment(row["used"]) if row["used"] else None,
    )
