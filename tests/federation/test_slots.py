"""Places for requests under way: who lets us wait holds none for long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from federation.outward.slots import IN_ALL, LINGER, PLACES, WAITING_ROOM, Slots
from federation.ports import Grade


class Steady:
    """Seconds that are moved by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@asynccontextmanager
async def _taken(
    slots: Slots, grade: Grade, number: int
) -> AsyncIterator[list[asyncio.Task[None]]]:
    """So many requests under way while the block lasts."""
    tasks = [asyncio.create_task(asyncio.sleep(60)) for _ in range(number)]
    for task in tasks:
        slots.take(task, grade)
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_each_grade_has_places_of_its_own() -> None:
    slots = Slots(Steady())
    async with _taken(slots, Grade.DOUBTFUL, PLACES[Grade.DOUBTFUL]):
        room = slots.room()
        assert room[Grade.DOUBTFUL] == 0
        assert room[Grade.PROVEN] == PLACES[Grade.PROVEN]
        assert room[Grade.NEW] == PLACES[Grade.NEW]


async def test_a_request_gives_its_place_back_after_a_second() -> None:
    time = Steady()
    slots = Slots(time)
    async with _taken(slots, Grade.NEW, PLACES[Grade.NEW]):
        assert slots.room()[Grade.NEW] == 0
        assert slots.soonest() == LINGER
        time.seconds += LINGER
        assert slots.room()[Grade.NEW] == PLACES[Grade.NEW]


async def test_a_full_waiting_room_stops_the_doubtful_and_never_the_proven() -> None:
    time = Steady()
    slots = Slots(time)
    async with _taken(slots, Grade.DOUBTFUL, WAITING_ROOM):
        time.seconds += LINGER
        room = slots.room()
        assert (room[Grade.DOUBTFUL], room[Grade.NEW]) == (0, 0)
        assert room[Grade.PROVEN] == PLACES[Grade.PROVEN]


async def test_no_more_are_under_way_than_the_process_can_hold() -> None:
    time = Steady()
    slots = Slots(time)
    async with _taken(slots, Grade.PROVEN, IN_ALL):
        time.seconds += LINGER
        assert set(slots.room().values()) == {0}


async def test_the_end_of_a_request_gives_its_place_back() -> None:
    slots = Slots(Steady())
    async with _taken(slots, Grade.PROVEN, PLACES[Grade.PROVEN]) as tasks:
        slots.free(tasks[0])
        assert slots.room()[Grade.PROVEN] == 1
