"""Reports in the database."""

from __future__ import annotations

import json
from datetime import datetime

from node.ids import moment, stamp
from node.moderation.model import Direction, Report, ReportState
from node.storage.database import Row, Transaction


async def add(tx: Transaction, report: Report) -> None:
    """Keep a report; one that is kept already stays as it is."""
    await tx.run(
        "insert into report (id, direction, flag_id, host, actor, objects, content, state, "
        "created) values (:id, :direction, :flag_id, :host, :actor, :objects, :content, :state, "
        ":created) on conflict (flag_id) do nothing",
        id=report.id,
        direction=report.direction.value,
        flag_id=report.flag_id,
        host=report.host,
        actor=report.actor,
        objects=json.dumps(list(report.objects)),
        content=report.content,
        state=report.state.value,
        created=stamp(report.created),
    )


async def find(tx: Transaction, report_id: str) -> Report | None:
    """One report; None if there is none."""
    row = await tx.row("select * from report where id = :id", id=report_id)
    return _report(row) if row else None


async def listing(tx: Transaction, *, closed: bool, limit: int = 200) -> list[Report]:
    """Reports, newest first: the open ones; with `closed` all."""
    clause = "" if closed else "where state = 'open' "
    rows = await tx.rows(
        f"select * from report {clause}order by created desc, id desc limit :limit",  # noqa: S608
        limit=limit,
    )
    return [_report(row) for row in rows]


async def open_of(tx: Transaction, host: str) -> int:
    """How many reports of this server nobody has closed yet."""
    row = await tx.row(
        "select count(*) as many from report where host = :host and state = 'open' "
        "and direction = 'in'",
        host=host,
    )
    return int(row["many"]) if row else 0


async def close(tx: Transaction, report_id: str, at: datetime) -> bool:
    """Nobody need look at it any more; False if there is no such open report."""
    changed = await tx.run(
        "update report set state = 'closed', closed_at = :at where id = :id and state = 'open'",
        id=report_id,
        at=stamp(at),
    )
    return changed > 0


def _report(row: Row) -> Report:
    return Report(
        id=row["id"],
        direction=Direction(row["direction"]),
        flag_id=row["flag_id"],
        host=row["host"],
        actor=row["actor"],
        objects=tuple(json.loads(row["objects"])),
        content=row["content"],
        state=ReportState(row["state"]),
        created=moment(row["created"]),
        closed_at=moment(row["closed_at"]) if row["closed_at"] else None,
    )
