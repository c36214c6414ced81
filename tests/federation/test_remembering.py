"""What is remembered for a time is forgotten in time, also when the clock was wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from federation.network.budget import Buckets, Rate
from federation.remembering import Remembered

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


def test_what_was_put_is_there_for_its_time_and_no_longer() -> None:
    clock = Hand()
    memory: Remembered[str] = Remembered(clock)
    memory.put("a", "x", MINUTE)
    clock.at += MINUTE - timedelta(seconds=1)
    assert memory.get("a") == "x"
    clock.at += timedelta(seconds=1)
    assert memory.get("a") is None


def test_what_was_put_while_the_clock_was_ahead_is_not_kept_until_then() -> None:
    """Else a host that failed for a moment would not be asked for a year."""
    clock = Hand()
    memory: Remembered[str] = Remembered(clock)
    clock.at += timedelta(days=365)
    memory.put("a", "x", MINUTE)
    clock.at = NOW
    assert memory.get("a") is None


def test_the_oldest_goes_when_it_is_full() -> None:
    memory: Remembered[int] = Remembered(Hand(), capacity=2)
    for number in range(3):
        memory.put(str(number), number, MINUTE)
    assert [memory.get(str(number)) for number in range(3)] == [None, 1, 2]


def test_a_bucket_that_was_emptied_while_the_clock_was_ahead_fills_again() -> None:
    """Nobody who is told to wait takes from it, and only who takes sets its time."""
    clock = Hand()
    buckets = Buckets(Rate(burst=1, per_second=1), clock)
    clock.at += timedelta(days=365)
    assert buckets.take("a")
    clock.at = NOW
    assert 0 < buckets.wait("a") <= 1
    clock.at += timedelta(seconds=2)
    assert buckets.wait("a") == 0
