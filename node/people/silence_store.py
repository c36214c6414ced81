"""What was done so that something is seen no more, until the ledger of erasures has it too.

Members take actors back and hide; single things are deleted, removed by the team, taken back; ways
in and addresses for e-mail are ended; accounts are closed and lose roles (`standing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from node.context import Context
from node.ids import stamp
from node.storage.database import Transaction

_AT_ONCE = 500


class Silence(Enum):
    """An actor taken back; everything hidden, shown again; a thing gone; how an account stands."""

    RETIRED = "retired"
    HIDDEN = "hidden"
    SHOWN = "shown"
    GONE = "gone"
    STANDING = "standing"


class Thing(Enum):
    """What is gone. AWAY and BACK: a post that the team took away, and one that it gave back; HELP
    and NEWS: an address that is still there, but no link to a new password, or no news, goes to."""

    POST = "post"
    AWAY = "post-away"
    BACK = "post-back"
    EVENT = "event"
    ANSWER = "answer"
    GUEST = "guest"
    SAID = "said"
    PASSWORD = "password"  # noqa: S105  a kind of thing
    PASSKEY = "passkey"
    CODE = "code"
    ADDRESS = "address"
    HELP = "address-help"
    NEWS = "address-news"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One that is to be written. `name`: the short id of an actor, an account's id, or what
    `name_of` says, here or in `standing`."""

    id: str
    kind: Silence
    name: str


async def note(context: Context, kind: Silence, name: str) -> None:
    """Let it be written into the ledger, in the transaction that does it."""
    await context.tx.run(
        "insert into silence (id, kind, name, at) values (:id, :kind, :name, :at)",
        id=context.new_id(),
        kind=kind.value,
        name=name,
        at=stamp(context.now),
    )


async def note_gone(context: Context, thing: Thing, id: str) -> None:
    """The same of a single thing: its short id, or its address where it is from elsewhere."""
    await note(context, Silence.GONE, name_of(thing, id))


def name_of(thing: Thing, id: str) -> str:
    """Under what name a thing stands in the ledger."""
    return f"{thing.value} {id}"


async def due(tx: Transaction) -> Sequence[Due]:
    """What is to be written, in the order in which it was done; no more than is done at once."""
    rows = await tx.rows(
        "select id, kind, name from silence order by sequence limit :most", most=_AT_ONCE
    )
    return [Due(id=row["id"], kind=Silence(row["kind"]), name=row["name"]) for row in rows]


async def waiting(tx: Transaction) -> Sequence[Due]:
    """All of it, in the same order."""
    rows = await tx.rows("select id, kind, name from silence order by sequence")
    return [Due(id=row["id"], kind=Silence(row["kind"]), name=row["name"]) for row in rows]


async def written(tx: Transaction, some: Sequence[Due]) -> None:
    """They stand in the ledger."""
    await tx.run_many("delete from silence where id = :id", [{"id": each.id} for each in some])
