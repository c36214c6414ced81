"""A memory that forgets: by time, and the oldest first when it is full."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from federation.ports import Clock

T = TypeVar("T")


class Remembered(Generic[T]):
    """Values by key, each for a time; never more than `capacity`, whatever peers make us put in."""

    def __init__(self, clock: Clock, capacity: int = 1024) -> None:
        self._clock = clock
        self._capacity = capacity
        self._values: OrderedDict[str, tuple[datetime, timedelta, T]] = OrderedDict()

    def put(self, key: str, value: T, life: timedelta) -> None:
        """Remember `value` for `life`, in place of what was there."""
        self._values.pop(key, None)
        self._values[key] = self._clock.now(), life, value
        if len(self._values) > self._capacity:
            self._values.popitem(last=False)

    def get(self, key: str) -> T | None:
        """The value, None when it was never put or its time is over."""
        held = self._values.get(key)
        if held is None:
            return None
        put, life, value = held
        # What was put while the clock was ahead would else stay until it is so late again.
        if not timedelta() <= self._clock.now() - put < life:
            del self._values[key]
            return None
        return value

    def forget(self, key: str) -> None:
        """Forget at once."""
        self._values.pop(key, None)
