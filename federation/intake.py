"""From kept activities to listeners: whatever must be fetched first, then one transaction each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from activitypub.activities import Activity, Announce, Create, Update, object_id
from activitypub.actors import Actor
from activitypub.identity import same_origin
from activitypub.objects import Object
from activitypub.parsing import parse
from activitypub.registry import read
from federation.errors import FederationError
from federation.listeners import Heard, Ignored, Listener, Listeners
from federation.ports import Clock, Handled, InboxLog, Kept, RemoteActor
from federation.waiting import first_of

C = TypeVar("C")
Work: TypeAlias = Callable[[C, Handled], Awaitable[None]]
Perform: TypeAlias = Callable[[Work[C]], Awaitable[None]]
"""Opens one transaction of the host, calls the work in it, commits; on collision calls it again."""

_log = logging.getLogger(__name__)

AT_ONCE = 32
SCHEDULE = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 180, 360, 720))
_LONGEST_SLEEP = 30.0
_BREATH = 1.0


class Actors(Protocol):
    """Where the sender is looked up; an `ActorCache` will do."""

    async def actor(self, actor_id: str) -> RemoteActor | None:
        """The actor as it was when its activity was believed; None when it was forgotten since.

        Raises: FederationError, when it fetches. One that is gone is still answered if it is kept:
        nobody could say farewell otherwise.
        """


class Fetch(Protocol):
    """Where objects are fetched from their own origin."""

    async def document(self, url: str) -> Mapping[str, Any]:
        """The document whose id has the origin of `url`. Raises: FederationError."""


class Intake(Generic[C]):
    """Brings kept activities to their listeners; `C` is the context that `perform` hands to these.

    `origin` is ours ("https://wien.example"): what lives there is never fetched.
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
    ) -> None:
        self._kept = log
        self._actors = actors
        self._fetch = fetch
        self._perform = perform
        self._listeners = listeners
        self._clock = clock
        self._origin = origin

    async def step(self) -> int:
        """How many kept activities were taken up, all of them to their end."""
        due = await self._kept.due(self._clock.now(), AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for kept in due:
                group.create_task(self._take(kept))
        return len(due)

    async def run(self, wake: asyncio.Event, stop: asyncio.Event) -> None:
        """Takes up what arrives until `stop` is set, then waits for what is under way.

        `wake` is set by whoever keeps an activity, and here when one has been dealt with.
        """
        flying: dict[int, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as group:
            while not stop.is_set():
                wake.clear()
                for kept in await self._due_calmly(flying):
                    task = group.create_task(self._take(kept))
                    flying[kept.sequence] = task
                    task.add_done_callback(_landing(flying, kept.sequence, wake))
                await first_of(wake, stop, seconds=_LONGEST_SLEEP)

    async def _due_calmly(self, flying: Mapping[int, object]) -> list[Kept]:
        """What is due and not already in hand; nothing when the log is in trouble."""
        free = AT_ONCE - len(flying)
        if not free:
            return []
        try:
            due = await self._kept.due(self._clock.now(), AT_ONCE)
        except Exception:
            _log.exception("Asking for kept activities failed.")
            return []
        return [kept for kept in due if kept.sequence not in flying][:free]

    async def _take(self, kept: Kept) -> None:
        """One activity to its end; nothing that happens to it reaches another."""
        try:
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
            # It stays due and is taken up again, after a breath for the log in trouble.
            _log.exception("What came of activity %d could not be recorded.", kept.sequence)
            await asyncio.sleep(_BREATH)

    async def _hear(self, kept: Kept) -> None:
        activity = read(parse(kept.body))
        if not isinstance(activity, Activity) or not self._listeners.hears(type(activity)):
            await self._close(kept, "unheard")
            return
        sender = await self._actors.actor(kept.sender)
        if sender is None:
            await self._close(kept, "refused:sender-forgotten")
            return
        about = await self._object(activity, sender)
        listener = self._listeners.find(type(activity), _kind_of(about, activity))
        if listener is None:
            await self._close(kept, "unheard")
            return
        heard = Heard(kept=kept, activity=activity, object=about, sender=sender)
        await self._act(listener, heard)

    async def _act(self, listener: Listener[C], heard: Heard) -> None:
        async def work(context: C, handled: Handled) -> None:
            try:
                await listener(context, heard)
            except Ignored as ignored:
                outcome = f"refused:{ignored.reason}"
            else:
                outcome = "handled"
            await handled.done(heard.kept.sequence, outcome=outcome, now=self._clock.now())

        await self._perform(work)

    async def _close(self, kept: Kept, outcome: str) -> None:
        async def work(_: C, handled: Handled) -> None:
            await handled.done(kept.sequence, outcome=outcome, now=self._clock.now())

        _log.info("Activity %d, a %s: %s.", kept.sequence, kept.kind, outcome)
        await self._perform(work)

    async def _later(self, kept: Kept, reason: str, error: str) -> None:
        attempts = kept.attempts + 1
        if attempts > len(SCHEDULE):
            _log.warning("Activity %d is parked: %s.", kept.sequence, error)
            await self._kept.park(kept.sequence, reason=error)
            return
        until = self._clock.now() + SCHEDULE[attempts - 1]
        await self._kept.postpone(kept.sequence, attempts=attempts, until=until, reason=reason)

    async def _object(self, activity: Activity, sender: RemoteActor) -> Object | None:
        """The object as its own origin gives it; see `Heard.object`. Raises: FederationError."""
        embedded = activity.object if isinstance(activity.object, Object) else None
        if isinstance(activity, Create | Update):
            if embedded and _speaks_for(sender, embedded):
                return embedded
            return await self._fetched(activity)
        if isinstance(activity, Announce):
            return await self._fetched(activity)
        if embedded and (_shares_origin(embedded.id, sender.id) or self._is_ours(embedded.id)):
            return embedded
        return None

    async def _fetched(self, activity: Activity) -> Object | None:
        url = object_id(activity)
        if url is None or self._is_ours(url):
            return None
        found = read(await self._fetch.document(url))
        return found if _shares_origin(found.id, url) else None

    def _is_ours(self, url: str | None) -> bool:
        return _shares_origin(url, self._origin)


def _speaks_for(sender: RemoteActor, embedded: Object) -> bool:
    """Whether the sender's word is enough for this object: his own, of his own origin."""
    if isinstance(embedded, Actor):
        return embedded.id == sender.id
    written_by_him = not embedded.attributed_to or sender.id in embedded.attributed_to
    return _shares_origin(embedded.id, sender.id) and written_by_him


def _shares_origin(url: str | None, other: str) -> bool:
    return url is not None and same_origin(url, other)


def _kind_of(about: Object | None, activity: Activity) -> type[Object] | None:
    """The kind by which a listener is found: the object's own, else what the sender calls it."""
    if about is not None:
        return type(about)
    return type(activity.object) if isinstance(activity.object, Object) else None


def _landing(
    flying: dict[int, asyncio.Task[None]], sequence: int, wake: asyncio.Event
) -> Callable[[asyncio.Task[None]], None]:
    def landed(_: asyncio.Task[None]) -> None:
        del flying[sequence]
        wake.set()

    return landed
