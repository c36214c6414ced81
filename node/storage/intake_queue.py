"""What arrived and waits or is stuck, as those who run the node see it; never content."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from node.ids import stamp
from node.storage.database import Row, Transaction

_STATES = {"parked": "parked", "waiting": "waiting"}


async def listing(
    tx: Transaction, *, state: str, after: int = 0, limit: int = 50
) -> list[dict[str, Any]]:
    """What arrived and is `waiting` or `parked`, oldest first; `after` is the id to go on from."""
    rows = await tx.rows(
        "select sequence, kind, host, state, attempts, due_at, reason, received_at "  # noqa: S608
        f"from inbox_activity where state = '{_STATES[state]}' and sequence > :after "
        "order by sequence limit :limit",
        after=after,
        limit=limit,
    )
    return [_shown(row) for row in rows]


async def retry(
    tx: Transaction, now: datetime, *, id: str | None = None, host: str | None = None
) -> int:
    """Let what is stuck be taken up again now: one, what came from a host, or all; how many."""
    clause, values = _which(id, host)
    return await tx.run(
        "update inbox_activity set state = 'waiting', attempts = 0, due_at = :now, "  # noqa: S608
        f"done_at = null where state = 'parked' and blanked = 0 {clause}",
        now=stamp(now),
        **values,
    )


async def discard(
    tx: Transaction, now: datetime, *, id: str | None = None, host: str | None = None
) -> int:
    """Give up what is stuck: it is heard no more; how many."""
    clause, values = _which(id, host)
    return await tx.run(
        "update inbox_activity set state = 'refused', reason = 'discarded', done_at = :now "  # noqa: S608
        f"where state = 'parked' {clause}",
        now=stamp(now),
        **values,
    )


def _which(arrival: str | None, host: str | None) -> tuple[str, dict[str, object]]:
    if arrival is not None:
        number = int(arrival) if arrival.isascii() and arrival.isdigit() else -1
        return "and sequence = :sequence", {"sequence": min(number, 2**62)}
    if host is not None:
        return "and host = :host", {"host": host.lower()}
    return "", {}


def _shown(row: Row) -> dict[str, Any]:
    return {
        "id": str(row["sequence"]),
        "kind": row["kind"].partition(":")[0],
        "host": row["host"],
        "state": row["state"],
        "attempts": row["attempts"],
        "next_attempt": row["due_at"] if row["state"] == "waiting" else None,
        "reason": row["reason"],
        "since": row["received_at"],
    }
