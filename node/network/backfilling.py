"""Reading what somebody published before we followed: once she lets us, and when it is asked for.

Each reading is a row: a node that ends in the midst of it begins it again, and what was taken in
already stays as it is. The network is asked outside of every transaction. Nobody is told of what is
taken in so: it is old.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

import orjson

from activitypub.addressing import is_public
from activitypub.identity import same_origin
from activitypub.objects import Object
from activitypub.registry import read
from federation.errors import FederationError
from federation.network.fetch import Fetcher
from federation.ports import Clock, RemoteActor
from federation.trust.actors import RemoteActors
from federation.trust.history import Bounds, History, Past
from node.context import Context
from node.network import actions, past_store
from node.network.model import Backfill, ReadingState, RemoteThing
from node.network.understanding import CONTENT, author_of, remote_thing
from node.storage.database import Transaction

_log = logging.getLogger(__name__)

Look = Callable[[Callable[[Transaction], Awaitable[Any]]], Awaitable[Any]]
Act = Callable[[Callable[[Context], Awaitable[Any]]], Awaitable[Any]]

SECONDS: Final = 60.0
"""No reading takes longer; what was read by then counts."""
PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=2))
"""After trouble that may pass; after the last it has failed."""
_AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ending:
    state: ReadingState
    outcome: str
    found: int = 0
    kept: int = 0
    again: timedelta | None = None


class Backfiller:
    """Reads the past of those whom we follow."""

    def __init__(
        self,
        look: Look,
        act: Act,
        fetcher: Fetcher,
        actors: RemoteActors,
        clock: Clock,
        bounds: Bounds | None = None,
    ) -> None:
        self._look = look
        self._act = act
        self._fetcher = fetcher
        self._actors = actors
        self._clock = clock
        self._bounds = bounds

    async def step(self) -> bool:
        """Read one past whose turn it is; whether there was one."""
        now = self._clock.now()
        actor = await self._look(lambda tx: past_store.due(tx, now))
        return actor is not None and await self.read(actor) is not None

    async def read(self, actor_id: str) -> Backfill | None:
        """The reading of this actor's past, done now; None if another has it in hand."""
        if not await self._act(lambda context: _claimed(context, actor_id)):
            return None
        ending = await self._read(actor_id)
        return await self._act(lambda context: _ended(context, actor_id, ending))  # type: ignore[no-any-return]

    async def _read(self, actor_id: str) -> _Ending:
        history = History(self._fetcher, self._bounds)
        try:
            actor = await self._actors.actor(actor_id)
            await _in_time(history, orjson.loads(actor.document))
        except FederationError as error:
            return await self._hindered(actor_id, error)
        kept = await self._take_in(actor, history)
        return _Ending(
            state=ReadingState.DONE, outcome=history.outcome, found=len(history.found), kept=kept
        )

    async def _hindered(self, actor_id: str, error: FederationError) -> _Ending:
        held = await self._look(lambda tx: past_store.find(tx, actor_id))
        attempts = held.attempts if held else len(PAUSES)
        if not error.retry or attempts >= len(PAUSES):
            return _Ending(state=ReadingState.FAILED, outcome=error.reason)
        pause = PAUSES[attempts - 1]
        return _Ending(state=ReadingState.WAITING, outcome=error.reason, again=pause)

    async def _take_in(self, actor: RemoteActor, history: History) -> int:
        """How many things were new to us; the oldest come first, a few in each transaction."""
        things = [
            thing
            for past in history.found.values()
            if (thing := past_thing(past, actor, self._clock)) is not None
        ]
        things.sort(key=lambda thing: (thing.published, thing.id))
        kept = 0
        for first in range(0, len(things), _AT_ONCE):
            some = things[first : first + _AT_ONCE]
            kept += await self._act(lambda context, some=some: take_in(context, actor.id, some))  # type: ignore[misc]
        return kept


async def _in_time(history: History, actor: Mapping[str, Any]) -> None:
    try:
        async with asyncio.timeout(SECONDS):
            await history.read(actor)
    except TimeoutError:
        history.outcome = "bounds"


def past_thing(past: Past, actor: RemoteActor, clock: Clock) -> RemoteThing | None:
    """What is kept of something past: None for what is not public, no content, an answer to
    somebody, or said in the name of an actor elsewhere. It counts as come when it was published.
    """
    found = read(dict(past.document))
    if not isinstance(found, CONTENT) or not is_public(found) or not found.id or _answers(found):
        return None
    author = author_of(found) or actor.id
    if not same_origin(author, found.id):
        return None
    thing = remote_thing(found, author, clock.now())
    own = author == actor.id
    return replace(
        thing,
        received=thing.published,
        shared_by=None if own else actor.id,
        author_name=actor.name if own else author,
    )


def _answers(found: Object) -> bool:
    return bool(getattr(found, "in_reply_to", None))


async def take_in(context: Context, actor: str, things: list[RemoteThing]) -> int:
    """Keep these things as long as we follow the actor; how many were new to us."""
    if not await actions.follows(context, actor):
        return 0
    kept = 0
    for thing in things:
        known = await actions.is_held(context, thing.id)
        taken = await actions.take_in(context, thing)
        kept += taken and not known
    await past_store.note_checked(context.tx, [thing.id for thing in things], context.now)
    return kept


async def _claimed(context: Context, actor: str) -> bool:
    if not await actions.follows(context, actor):
        await past_store.drop(context.tx, actor)
        return False
    return await past_store.claim(context.tx, actor, context.now)


async def _ended(context: Context, actor: str, ending: _Ending) -> Backfill | None:
    again = context.now + ending.again if ending.again else None
    await past_store.end(
        context.tx,
        actor,
        ending.state,
        ending.outcome,
        found=ending.found,
        kept=ending.kept,
        now=context.now,
        again=again,
    )
    _log.info(
        "The past of somebody whom we follow was read: %s, %s things, %s new.",
        ending.outcome,
        ending.found,
        ending.kept,
    )
    return await past_store.find(context.tx, actor)
