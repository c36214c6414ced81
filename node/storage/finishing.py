"""The ends of deliveries, written down together: many of them end in one turn of the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from federation.outward.lanes import ACTOR_UPDATE, Turn
from federation.ports import Report
from node.ids import stamp
from node.storage import schemes
from node.storage.among import AMONG, rows_among
from node.storage.database import Database, Row, Transaction
from node.storage.hosts import report_on

MOST: Final = 64
"""How many ends share a transaction, so that the loop gets its turn."""
_DONE = (
    "update delivery set state = 'done', reason = null, done_at = :now, lease = null, "  # noqa: S608
    f"lease_until = null where sequence in {AMONG} and lease = :lease and state = 'due' "
    "returning sequence, activity_id, inbox, host, lane, turn"
)


@dataclass(slots=True, kw_only=True, eq=False)
class _End:
    """A delivery that was taken; `held` is answered once it is durably so."""

    sequence: int
    lease: str
    now: datetime
    report: Report
    held: asyncio.Future[bool]


class Finishing:
    """Writes down what was delivered, at most one transaction at a time.

    What ends while one is under way shares the next.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ends: list[_End] = []
        self._writing: asyncio.Task[None] | None = None

    async def delivered(self, sequence: int, lease: str, now: datetime, report: Report) -> bool:
        """Whether the lease was still held; what the transaction raises, all who share it hear."""
        held: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        end = _End(sequence=sequence, lease=lease, now=now, report=report, held=held)
        self._ends.append(end)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return await held

    async def _write_all(self) -> None:
        while self._ends:
            ends, self._ends = self._ends[:MOST], self._ends[MOST:]
            await self._write(ends)

    async def _write(self, ends: Sequence[_End]) -> None:
        waiting = [end.held for end in ends]
        try:
            held = await self._database.write(lambda tx: _finish(tx, ends))
            for end in ends:
                if not end.held.done():
                    end.held.set_result(end.sequence in held)
        except Exception as error:
            for each in waiting:
                if not each.done():
                    each.set_exception(error)
        finally:
            # Only when the loop is closing is there anybody left.
            for each in waiting:
                each.cancel()


async def _finish(tx: Transaction, ends: Sequence[_End]) -> set[int]:
    """The deliveries whose leases were held; their hosts are known to be well."""
    now = max(end.now for end in ends)
    rows: dict[int, Row] = {}
    for lease in {end.lease for end in ends}:
        own = [end.sequence for end in ends if end.lease == lease]
        found = await rows_among(tx, _DONE, own, lease=lease, now=stamp(now))
        rows |= {row["sequence"]: row for row in found}
    reports: dict[str, list[Report]] = {}
    for end in ends:
        if end.sequence in rows:
            reports.setdefault(rows[end.sequence]["host"], []).append(end.report)
    await report_on(tx, reports, now)
    for row in rows.values():
        if row["turn"] == Turn.BARRIER:
            await _acknowledge(tx, row, now)
    return set(rows)


async def _acknowledge(tx: Transaction, row: Row, now: datetime) -> None:
    """The host holds the key; older words of the actor about itself would take it back."""
    activity = await tx.row(
        "select actor, announces_key from outgoing where id = :id", id=row["activity_id"]
    )
    assert activity is not None
    key_id = activity["announces_key"]
    await schemes.acknowledge(tx, activity["actor"], row["host"], key_id, now)
    await tx.run(
        "update delivery set state = 'cancelled', reason = 'replaced', done_at = :now "
        "where lane = :lane and inbox = :inbox and state = 'due' and sequence < :sequence "
        "and lease is null and activity_id in (select id from outgoing where kind = :kind "
        "and actor = :actor)",
        lane=row["lane"],
        inbox=row["inbox"],
        sequence=row["sequence"],
        kind=ACTOR_UPDATE,
        actor=activity["actor"],
        now=stamp(now),
    )
