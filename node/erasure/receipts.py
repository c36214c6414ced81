"""Who was told of an erasure, and when it is over: then only the numbers are left of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from node.context import Context
from node.ids import stamp
from node.jobs import jobs
from node.people import erasure_store as store
from node.people.erasure_store import Erasure
from node.storage import traces
from node.storage.buried import KEYS_LIFE, destroy_keys
from node.storage.database import Transaction
from node.storage.disclosures import forget_disclosures

RECEIPT_LIFE = timedelta(days=90)
_HERS = "(select activity_id from erasure_letter where erasure = :id)"
_BETWEEN_TWO = "('Undo', 'Reject', 'Accept')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The hosts that had something: how many confirmed, which are still tried, which never were
    reached."""

    confirmed: int
    waiting: Sequence[str]
    missed: Sequence[str]


async def reached(tx: Transaction, erasure: Erasure) -> Reached:
    """Who was told of it so far."""
    if erasure.closed is not None:
        return Reached(confirmed=erasure.confirmed, waiting=(), missed=erasure.missed)
    rows = await tx.rows(
        f"select host, state from delivery where activity_id in {_HERS}",  # noqa: S608  fixed
        id=erasure.id,
    )
    states: dict[str, set[str]] = {}
    for row in rows:
        states.setdefault(row["host"], set()).add(row["state"])
    waiting = sorted(host for host, found in states.items() if "due" in found)
    done = {host for host, found in states.items() if "done" in found} - set(waiting)
    missed = sorted(states.keys() - done - set(waiting))
    return Reached(confirmed=len(done), waiting=waiting, missed=missed)


@jobs.every(timedelta(minutes=1))
async def close_erasures(context: Context) -> None:
    """Count and close whatever nobody waits for any more; then the keys of the buried go."""
    rows = await context.tx.rows(
        "select id from erasure where closed_at is null and erased_at is not null "
        "order by erased_at limit 100"
    )
    for row in rows:
        erasure = await store.find(context.tx, row["id"])
        if erasure is not None:
            await _close(context, erasure)
    await destroy_keys(context.tx, context.now)


async def _close(context: Context, erasure: Erasure) -> None:
    found = await reached(context.tx, erasure)
    blank = erasure.subject is None or await traces.blank_letters_about(context.tx, erasure.subject)
    if (found.waiting or not blank) and not _is_late(erasure, context.now):
        return
    missed = sorted({*found.missed, *found.waiting})
    await context.tx.run(
        "update erasure set closed_at = :now, confirmed = :confirmed, missed = :missed, "
        "subject = null where id = :id",
        id=erasure.id,
        now=stamp(context.now),
        confirmed=found.confirmed,
        missed=json.dumps(missed),
    )
    await _forget_ways(context.tx, erasure)


def _is_late(erasure: Erasure, now: datetime) -> bool:
    return erasure.erased is not None and erasure.erased < now - KEYS_LIFE


async def _forget_ways(tx: Transaction, erasure: Erasure) -> None:
    """Where words about her went, and what was said between her and us to the last."""
    own = f"(select id from outgoing where id in {_HERS} and kind in {_BETWEEN_TWO})"  # noqa: S608
    await tx.run(f"delete from delivery where activity_id in {own}", id=erasure.id)  # noqa: S608
    await tx.run(
        f"delete from outgoing where id in {_HERS} and kind in {_BETWEEN_TWO}",  # noqa: S608
        id=erasure.id,
    )
    await tx.run("delete from erasure_letter where erasure = :id", id=erasure.id)
    if erasure.subject is not None:
        for table in ("disclosure", "outgoing_subject"):
            await tx.run(
                f"delete from {table} where subject = :subject",  # noqa: S608  our own names
                subject=erasure.subject,
            )


@jobs.every(timedelta(hours=1))
async def forget_receipts(context: Context) -> None:
    """Forget receipts after three months, and what was said of whom once it is long ago."""
    await store.forget(context.tx, context.now - RECEIPT_LIFE)
    await forget_disclosures(context.tx, context.now)
