"""From kept activities to listeners: whatever must be fetched first, then one transaction each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Generic, TypeAlias, TypeVar

from activitypub.activities import Activity
from activitypub.objects import Object
from federation.errors import FederationError
from federation.inward.listeners import (
    Heard,
    Ignored,
    Listener,
    Listeners,
    NotMine,
    Undecided,
)
from federation.inward.understanding import Actors, NotUnderstood, Reader, Understanding, Unhelpful
from federation.network.budget import Fetch
from federation.ports import Clock, Handled, InboxLog, Kept
from federation.waiting import first_of

C = TypeVar("C")
Work: TypeAlias = Callable[[C, Handled], Awaitable[None]]
Perform: TypeAlias = Callable[[Work[C]], Awaitable[None]]
"""Opens one transaction of the host, calls the work in it, commits; on collision calls it again."""

_log = logging.getLogger(__name__)

AT_ONCE = 32
PER_HOST = 16
LEASE = timedelta(minutes=2)
SCHEDULE = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 120, 240, 360, 600))
"""Eight retries within a day (R07)."""
CRASHES = 20
"""What was begun so often and never came to an end has ended the process, and is put aside."""
_LONGEST_SLEEP = 30.0
_BREATH = 1.0


class Intake(Generic[C]):
    """Brings kept activities to their listeners; `C` is the context that `perform` hands to these.

    `origin` is ours ("https://wien.example"): what lives there is never fetched. `lease` names this
    process and this start of it. `alone`: no other process can take up what this one keeps, so that
    what an earlier one left is free at once; else it is when its lease ends.
    """

    def __init__(
        self,
        log: InboxLog,
        actors: Actors,
        fetch: Fetch,
        perform: Perform[C],
        listeners: Listeners[C],
        clock: Clock,
        origin: str,
        *,
        lease: str = "intake",
        alone: bool = True,
        reader: Reader | None = None,
    ) -> None:
        self._kept = log
        self._perform = perform
        self._listeners = listeners
        self._clock = clock
        self._lease = lease
        self._alone = alone
        self._understanding = Understanding(
            log, actors, fetch, clock, origin, reader or Unhelpful()
        )

    async def step(self) -> int:
        """How many kept activities were taken up, all of them to their end."""
        claimed = await self._claim(AT_ONCE, AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for kept in claimed:
                group.create_task(self._take(kept))
        return len(claimed)

    async def run(self, wake: asyncio.Event, stop: asyncio.Event) -> None:
        """Takes up what arrives until `stop` is set, then waits for what is under way.

        `wake` is set by whoever keeps an activity, and here when one has been dealt with.
        """
        flying: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as group:
            await self._release()
            while not stop.is_set():
                wake.clear()
                for kept in await self._claim_calmly(AT_ONCE - len(flying)):
                    task = group.create_task(self._take(kept))
                    flying.add(task)
                    task.add_done_callback(_landing(flying, wake))
                await first_of(wake, stop, seconds=_LONGEST_SLEEP)

    async def _release(self) -> None:
        """Free what a process that was killed had in hand."""
        if self._alone:
            try:
                await self._kept.release_all(except_lease=self._lease)
            except Exception:
                _log.exception("The leases of an earlier process could not be ended; they run out.")

    async def _claim(self, limit: int, per_host: int) -> list[Kept]:
        now = self._clock.now()
        return await self._kept.claim(
            now=now, lease=self._lease, until=now + LEASE, limit=limit, per_host=per_host
        )

    async def _claim_calmly(self, free: int) -> list[Kept]:
        """What is due; nothing when the log is in trouble, or too little room for a claim."""
        if free < AT_ONCE // 4:
            return []
        try:
            return await self._claim(free, PER_HOST)
        except Exception:
            _log.exception("Asking for kept activities failed.")
            return []

    async def _take(self, kept: Kept) -> None:
        """One activity to its end; nothing that happens to it reaches another."""
        try:
            if kept.attempts > CRASHES:
                await self._park(kept, "Abandoned")
                return
            try:
                await self._hear(kept)
            except FederationError as error:
                if error.retry:
                    await self._later(kept, error.reason, type(error).__name__)
                else:
                    await self._close(kept, f"refused:{error.reason}")
            except Exception as error:
                _log.exception("Activity %d failed in its listener.", kept.sequence)
                await self._later(kept, type(error).__name__, type(error).__name__)
        except Exception:
            # It is taken up again when its lease ends, after a breath for the log in trouble.
            _log.exception("What came of activity %d could not be recorded.", kept.sequence)
            await asyncio.sleep(_BREATH)

    async def _hear(self, kept: Kept) -> None:
        activity = await self._understanding.activity(kept)
        if activity is None or not self._listeners.hears(type(activity)):
            await self._close(kept, "unheard")
            return
        try:
            await self._tell(await self._understanding.heard(kept, activity))
        except NotUnderstood as nothing:
            await self._close(kept, nothing.outcome)
        except Undecided:
            await self._ask_origin(kept, activity)

    async def _ask_origin(self, kept: Kept, activity: Activity) -> None:
        """The listener cannot decide by what was sent: what the origin says now counts."""
        try:
            await self._tell(await self._understanding.heard(kept, activity, fresh=True))
        except Undecided:
            await self._close(kept, "refused:undecided")

    async def _tell(self, heard: Heard) -> None:
        in_line = self._listeners.find(type(heard.activity), _kind_of(heard))
        if in_line:
            await self._act(in_line, heard)
        else:
            await self._close(heard.kept, "unheard")

    async def _act(self, in_line: Sequence[Listener[C]], heard: Heard) -> None:
        async def work(context: C, handled: Handled) -> None:
            outcome = await _first_who_takes_it(in_line, context, heard)
            await handled.done(heard.kept.sequence, outcome=outcome, now=self._clock.now())

        await self._perform(work)

    async def _close(self, kept: Kept, outcome: str) -> None:
        async def work(_: C, handled: Handled) -> None:
            await handled.done(kept.sequence, outcome=outcome, now=self._clock.now())

        _log.debug("Activity %d: %s.", kept.sequence, outcome)
        await self._perform(work)

    async def _later(self, kept: Kept, reason: str, error: str) -> None:
        if kept.attempts > len(SCHEDULE):
            await self._park(kept, error)
            return
        until = self._clock.now() + SCHEDULE[max(kept.attempts, 1) - 1]
        await self._kept.postpone(kept.sequence, until=until, reason=reason)

    async def _park(self, kept: Kept, reason: str) -> None:
        _log.warning("Activity %d is parked: %s.", kept.sequence, reason)
        await self._kept.park(kept.sequence, reason=reason)


async def _first_who_takes_it(in_line: Sequence[Listener[C]], context: C, heard: Heard) -> str:
    outcome = "unheard"
    for listener in in_line:
        try:
            await listener(context, heard)
        except NotMine as declined:
            outcome = f"refused:{declined.reason}"
        except Ignored as ignored:
            return f"refused:{ignored.reason}"
        else:
            return "handled"
    return outcome


def _kind_of(heard: Heard) -> type[Object] | None:
    """The kind by which a listener is found: the object's own, else what the sender calls it."""
    if heard.object is not None:
        return type(heard.object)
    named = heard.activity.object
    return type(named) if isinstance(named, Object) else None


def _landing(
    flying: set[asyncio.Task[None]], wake: asyncio.Event
) -> Callable[[asyncio.Task[None]], None]:
    def landed(task: asyncio.Task[None]) -> None:
        flying.discard(task)
        wake.set()

    return landed
