"""The actors who were here a moment ago are not asked of the database again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from federation.inward.recent import LIFE, LONGEST, RecentActors
from federation.memory import FakeClock, MemoryActors
from federation.ports import RemoteActor
from tests.federation.test_succession import anna


class Counting(MemoryActors):
    """Counts how often it was asked whose a key is."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    async def owner_of_key(self, key_id: str) -> RemoteActor | None:
        self.asked += 1
        return await super().owner_of_key(key_id)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def cache() -> Counting:
    return Counting()


@pytest.fixture
def recent(cache: Counting, clock: FakeClock) -> RecentActors:
    return RecentActors(cache, clock)


async def test_an_actor_is_asked_for_once_in_ten_seconds(
    recent: RecentActors, cache: Counting, clock: FakeClock
) -> None:
    await recent.keep(anna("one"))
    key_id = anna("one").keys[0].id
    assert await recent.owner_of_key(key_id) == await recent.owner_of_key(key_id) == anna("one")
    assert cache.asked == 1
    clock.advance(LIFE)
    await recent.owner_of_key(key_id)
    assert cache.asked == 2


async def test_what_is_changed_is_seen_at_once(recent: RecentActors) -> None:
    key_id = anna("one").keys[0].id
    await recent.keep(anna("one"))
    await recent.owner_of_key(key_id)
    await recent.keep(anna("two"))
    assert await recent.owner_of_key(key_id) is None
    await recent.forget(anna("two").id)
    assert await recent.owner_of_key(anna("two").keys[0].id) is None


async def test_an_actor_that_takes_much_room_is_not_held(
    recent: RecentActors, cache: Counting
) -> None:
    large = replace(anna("one"), document=b" " * (LONGEST + 1))
    await recent.keep(large)
    for _ in range(2):
        assert await recent.owner_of_key(large.keys[0].id) == large
    assert cache.asked == 2
