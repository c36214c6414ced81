"""The queue as those who run the node see it: hosts, kinds, ages, reasons; never content."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from federation.outward.breaker import Phase, phase
from node.ids import stamp
from node.storage.database import Row, Transaction
from node.storage.hosts import state_of

_MOST = 500
_MOST_HOSTS = 100
_LATER = "state = 'due' and next_at > :now and lease is null"


async def counts(tx: Transaction) -> dict[str, int]:
    """How many deliveries wait and are parked, how many arrivals wait and are parked."""
    return {
        "waiting": await _count(tx, "delivery", "due"),
        "parked": await _count(tx, "delivery", "parked"),
        "inbox_waiting": await _count(tx, "inbox_activity", "waiting"),
        "inbox_parked": await _count(tx, "inbox_activity", "parked"),
    }


async def listing(tx: Transaction, *, parked: bool) -> list[dict[str, Any]]:
    """Deliveries that wait or are parked, oldest first, at most 500; with `parked` only those."""
    rows = await _rows(tx, "parked", "d.done_at, d.sequence")
    if not parked:
        rows = [*await _rows(tx, "due", "d.expires_at, d.sequence"), *rows]
    rows.sort(key=lambda row: row["sequence"])
    return [_shown(row) for row in rows[:_MOST]]


async def page(
    tx: Transaction, *, state: str, after: int = 0, limit: int = 50
) -> list[dict[str, Any]]:
    """Deliveries that are `waiting` or `parked`, oldest first; `after`: the id to go on from."""
    rows = await tx.rows(
        "select d.*, o.kind, o.object_id, o.created from delivery d "
        "join outgoing o on o.id = d.activity_id "
        "where d.state = :state and d.sequence > :after order by d.sequence limit :limit",
        state="parked" if state == "parked" else "due",
        after=after,
        limit=limit,
    )
    return [_shown(row) for row in rows]


async def hosts(tx: Transaction, now: datetime) -> list[dict[str, Any]]:
    """The hosts in trouble, those that are away the longest first, at most 100."""
    rows = await tx.rows(
        "select * from host where opened_at is not null order by opened_at limit :most",
        most=_MOST_HOSTS,
    )
    rows += await tx.rows(
        "select * from host where failing_since is not null and opened_at is null "
        "order by failing_since limit :most",
        most=_MOST_HOSTS - len(rows),
    )
    return [await _host(tx, row, now) for row in rows]


async def retry(
    tx: Transaction,
    now: datetime,
    *,
    id: str | None = None,
    host: str | None = None,
    all: bool | None = None,
) -> int:
    """Let deliveries fall due now, whatever their hosts asked for: one, those to a host, or all;
    how many."""
    clause, values = _which(id, host)
    at = stamp(now)
    await tx.run(
        "insert into host (name, next_at, changed_at) select distinct host, :now, :now "  # noqa: S608
        f"from {_waiting('host', clause)} where true on conflict (name) do nothing",
        now=at,
        **values,
    )
    await tx.run(
        "update host set next_at = :now, held_until = null, "  # noqa: S608  fixed parts
        "probe_at = case when opened_at is null then probe_at else :now end where name in "
        f"(select host from {_waiting('host', clause)})",
        now=at,
        **values,
    )
    free = await tx.row(
        f"select count(*) as number from {_waiting('lease', clause)} where lease is null",  # noqa: S608
        **values,
    )
    await tx.run(
        "update delivery set next_at = :now, done_at = null, refusals = 0, refused_since = null, "  # noqa: S608
        f"state = 'due' where state = 'parked' and lease is null {clause}",
        now=at,
        **values,
    )
    # What is due already stays as it is: there may be a hundred thousand of it.
    await tx.run(
        f"update delivery set next_at = :now where {_LATER} {clause}",  # noqa: S608  fixed parts
        now=at,
        **values,
    )
    return int(free["number"]) if free else 0


def _waiting(columns: str, clause: str) -> str:
    """What is due or parked, as a table: each of the two has indexes of its own."""
    due, parked = (
        f"select {columns} from delivery where state = '{state}' {clause}"  # noqa: S608  fixed parts
        for state in ("due", "parked")
    )
    return f"({due} union all {parked}) as waiting"


async def discard_before(tx: Transaction, now: datetime, moment: datetime) -> int:
    """Give up what waits since before that moment, but for what takes something back; how many."""
    return await tx.run(
        "update delivery set state = 'cancelled', done_at = :now, reason = 'discarded' "
        "where state = 'due' and lease is null and activity_id in (select id from outgoing "
        "where created < :moment and kind not like 'Delete%' and kind not like 'Undo%')",
        now=stamp(now),
        moment=stamp(moment),
    )


async def discard(
    tx: Transaction, now: datetime, id: str | None = None, *, host: str | None = None
) -> int:
    """Give up one delivery, or all that are stuck on their way to a host or to anybody; how many.

    One by its id also while it waits; of many only those that are stuck.
    """
    clause, values = _which(id, host)
    states = "'due', 'parked'" if id is not None else "'parked'"
    return await tx.run(
        "update delivery set state = 'cancelled', done_at = :now, reason = 'discarded', "  # noqa: S608
        f"lease = null, lease_until = null where state in ({states}) {clause}",
        now=stamp(now),
        **values,
    )


async def _rows(tx: Transaction, state: str, order: str) -> list[Row]:
    # In the order of an index, so that a long queue is not sorted for its first page.
    return await tx.rows(
        "select d.*, o.kind, o.object_id, o.created from (select * from delivery d "  # noqa: S608
        f"where d.state = '{state}' order by {order} limit {_MOST}) d "
        "join outgoing o on o.id = d.activity_id"
    )


def _shown(row: Row) -> dict[str, Any]:
    return {
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


async def _host(tx: Transaction, row: Row, now: datetime) -> dict[str, Any]:
    state = state_of(row)
    found = phase(state, now)
    waiting = await tx.row(
        "select count(*) as number from delivery where host = :host and state = 'due'",
        host=state.name,
    )
    return {
        "host": state.name,
        "breaker": found.value,
        "since": row["opened_at"] or row["failing_since"],
        "failures": state.failures,
        "next_probe": row["probe_at"] if found is Phase.OPEN else None,
        "last_delivered": row["last_ok"],
        "waiting": int(waiting["number"]) if waiting else 0,
    }


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
