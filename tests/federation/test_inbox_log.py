"""What every `InboxLog` and every `ActorCache` promises: in memory, SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from federation.errors import AlreadyHandled
from federation.memory import MemoryActors, MemoryInbox
from federation.ports import (
    ActorCache,
    Handled,
    InboxLog,
    Receipt,
    Received,
    RemoteActor,
    RemoteKey,
)
from node.storage.actors import StoredActors
from node.storage.database import Transaction, open_database
from node.storage.inbox import StoredInbox, handled
from node.storage.migrate import migrate

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
Done = Callable[[int, str], Awaitable[None]]


class Place:
    """Where things are kept, and how a kept activity is marked as handled."""

    def __init__(self, log: InboxLog, cache: ActorCache, done: Done) -> None:
        self.log = log
        self.cache = cache
        self.done = done


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def kept_in(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """ "memory", or the URL of an empty database."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return "memory" if request.param == "memory" else f"sqlite:///{tmp_path}/data/josoor.db"


@pytest.fixture
async def place(kept_in: str) -> AsyncIterator[Place]:
    if kept_in == "memory":
        memory = MemoryInbox()

        async def done(sequence: int, outcome: str) -> None:
            await memory.done(sequence, outcome=outcome, now=NOW)

        yield Place(memory, MemoryActors(), done)
        return
    database = await open_database(kept_in)
    await migrate(database, now=NOW)

    async def stored_done(sequence: int, outcome: str) -> None:
        async def work(tx: Transaction) -> None:
            mark: Handled = handled(tx)
            await mark.done(sequence, outcome=outcome, now=NOW)

        await database.write(work)

    yield Place(StoredInbox(database), StoredActors(database), stored_done)
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


async def test_another_document_under_the_same_id_is_kept_too(place: Place) -> None:
    await place.log.add(_received(1))
    changed = replace(_received(1), digest="f" * 64, body=b"{}")
    assert await place.log.add(changed) is Receipt.KEPT


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
    await place.log.postpone(sequence, attempts=3, until=later, reason="peer-trouble")
    assert await _due(place) == ["3"]
    first, second = await place.log.due(later, 10)
    assert (first.sequence, first.attempts) == (sequence, 3)
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
    await place.log.postpone(sequence, attempts=1, until=NOW, reason="x")
    await place.log.park(sequence, reason="x")
    assert await _due(place) == []


# --- actors --------------------------------------------------------------------------------------

ANNA = RemoteActor(
    id="https://a.test/anna",
    type="Person",
    username="anna",
    host="a.test",
    name="Anna أ",
    inbox="https://a.test/anna/inbox",
    shared_inbox=None,
    followers="https://a.test/anna/followers",
    outbox=None,
    url="https://a.test/@anna",
    keys=(
        RemoteKey(id="https://a.test/anna#2", pem="two"),
        RemoteKey(id="https://a.test/anna#1", pem="one"),
    ),
    fetched_at=NOW,
    document=b'{"id": "https://a.test/anna"}',
)


async def test_an_actor_comes_back_as_it_was_by_id_and_by_key(place: Place) -> None:
    assert await place.cache.actor(ANNA.id) is None
    assert await place.cache.owner_of_key(ANNA.keys[0].id) is None
    await place.cache.keep(ANNA)
    assert await place.cache.actor(ANNA.id) == ANNA
    for key in ANNA.keys:
        assert await place.cache.owner_of_key(key.id) == ANNA
    assert await place.cache.owner_of_key(ANNA.id) is None


async def test_the_last_fetch_wins_and_old_keys_are_gone(place: Place) -> None:
    await place.cache.keep(ANNA)
    changed = replace(ANNA, name="Anna B.", keys=ANNA.keys[1:], shared_inbox="https://a.test/in")
    await place.cache.keep(changed)
    assert await place.cache.actor(ANNA.id) == changed
    assert await place.cache.owner_of_key(ANNA.keys[0].id) is None


async def test_a_forgotten_actor_takes_its_keys_along(place: Place) -> None:
    await place.cache.forget(ANNA.id)
    await place.cache.keep(ANNA)
    await place.cache.forget(ANNA.id)
    assert await place.cache.actor(ANNA.id) is None
    assert await place.cache.owner_of_key(ANNA.keys[0].id) is None


async def test_one_actor_kept_many_times_at_once_is_there_once(place: Place) -> None:
    await asyncio.gather(*(place.cache.keep(ANNA) for _ in range(20)))
    assert await place.cache.actor(ANNA.id) == ANNA
