"""What members did to be seen no more, as long as it is not in the ledger of erasures yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from node.context import Context
from node.ids import stamp
from node.storage.database import Transaction


class Silence(Enum):
    """An actor that was taken back; everything hidden; everything shown again."""

    RETIRED = "retired"
    HIDDEN = "hidden"
    SHOWN = "shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One that is to be written. `name`: the short id of an actor, or an account's id."""

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


async def due(tx: Transaction) -> Sequence[Due]:
    """What is to be written, in the order in which it was done."""
    rows = await tx.rows("select id, kind, name from silence order by id")
    return [Due(id=row["id"], kind=Silence(row["kind"]), name=row["name"]) for row in rows]


async def written(tx: Transaction, id: str) -> None:
    """It stands in the ledger."""
    await tx.run("delete from silence where id = :id", id=id)
