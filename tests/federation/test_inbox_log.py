"""What every `InboxLog` promises: in memory, SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from federation.errors import AlreadyHandled
from federation.memory import MemoryInbox
from federation.ports import (
    Handled,
    InboxLog,
    Receipt,
    Received,
)
from node.storage.database import Transaction
from node.storage.inbox import StoredInbox, handled
from node.storage.migrate import migrate
from node.storage.opening import open_database

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Done = Callable[[int, str], Awaitable[None]]


class Place:
    """Where things are kept, and how a kept activity is marked as handled."""

    def __init__(self, log: InboxLog, done: Done) -> None:
        self.log = log
        self.done = done


@pytest.fixture
async def place(kept_in: str) -> AsyncIterator[Place]:
    if kept_in == "memory":
        memory = MemoryInbox()

        async def done(sequence: int, outcome: str) -> None:
            await memory.done(sequence, outcome=outcome, now=NOW)

        yield Place(memory, done)
        return
    database = await open_database(kept_in)

    async def stored_done(sequence: int, outcome: str) -> None:
        async def work(tx: Transaction) -> None:
            mark: Handled = handled(tx)
            await mark.done(sequence, outcome=outcome, now=NOW)

        await database.write(work)

    yield Place(StoredInbox(database), stored_done)
    await database.close()


def _received(number: int, *, about: str | None = "e", sender: str = "anna") -> Received:
    return Received(
        activity_id=f"https://a.test/a/{number}",
        digest=f"{number:064x}",
        sender=f"https://a.test/{sender}",
        host="a.test",
        kind="Create",
        object_id=None if about is None else f"https://a.test/{about}",
        inbox="https://wien.test/inbox",
        body=b'{"n": %d}' % number,
        received_at=NOW + number * timedelta(microseconds=1),
    )


async def _due(place: Place, now: datetime = NOW + SECOND, limit: int = 100) -> list[str]:
    return [kept.activity_id[-1] for kept in await place.log.due(now, limit)]


async def _sequence(place: Place) -> int:
    (kept,) = await place.log.due(NOW + SECOND, 1)
    return kept.sequence


async def test_what_was_kept_comes_back_as_it_was(place: Place) -> None:
    received = _received(1)
    assert await place.log.add(received) is Receipt.KEPT
    (kept,) = await place.log.due(NOW + SECOND, 10)
    for name in ("activity_id", "sender", "kind", "inbox", "body", "received_at"):
        assert getattr(kept, name) == getattr(received, name)
    assert kept.attempts == 0


async def test_the_same_document_is_kept_once_even_after_it_was_handled(place: Place) -> None:
    await place.log.add(_received(1))
    assert await place.log.add(_received(1)) is Receipt.SEEN_BEFORE
    await place.done(await _sequence(place), "handled")
    assert await place.log.add(_received(1)) is Receipt.SEEN_BEFORE
    assert await _due(place) == []


async def test_twenty_at_once_are_kept_once(place: Place) -> None:
    receipts = await asyncio.gather(*(place.log.add(_received(1)) for _ in range(20)))
    assert receipts.count(Receipt.KEPT) == 1
    assert await _due(place) == ["1"]


async def test_e28_another_document_under_the_same_id_is_kept_as_a_hint_only(
    place: Place,
) -> None:
    await place.log.add(_received(1))
    changed = replace(_received(1), digest="f" * 64, body=b"{}")
    assert await place.log.add(changed) is Receipt.OTHER_CONTENT
    again = replace(changed, digest="e" * 64, received_at=NOW + timedelta(minutes=4))
    assert await place.log.add(again) is Receipt.OTHER_CONTENT
    await place.done(await _sequence(place), "handled")
    (hint,) = await place.log.due(NOW + timedelta(hours=1), 10)
    assert (hint.hint, hint.body) == (True, b"{}")
    assert hint.activity_id == _received(1).activity_id
    await place.done(hint.sequence, "handled")
    assert await place.log.add(again) is Receipt.OTHER_CONTENT
    assert await place.log.due(NOW + timedelta(minutes=4, seconds=59), 10) == []
    assert len(await place.log.due(NOW + timedelta(minutes=6), 10)) == 1, "nothing is missed"


async def test_a_hint_does_not_take_the_place_of_the_activity_that_it_speaks_of(
    place: Place,
) -> None:
    assert await place.log.add(replace(_received(1), hint=True)) is Receipt.KEPT
    assert await place.log.add(_received(1)) is Receipt.KEPT
    assert await place.log.recall(_received(1).activity_id, "https://a.test/anna") is not None


async def test_a_lane_gives_its_oldest_and_lanes_do_not_wait_for_each_other(place: Place) -> None:
    await place.log.add(_received(1, about="x"))
    await place.log.add(_received(2, about="x"))
    await place.log.add(_received(3, about="y"))
    await place.log.add(_received(4, about="x", sender="bert"))
    await place.log.add(_received(5, about=None))
    assert await _due(place) == ["1", "3", "4", "5"]
    assert await _due(place, limit=2) == ["1", "3"]
    await place.done(await _sequence(place), "handled")
    assert await _due(place) == ["2", "3", "4", "5"]


async def test_nothing_is_due_before_it_was_received(place: Place) -> None:
    await place.log.add(_received(1))
    assert await _due(place, NOW) == []


async def test_a_postponed_one_holds_its_lane_until_its_time(place: Place) -> None:
    await place.log.add(_received(1))
    await place.log.add(_received(2))
    await place.log.add(_received(3, about="other"))
    later = NOW + timedelta(minutes=5)
    sequence = await _sequence(place)
    await place.log.postpone(sequence, until=later, reason="peer-trouble")
    assert await _due(place) == ["3"]
    first, second = await place.log.due(later, 10)
    assert first.sequence == sequence
    assert second.activity_id.endswith("3")


async def test_a_parked_one_lets_its_lane_go_on(place: Place) -> None:
    await place.log.add(_received(1))
    await place.log.add(_received(2))
    await place.log.park(await _sequence(place), reason="ValueError")
    assert await _due(place) == ["2"]


@pytest.mark.parametrize("outcome", ["handled", "unheard", "refused:not-asked"])
async def test_what_was_handled_is_due_no_more_and_cannot_be_handled_again(
    place: Place, outcome: str
) -> None:
    await place.log.add(_received(1))
    sequence = await _sequence(place)
    await place.done(sequence, outcome)
    assert await _due(place) == []
    with pytest.raises(AlreadyHandled):
        await place.done(sequence, outcome)
    # What comes too late changes nothing.
    await place.log.postpone(sequence, until=NOW, reason="x")
    await place.log.park(sequence, reason="x")
    assert await _due(place) == []


async def test_what_others_bring_of_somebody_does_not_keep_her_own_words_waiting(
    place: Place,
) -> None:
    """A hint may have to wait for hours until its origin answers."""
    await place.log.add(replace(_received(1), hint=True))
    await place.log.postpone(await _sequence(place), until=NOW + timedelta(hours=9), reason="away")
    await place.log.add(_received(2))
    assert await _due(place) == ["2"]


async def test_strangers_never_have_all_places_in_hand(tmp_path: Path) -> None:
    """Their servers may let every fetch take as long as we wait; friends need not wait for that."""
    database = await open_database(f"sqlite:///{tmp_path}/data/josoor.db")
    await migrate(database, now=NOW)
    log = StoredInbox(database)
    for number in range(40):
        stranger = _received(number, about=f"e{number}", sender=f"s{number}")
        await log.add(replace(stranger, host=f"{number % 4}.test"))
    held = await log.claim(
        now=NOW + SECOND, lease="me", until=NOW + 9 * SECOND, limit=32, per_host=16
    )
    assert len(held) == 24
    await log.add(replace(_received(99, about="mine"), host="friend.test", friend=True))
    [next_one] = await log.claim(
        now=NOW + SECOND, lease="me", until=NOW + 9 * SECOND, limit=8, per_host=16
    )
    assert next_one.host == "friend.test"
    await database.close()
