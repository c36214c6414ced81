"""The queue as those who run the node see it: hosts, kinds, ages, reasons; never content."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from node.ids import stamp
from node.storage.database import Transaction

_MOST = 500


async def counts(tx: Transaction) -> dict[str, int]:
    """How many deliveries wait and are parked, how many arrivals wait and are parked."""
    return {
        "waiting": await _count(tx, "delivery", "due"),
        "parked": await _count(tx, "delivery", "parked"),
        "inbox_waiting": await _count(tx, "inbox_activity", "waiting"),
        "inbox_parked": await _count(tx, "inbox_activity", "parked"),
    }


async def listing(tx: Transaction, *, parked: bool) -> list[dict[str, Any]]:
    """Deliveries that wait or are parked, oldest first; with `parked` only those."""
    states = "= 'parked'" if parked else "in ('due', 'parked')"
    rows = await tx.rows(
        "select delivery.*, outgoing.kind, outgoing.object_id, outgoing.created from delivery "  # noqa: S608
        "join outgoing on outgoing.id = delivery.activity_id "
        f"where delivery.state {states} order by delivery.sequence limit {_MOST}"
    )
    return [
        {
            "id": str(row["sequence"]),
            "activity": row["activity_id"],
            "kind": row["kind"].partition(":")[0],
            "object": row["object_id"],
            "host": row["host"],
            "inbox": row["inbox"],
            "state": "parked" if row["state"] == "parked" else "waiting",
            "attempts": row["attempts"],
            "next_attempt": row["next_at"] if row["state"] == "due" else None,
            "reason": row["reason"],
            "since": row["created"],
        }
        for row in rows
    ]


async def retry(
    tx: Transaction,
    now: datetime,
    *,
    id: str | None = None,
    host: str | None = None,
    all: bool | None = None,
) -> int:
    """Let deliveries fall due now: one, those to a host, or all; how many."""
    clause, values = _which(id, host)
    return await tx.run(
        "update delivery set state = 'due', next_at = :now, done_at = null "  # noqa: S608  fixed
        f"where state in ('due', 'parked') and lease is null {clause}",
        now=stamp(now),
        **values,
    )


async def discard(tx: Transaction, now: datetime, delivery_id: str) -> bool:
    """Give a delivery up; False if there is none such."""
    clause, values = _which(delivery_id, None)
    changed = await tx.run(
        "update delivery set state = 'cancelled', done_at = :now, reason = 'discarded' "  # noqa: S608
        f"where state in ('due', 'parked') {clause}",
        now=stamp(now),
        **values,
    )
    return changed > 0


def _which(delivery_id: str | None, host: str | None) -> tuple[str, dict[str, object]]:
    if delivery_id is not None:
        number = int(delivery_id) if delivery_id.isascii() and delivery_id.isdigit() else -1
        return "and sequence = :sequence", {"sequence": min(number, 2**62)}
    if host is not None:
        return "and host = :host", {"host": host.lower()}
    return "", {}


async def _count(tx: Transaction, table: str, state: str) -> int:
    row = await tx.row(
        f"select count(*) as number from {table} where state = :state",  # noqa: S608  our names
        state=state,
    )
    return int(row["number"]) if row else 0
