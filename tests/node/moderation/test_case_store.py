"""Cases and complaints in the database, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from keys.vault import Vault, make_master
from node.moderation import case_store
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
from node.storage.database import Database, Transaction

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
CASE = Case(
    id="1",
    kind=CaseKind.REPLY,
    target="https://a.test/n/1",
    author="https://a.test/u/carol",
    host="a.test",
    inbox="https://a.test/in",
    shared_inbox=None,
    snapshot=Snapshot(name="Carol", html="<p>ü</p>", language="de"),
    state=CaseState.OPEN,
    created=NOW,
)
DECIDED = replace(
    CASE,
    state=CaseState.CLOSED,
    decision=Decision.HIDE,
    reason="Hetze",
    decided_by="p1",
    decided=NOW,
    told=True,
    appeal="Nein",
    appealed=NOW,
    outcome=Outcome.OVERTURNED,
    outcome_reason="Doch",
    outcome_by="p2",
    closed=NOW,
)
COMPLAINT = Complaint(
    id="c1",
    case="1",
    source=Source.HERE,
    report=None,
    category=Category.HATE,
    words="Hetze",
    forward=True,
    sealed=b"x",
    receipt="d1",
    created=NOW,
)


async def test_a_case_comes_back_as_it_was_kept_and_changed(database: Database):
    async def work(tx: Transaction) -> list[Case | None]:
        await case_store.add(tx, CASE)
        first = await case_store.open_about(tx, CASE.target)
        await case_store.change(tx, DECIDED)
        return [
            first,
            await case_store.find(tx, "1"),
            await case_store.open_about(tx, CASE.target),
        ]

    assert await database.write(work) == [CASE, DECIDED, None]


async def test_of_one_thing_there_is_one_open_case(database: Database):
    async def work(tx: Transaction) -> None:
        await case_store.add(tx, CASE)
        await case_store.add(tx, replace(CASE, id="2"))

    with pytest.raises(Exception, match=r"(?i)unique"):
        await database.write(work)


async def test_nobody_answers_an_appeal_against_herself(database: Database):
    async def work(tx: Transaction) -> None:
        await case_store.add(tx, replace(DECIDED, outcome_by="p1"))

    with pytest.raises(Exception, match=r"(?i)check"):
        await database.write(work)


async def test_what_was_said_and_who_looked_goes_with_the_case(database: Database):
    async def work(tx: Transaction) -> tuple[object, ...]:
        await case_store.add(tx, DECIDED)
        await case_store.add_complaint(tx, COMPLAINT)
        await case_store.note_look(tx, "1", "p1", NOW)
        await case_store.note_look(tx, "1", "p1", NOW)
        there = (
            await case_store.complaints(tx, "1"),
            await case_store.looks(tx, "1"),
            await case_store.by_receipt(tx, "d1"),
            await case_store.due(tx, NOW, CaseState.CLOSED, 9),
        )
        due = await case_store.due(tx, NOW + timedelta(days=1), CaseState.CLOSED, 9)
        await case_store.count_and_drop(tx, due)
        await case_store.add(tx, replace(DECIDED, id="2"))
        await case_store.count_and_drop(tx, [replace(DECIDED, id="2")])
        gone = (await case_store.complaints(tx, "1"), await case_store.by_receipt(tx, "d1"))
        return there, gone, [dict(row) for row in await case_store.statistics(tx)]

    there, gone, numbers = await database.write(work)
    assert there == ([COMPLAINT], [Look(person="p1", at=NOW)], (COMPLAINT, DECIDED), [])
    assert gone == ([], None)
    assert numbers == [{"month": "2026-12", "kind": "reply", "decision": "hide", "many": 2}]


async def test_what_a_reporter_said_is_sealed_anew_under_a_new_master_key(database: Database):
    old, new = make_master(), make_master()
    sealed = Vault(old).seal(b"Nour", row="complaint:c1", purpose=PURPOSE)
    vault = Vault(new, old)

    async def work(tx: Transaction) -> tuple[int, int, bytes | None]:
        await case_store.add(tx, CASE)
        await case_store.add_complaint(tx, replace(COMPLAINT, sealed=sealed))
        many = await case_store.reseal(tx, vault), await case_store.reseal(tx, vault)
        return *many, (await case_store.complaints(tx, "1"))[0].sealed

    first, second, kept = await database.write(work)
    assert (first, second) == (1, 0)
    assert kept is not None
    assert Vault(new).open(kept, row="complaint:c1", purpose=PURPOSE) == b"Nour"
