"""What every door of a running node has at hand: its parts, joined once by `node.app`."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from aiohttp import web

from federation.counting import Counters
from federation.followers.synchronising import Synchroniser
from federation.inward.inbox import Inbox
from federation.network.client import Client
from federation.network.fetch import Fetcher
from federation.network.sending import Sender
from federation.policy import RuleBook
from federation.ports import Handled, Keyring
from federation.trust.actors import RemoteActors
from federation.trust.discovery import Discovery
from federation.trust.interaction import Ways
from federation.trust.readers import Readers
from keys.vault import Vault
from node import once
from node.config import Config
from node.context import Context
from node.storage.database import Database, Transaction
from node.storage.inbox import handled
from node.storage.outbox import StoredOutbox
from node.turns import Turns
from node.urls import Urls
from node.web.render import Renderer

T = TypeVar("T")


class SystemClock:
    """The machine's clock: the only place where the node reads it."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


class OwnKeys(Keyring, Protocol):
    """The node's own keys, and the vault in which they are sealed."""

    @property
    def vault(self) -> Vault:
        """The vault that seals with the newest master key."""

    async def refresh(self) -> None:
        """Read keys and master key again."""


def _released() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass(slots=True, kw_only=True)
class Node:
    """The parts of one node. `act` changes something, `look` only reads.

    `released` is not set while nothing may leave or come in, after a restore; `touched` is when it
    was last tried whether the database takes writes, in seconds of the loop. An activity that is
    sent to an inbox has `body_seconds` to arrive in (security: G09).
    """

    config: Config
    database: Database
    clock: SystemClock
    urls: Urls
    keyring: OwnKeys
    client: Client
    sender: Sender
    fetcher: Fetcher
    actors: RemoteActors
    discovery: Discovery
    ways: Ways
    inbox: Inbox
    policy: RuleBook
    readers: Readers
    synchroniser: Synchroniser
    renderer: Renderer
    started: datetime
    counters: Counters = field(default_factory=Counters)
    courier_wake: asyncio.Event = field(default_factory=asyncio.Event)
    intake_wake: asyncio.Event = field(default_factory=asyncio.Event)
    workers: list[asyncio.Task[None]] = field(default_factory=list)
    touched: float = -math.inf
    body_seconds: float = 30.0
    released: asyncio.Event = field(default_factory=_released)
    picture_turns: Turns = field(default_factory=Turns)
    erasing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def act(self, work: Callable[[Context], Awaitable[T]]) -> T:
        """What `work` returns, once all it did is durable; then what must leave is on its way."""

        mark = once.present()

        async def transaction(tx: Transaction) -> T:
            if mark is not None:
                await once.keep(tx, mark, self.clock.now())
            return await work(self._context(tx))

        result = await self.database.write(transaction)
        if mark is not None:
            mark.kept = True
        self.courier_wake.set()
        return result

    async def look(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """What `work` reads, all of it from one moment."""
        return await self.database.read(work)

    async def perform(self, work: Callable[[Context, Handled], Awaitable[None]]) -> None:
        """Let a listener work: its effects and the mark that it was done in one transaction."""

        async def transaction(tx: Transaction) -> None:
            await work(self._context(tx), handled(tx))

        await self.database.write(transaction)
        self.courier_wake.set()

    def _context(self, tx: Transaction) -> Context:
        return Context(tx=tx, now=self.clock.now(), urls=self.urls, outbox=StoredOutbox(tx))


NODE = web.AppKey("node", Node)
"""Where a request finds the node."""
