"""Cases and complaints in the database."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from keys.vault import Vault
from node.ids import moment, stamp
from node.moderation.case_model import (
    PURPOSE,
    Case,
    CaseKind,
    CaseState,
    Category,
    Complaint,
    Decision,
    Look,
    Outcome,
    Snapshot,
    Source,
)
from node.storage.database import Row, Transaction

_MOMENTS = ("decided", "appealed", "closed", "role_before_until")
_TEXTS = (
    *("id", "target", "author", "host", "inbox", "shared_inbox", "reason", "decided_by"),
    *("role_before", "appeal", "outcome_reason", "outcome_by"),
)
_CHANGED = (
    *("snapshot", "state", "decision", "reason", "decided_by", "decided", "told", "role_before"),
    "role_before_until",
    *("appeal", "appealed", "outcome", "outcome_reason", "outcome_by", "closed"),
)


async def add(tx: Transaction, case: Case) -> None:
    """Keep a new case."""
    values = _values(case)
    await tx.run(
        f"insert into moderation_case ({', '.join(values)}) "  # noqa: S608  names of ours
        f"values ({', '.join(f':{name}' for name in values)})",
        **values,
    )


async def change(tx: Transaction, case: Case) -> None:
    """Keep how far a case has come."""
    values = {name: value for name, value in _values(case).items() if name in _CHANGED}
    await tx.run(
        "update moderation_case set "  # noqa: S608  names of ours
        f"{', '.join(f'{name} = :{name}' for name in values)} where id = :id",
        id=case.id,
        **values,
    )


async def find(tx: Transaction, case_id: str) -> Case | None:
    """One case; None if there is none."""
    row = await tx.row("select * from moderation_case where id = :id", id=case_id)
    return _case(row) if row else None


async def open_about(tx: Transaction, target: str) -> Case | None:
    """The case about this thing that nobody has decided yet; None if there is none."""
    row = await tx.row(
        "select * from moderation_case where target = :target and state = 'open'", target=target
    )
    return _case(row) if row else None


async def is_known(tx: Transaction, target: str) -> bool:
    """Whether there is any case about this thing."""
    row = await tx.row("select 1 as found from moderation_case where target = :target limit 1",
                       target=target)  # fmt: skip
    return row is not None


async def listing(tx: Transaction, state: CaseState | None, limit: int = 200) -> list[Case]:
    """The cases of one state, or all; what waits longest first, what is done newest first."""
    order = "asc" if state in (CaseState.OPEN, CaseState.APPEALED) else "desc"
    rows = await tx.rows(
        "select * from moderation_case where state = coalesce(:state, state) "  # noqa: S608  fixed
        f"order by id {order} limit :limit",
        state=state.value if state else None,
        limit=limit,
    )
    return [_case(row) for row in rows]


async def about_author(tx: Transaction, author: str) -> list[Case]:
    """What was decided or is still open about this author, newest first."""
    rows = await tx.rows(
        "select * from moderation_case where author = :author order by id desc limit 100",
        author=author,
    )
    return [_case(row) for row in rows]


async def counts(tx: Transaction) -> dict[str, int]:
    """How many cases there are of each state."""
    rows = await tx.rows("select state, count(*) as many from moderation_case group by state")
    found = {row["state"]: int(row["many"]) for row in rows}
    return {state.value: found.get(state.value, 0) for state in CaseState}


# --- complaints ----------------------------------------------------------------------------------


async def add_complaint(tx: Transaction, complaint: Complaint) -> None:
    """Keep a complaint."""
    await tx.run(
        "insert into complaint (id, case_id, source, report, category, words, forward, sealed, "
        "receipt, created) values (:id, :case_id, :source, :report, :category, :words, :forward, "
        ":sealed, :receipt, :created)",
        id=complaint.id,
        case_id=complaint.case,
        source=complaint.source.value,
        report=complaint.report,
        category=complaint.category.value,
        words=complaint.words,
        forward=int(complaint.forward),
        sealed=complaint.sealed,
        receipt=complaint.receipt,
        created=stamp(complaint.created),
    )


async def complaints(tx: Transaction, case_id: str) -> list[Complaint]:
    """What was said against a thing, oldest first."""
    rows = await tx.rows("select * from complaint where case_id = :id order by id", id=case_id)
    return [_complaint(row) for row in rows]


async def by_receipt(tx: Transaction, digest: str) -> tuple[Complaint, Case] | None:
    """The complaint to which a receipt belongs, and its case; None if there is none any more."""
    row = await tx.row("select * from complaint where receipt = :digest", digest=digest)
    case = await find(tx, row["case_id"]) if row else None
    return (_complaint(row), case) if row and case else None


async def case_of_report(tx: Transaction, report: str) -> Case | None:
    """The case that a Flag has opened or joined; None if there is none."""
    row = await tx.row("select case_id from complaint where report = :report", report=report)
    return await find(tx, row["case_id"]) if row else None


async def reports_of(tx: Transaction, case_id: str) -> list[str]:
    """The ids of the Flags in a case."""
    rows = await tx.rows(
        "select report from complaint where case_id = :id and report is not null", id=case_id
    )
    return [row["report"] for row in rows]


async def reseal(tx: Transaction, vault: Vault) -> int:
    """Seal with the vault's newest master key who reported; how many that were."""
    rows = await tx.rows("select id, sealed from complaint where sealed is not null")
    old = [row for row in rows if vault.needs_resealing(bytes(row["sealed"]))]
    for row in old:
        sealed = vault.reseal(bytes(row["sealed"]), row=f"complaint:{row['id']}", purpose=PURPOSE)
        await tx.run(
            "update complaint set sealed = :sealed where id = :id", sealed=sealed, id=row["id"]
        )
    return len(old)


# --- who looked ----------------------------------------------------------------------------------


async def note_look(tx: Transaction, case_id: str, person: str, at: datetime) -> None:
    """Write down that somebody read a message that was reported."""
    await tx.run(
        "insert into case_look (case_id, person, at) values (:case, :person, :at) "
        "on conflict do nothing",
        case=case_id,
        person=person,
        at=stamp(at),
    )


async def looks(tx: Transaction, case_id: str) -> list[Look]:
    """Who read it, and when; oldest first."""
    rows = await tx.rows("select * from case_look where case_id = :case order by at", case=case_id)
    return [Look(person=row["person"], at=moment(row["at"])) for row in rows]


# --- what is forgotten ---------------------------------------------------------------------------


async def due(tx: Transaction, before: datetime, state: CaseState, limit: int) -> list[Case]:
    """Cases of a state that came to it before a moment."""
    column = "closed" if state is CaseState.CLOSED else "decided"
    rows = await tx.rows(
        f"select * from moderation_case where state = :state and {column} < :before "  # noqa: S608
        "order by id limit :limit",
        state=state.value,
        before=stamp(before),
        limit=limit,
    )
    return [_case(row) for row in rows]


async def count_and_drop(tx: Transaction, cases: Iterable[Case]) -> None:
    """Forget cases with all that was said in them; that there were some is counted."""
    for case in cases:
        await tx.run(
            "insert into case_count (month, kind, decision, many) "
            "values (:month, :kind, :decision, 1) on conflict (month, kind, decision) "
            "do update set many = case_count.many + 1",
            month=stamp(case.created)[:7],
            kind=case.kind.value,
            decision=case.decision.value if case.decision else "",
        )
        for table, column in (("case_look", "case_id"), ("complaint", "case_id")):
            await tx.run(f"delete from {table} where {column} = :id", id=case.id)  # noqa: S608
        await tx.run("delete from moderation_case where id = :id", id=case.id)


async def statistics(tx: Transaction) -> list[Row]:
    """How many cases there were by month, kind and decision; only those that are forgotten."""
    return await tx.rows("select * from case_count order by month, kind, decision")


def _values(case: Case) -> dict[str, object]:
    return {
        **{name: getattr(case, name) for name in _TEXTS},
        **{name: stamp(at) if (at := getattr(case, name)) else None for name in _MOMENTS},
        **_kind(case.kind),
        "state": case.state.value,
        "snapshot": json.dumps(asdict(case.snapshot), ensure_ascii=False),
        "decision": case.decision.value if case.decision else None,
        "outcome": case.outcome.value if case.outcome else None,
        "told": int(case.told),
        "created": stamp(case.created),
    }


def _kind(kind: CaseKind) -> dict[str, str | None]:
    later = kind is CaseKind.POST
    return {"kind": "own" if later else kind.value, "finer": kind.value if later else None}


def _case(row: Row) -> Case:
    values: dict[str, Any] = {name: row[name] for name in _TEXTS}
    for name in _MOMENTS:
        values[name] = moment(row[name]) if row[name] else None
    return Case(
        **values,
        kind=CaseKind(row["finer"] or row["kind"]),
        state=CaseState(row["state"]),
        snapshot=Snapshot(**json.loads(row["snapshot"])),
        decision=Decision(row["decision"]) if row["decision"] else None,
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        told=bool(row["told"]),
        created=moment(row["created"]),
    )


def _complaint(row: Row) -> Complaint:
    return Complaint(
        id=row["id"],
        case=row["case_id"],
        source=Source(row["source"]),
        report=row["report"],
        category=Category(row["category"]),
        words=row["words"],
        forward=bool(row["forward"]),
        sealed=bytes(row["sealed"]) if row["sealed"] is not None else None,
        receipt=row["receipt"],
        created=moment(row["created"]),
    )
