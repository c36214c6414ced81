"""Invitations, links to a new password, recovery codes: all by their digests."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from node.ids import moment, stamp
from node.people.model import EntryLink, Purpose, Role
from node.storage.database import Row, Transaction


async def add(tx: Transaction, link: EntryLink, digest: str) -> None:
    """Keep a link."""
    await tx.run(
        "insert into entry_link (id, purpose, digest, role, person, made_by, created, ends, "
        "most_uses) values (:id, :purpose, :digest, :role, :person, :made_by, :created, :ends, "
        ":most)",
        id=link.id,
        purpose=link.purpose.value,
        digest=digest,
        role=link.role.value if link.role else None,
        person=link.person,
        made_by=link.made_by,
        created=stamp(link.created),
        ends=stamp(link.ends),
        most=link.most_uses,
    )


async def find(tx: Transaction, purpose: Purpose, digest: str) -> EntryLink | None:
    """The link with this digest, used up or not; None if there is none."""
    row = await tx.row(
        "select * from entry_link where purpose = :purpose and digest = :digest",
        purpose=purpose.value,
        digest=digest,
    )
    return _link(row) if row else None


async def by_id(tx: Transaction, link_id: str) -> EntryLink | None:
    """The link of this id, used up or not; None once it is ended and forgotten."""
    row = await tx.row("select * from entry_link where id = :id", id=link_id)
    return _link(row) if row else None


async def use(tx: Transaction, link_id: str, now: datetime) -> bool:
    """Use a link once; False if it holds no more. Of two at the same time one wins (J16)."""
    changed = await tx.run(
        "update entry_link set uses = uses + 1 where id = :id and uses < most_uses and ends > :now",
        id=link_id,
        now=stamp(now),
    )
    return changed == 1


async def invitations(tx: Transaction, now: datetime) -> list[EntryLink]:
    """Invitations that hold, newest first."""
    rows = await tx.rows(
        "select * from entry_link where purpose = 'invite' and uses < most_uses and ends > :now "
        "order by id desc",
        now=stamp(now),
    )
    return [_link(row) for row in rows]


async def end(tx: Transaction, link_id: str) -> bool:
    """End a link; False if there is no such one."""
    return await tx.run("delete from entry_link where id = :id", id=link_id) > 0


async def end_resets(tx: Transaction, person_id: str) -> None:
    """End the links to a person's new password."""
    await tx.run("delete from entry_link where person = :person", person=person_id)


async def end_invitations(tx: Transaction, person_id: str, *, but: Collection[Role]) -> None:
    """End the invitations that a person made, save those to these roles."""
    rows = await tx.rows(
        "select id, role from entry_link where purpose = 'invite' and made_by = :person",
        person=person_id,
    )
    for row in rows:
        if Role(row["role"]) not in but:
            await end(tx, row["id"])


async def end_all_of(tx: Transaction, person_id: str) -> None:
    """End the links to a person's new password, and the invitations that she made."""
    await tx.run(
        "delete from entry_link where person = :person or made_by = :person", person=person_id
    )


async def forget(tx: Transaction, before: datetime) -> None:
    """Drop links that ended before a moment."""
    await tx.run("delete from entry_link where ends < :before", before=stamp(before))


async def set_codes(tx: Transaction, person_id: str, digests: Sequence[str]) -> None:
    """Give a person these recovery codes in place of all that she had."""
    await tx.run("delete from recovery_code where person = :person", person=person_id)
    await tx.run_many(
        "insert into recovery_code (digest, person) values (:digest, :person)",
        [{"digest": each, "person": person_id} for each in digests],
    )


async def codes_of(tx: Transaction, person_id: str) -> Sequence[str]:
    """The digests of the recovery codes that a person has left."""
    rows = await tx.rows(
        "select digest from recovery_code where person = :person", person=person_id
    )
    return [row["digest"] for row in rows]


async def drop_code(tx: Transaction, digest: str) -> None:
    """Forget a recovery code, whosever it is."""
    await tx.run("delete from recovery_code where digest = :digest", digest=digest)


async def codes_left(tx: Transaction, person_id: str) -> int:
    """How many recovery codes a person has left."""
    row = await tx.row(
        "select count(*) as many from recovery_code where person = :person", person=person_id
    )
    return int(row["many"]) if row else 0


async def use_code(tx: Transaction, person_id: str, digest: str) -> bool:
    """Use a recovery code up; False if it is none of hers."""
    changed = await tx.run(
        "delete from recovery_code where person = :person and digest = :digest",
        person=person_id,
        digest=digest,
    )
    return changed == 1


def _link(row: Row) -> EntryLink:
    return EntryLink(
        id=row["id"],
        purpose=Purpose(row["purpose"]),
        role=Role(row["role"]) if row["role"] else None,
        person=row["person"],
        made_by=row["made_by"],
        created=moment(row["created"]),
        ends=moment(row["ends"]),
        uses=row["uses"],
        most_uses=row["most_uses"],
    )
