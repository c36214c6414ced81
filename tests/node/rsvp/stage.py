"""A database with an event, and people who answer to it at a given time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import node.app  # noqa: F401  every room hears what happens
from node.community import actions as community_actions
from node.context import Context
from node.events import actions as events_actions
from node.events import store as events_store
from node.events.draft import read_draft
from node.events.model import Event
from node.rsvp import actions, store
from node.rsvp.model import Answer, Door, Participation
from node.storage.database import Database, Transaction
from node.storage.outbox import StoredOutbox
from node.urls import Urls
from tests.support.nodes import EVENT, community

T = TypeVar("T")
URLS = Urls("https://wien.example", "wien")
START = datetime(2026, 12, 5, 12, 0, tzinfo=UTC)


class Stage:
    """One event; `now` is what the clock shows, and moves on by a minute with each word."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = START
        self.event: Event

    async def act(self, work: Callable[[Context], Awaitable[T]]) -> T:
        async def transaction(tx: Transaction) -> T:
            return await work(Context(tx=tx, now=self.now, urls=URLS, outbox=StoredOutbox(tx)))

        return await self.database.write(transaction)

    async def publish(self, **changes: Any) -> Event:
        draft = read_draft({**EVENT, **changes}, language="de", timezone="Europe/Vienna")
        self.event = await self.act(lambda context: events_actions.publish(context, draft))
        return self.event

    async def edit(self, **changes: Any) -> None:
        event = await self.present()
        draft = replace(event.draft, **changes)
        await self.act(lambda context: events_actions.update(context, event.id, draft))

    async def present(self) -> Event:
        found = await self.database.read(lambda tx: events_store.find(tx, self.event.id))
        assert found is not None
        return found

    async def says(
        self,
        party: str,
        answer: Answer = Answer.YES,
        *,
        door: Door = Door.WEB,
        at: datetime | None = None,
        **more: Any,
    ) -> Participation:
        self.now += timedelta(minutes=1)
        when = at or self.now
        return await self.act(
            lambda context: actions.answer(
                context, self.event.id, party=party, answer=answer, door=door, at=when, **more
            )
        )

    async def leaves(self, party: str, at: datetime | None = None) -> Participation | None:
        self.now += timedelta(minutes=1)
        when = at or self.now
        return await self.act(
            lambda context: actions.withdraw(context, self.event.id, party=party, at=when)
        )

    async def seats(self) -> dict[str, str]:
        """Party to seat, in order of place."""
        found = await self.database.read(lambda tx: store.of_event(tx, self.event.id))
        return {one.party: one.seat.value for one in found}

    async def find(self, party: str) -> Participation:
        found = await self.database.read(lambda tx: store.find(tx, self.event.id, party))
        assert found is not None
        return found


async def staged(database: Database, **event: Any) -> Stage:
    """A stage with an event of these properties."""
    stage = Stage(database)
    await stage.act(lambda context: community_actions.found(context, community()))
    await stage.publish(**event)
    return stage
