"""The intake in trouble: late is better than lost, in order, and one listener in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from activitypub.activities import Create, Follow, Update
from activitypub.objects import Note
from federation.errors import Unreachable
from federation.inward.intake import SCHEDULE, Intake
from federation.inward.listeners import Heard, Listeners
from federation.ports import Handled
from node.storage.database import Database, Transaction
from node.storage.inbox import StoredInbox, handled
from tests.support.intakes import NOTE, OURS, Documents, House, Known, note


async def test_a_failing_listener_is_called_again_on_the_schedule_and_then_parked(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    calls = 0

    @house.listeners.on(Follow)
    async def on_follow(_: str, heard: Heard) -> None:
        nonlocal calls
        calls += 1
        raise ZeroDivisionError

    await house.receive("Follow", f"{OURS}/w")
    for wait in SCHEDULE:
        assert await house.intake.step() == 1
        house.clock.advance(wait - timedelta(seconds=1))
        assert await house.intake.step() == 0, "too early"
        house.clock.advance(timedelta(seconds=1))
    await house.intake.step()
    assert calls == 9, "once, and eight times more"
    assert house.outcomes == ["ZeroDivisionError"]
    assert "ZeroDivisionError" in caplog.text, "with its traceback"


async def test_what_a_failing_listener_did_is_undone_and_done_once_when_it_succeeds(
    house: House, database: Database
) -> None:
    """On real databases: the effect and the mark that it was handled are one commit."""
    inbox = StoredInbox(database)
    listeners: Listeners[Transaction] = Listeners()
    calls = 0

    @listeners.on(Follow)
    async def on_follow(tx: Transaction, heard: Heard) -> None:
        nonlocal calls
        calls += 1
        await tx.run("insert into tombstone (id, at) values (:id, 'now')", id=heard.sender.id)
        if calls == 1:
            raise ZeroDivisionError

    async def perform(work: Callable[[Transaction, Handled], Awaitable[None]]) -> None:
        await database.write(lambda tx: work(tx, handled(tx)))

    async def effects() -> int:
        return len(await database.read(lambda tx: tx.rows("select * from tombstone")))

    intake = Intake(
        inbox, Known(house.clock), house.documents, perform, listeners, house.clock, OURS
    )
    await inbox.add(house.received("Follow", f"{OURS}/w"))
    assert await intake.step() == 1
    assert await effects() == 0
    house.clock.advance(SCHEDULE[0])
    assert await intake.step() == 1
    assert await effects() == 1
    house.clock.advance(timedelta(days=1))
    assert await intake.step() == 0


async def test_a_server_that_is_away_is_asked_again_outside_any_transaction(house: House) -> None:
    house.hear(Create, Note)
    house.documents.held[NOTE] = Unreachable("away")
    await house.receive("Create", NOTE)
    await house.intake.step()
    assert house.transactions == 0
    house.documents.held[NOTE] = {"type": "Note", "id": NOTE}
    house.clock.advance(SCHEDULE[0])
    await house.intake.step()
    assert house.outcomes == ["handled"]


async def test_one_failure_does_not_stop_the_others(house: House) -> None:
    house.hear(Create, Note)
    house.documents.held[NOTE] = RuntimeError("a bug")
    await house.receive("Create", NOTE)
    await house.receive("Create", {"type": "Note", "id": "https://a.test/n/2"}, name="2")
    assert await house.intake.step() == 2
    assert [heard.kept.sequence for heard in house.heard] == [2]


async def test_activities_about_one_object_are_heard_in_order(house: House) -> None:
    house.hear(Create, Note)
    house.hear(Update, Note)
    house.documents.held[NOTE] = Unreachable("away")
    await house.receive("Create", NOTE)
    await house.receive("Update", note(), name="2")
    assert await house.intake.step() == 1
    assert await house.intake.step() == 0, "the Update waits for the Create"
    house.documents.held[NOTE] = note()
    house.clock.advance(SCHEDULE[0])
    assert await house.intake.step() == 1
    assert await house.intake.step() == 1
    assert [heard.kept.kind for heard in house.heard] == ["Create", "Update"]


async def test_a_running_intake_is_woken_and_not_held_up_by_a_slow_origin(house: House) -> None:
    release = asyncio.Event()

    class Slow(Documents):
        async def document(self, url: str) -> dict[str, Any]:
            await release.wait()
            return {"type": "Note", "id": url}

    intake = Intake(
        house.inbox, Known(house.clock), Slow(), house.perform, house.listeners, house.clock, OURS
    )
    house.hear(Create, Note)
    wake, stop = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(intake.run(wake, stop))
    await asyncio.sleep(0)
    await house.receive("Create", NOTE)
    wake.set()
    await asyncio.sleep(0.01)
    await house.receive("Create", {"type": "Note", "id": "https://a.test/n/2"}, name="2")
    wake.set()
    await _until(lambda: [heard.kept.sequence for heard in house.heard] == [2])
    stop.set()
    release.set()
    await running
    assert [heard.kept.sequence for heard in house.heard] == [2, 1]


async def _until(truth: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not truth():  # noqa: ASYNC110  a plain list has no event
            await asyncio.sleep(0.01)
