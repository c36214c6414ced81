"""What arrived while the clock was wrong is taken up when it is right again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from federation.ports import Kept, Received
from node.storage.database import Database
from node.storage.inbox import StoredInbox
from node.storage.intake_mending import mend_inbox

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
YEAR, MINUTE = timedelta(days=365), timedelta(minutes=1)


def _received(at: datetime) -> Received:
    return Received(
        activity_id="https://a.test/1",
        digest="d",
        sender="https://a.test/anna",
        host="a.test",
        kind="Create",
        object_id="https://a.test/n",
        inbox="https://wien.test/inbox",
        body=b"{}",
        received_at=at,
    )


async def _claim(log: StoredInbox, now: datetime) -> list[Kept]:
    return await log.claim(now=now, lease="boot", until=now + MINUTE, limit=9, per_host=9)


@pytest.mark.parametrize("trouble", ["received", "postponed", "leased"])
async def test_a_clock_that_was_ahead_holds_nothing_up(database: Database, trouble: str) -> None:
    log = StoredInbox(database)
    await log.add(_received(NOW if trouble == "postponed" else NOW + YEAR))
    if trouble == "leased":
        assert await _claim(log, NOW + YEAR)
    if trouble == "postponed":
        [kept] = await _claim(log, NOW)
        await log.postpone(kept.sequence, until=NOW + YEAR, reason="away")
    assert await _claim(log, NOW + MINUTE) == []
    await database.write(lambda tx: mend_inbox(tx, NOW + MINUTE))
    assert len(await _claim(log, NOW + MINUTE)) == 1


async def test_what_waits_for_good_reason_waits_on(database: Database) -> None:
    log = StoredInbox(database)
    await log.add(_received(NOW))
    [kept] = await _claim(log, NOW)
    await database.write(lambda tx: mend_inbox(tx, NOW))
    assert await _claim(log, NOW) == [], "it is in hand"
    await log.postpone(kept.sequence, until=NOW + timedelta(hours=10), reason="away")
    await database.write(lambda tx: mend_inbox(tx, NOW))
    assert await _claim(log, NOW + timedelta(hours=9)) == []
