"""Which program each server runs that follows us: decides in which form it gets what we share."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from activitypub.identity import host_of, same_origin
from activitypub.nodeinfo import document_link, read
from federation.errors import FederationError
from federation.network.fetch import Fetcher
from federation.ports import Clock
from federation.waiting import first_of
from node.context import Context
from node.ids import stamp
from node.storage.database import Transaction

Act = Callable[[Callable[[Context], Awaitable[None]]], Awaitable[None]]
Look = Callable[[Callable[[Transaction], Awaitable[str | None]]], Awaitable[str | None]]

KNOWN_FOR: Final = timedelta(days=30)
UNKNOWN_FOR: Final = timedelta(days=1)
_PAUSE: Final = 20.0
_JSON: Final = "application/json"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")

_log = logging.getLogger(__name__)


class Learner:
    """Asks the NodeInfo of the servers that follow the community, one at a time."""

    def __init__(self, look: Look, act: Act, fetcher: Fetcher, clock: Clock, actor: str) -> None:
        self._look = look
        self._act = act
        self._fetcher = fetcher
        self._clock = clock
        self._actor = actor

    async def run(self, stop: asyncio.Event) -> None:
        """Learn until `stop` is set; trouble is logged and ends nothing."""
        while not stop.is_set():
            try:
                while not stop.is_set() and await self.step():
                    pass
            except Exception:
                _log.exception("What a server runs could not be kept; tried again later.")
            await first_of(stop, seconds=_PAUSE)

    async def step(self) -> bool:
        """Whether there was a server to ask, which is asked."""
        now = self._clock.now()
        inbox = await self._look(lambda tx: _next(tx, self._actor, now))
        if inbox is None:
            return False
        parts = urlsplit(inbox)
        name = await self._asked(f"{parts.scheme}://{parts.netloc}")
        await self._act(lambda context: _keep(context, host_of(inbox), name))
        return True

    async def _asked(self, origin: str) -> str | None:
        """The name of the program; None when the server does not say."""
        try:
            links = await self._fetcher.json(f"{origin}/.well-known/nodeinfo", _JSON)
            link = document_link(links)
            if link is None or not same_origin(link, origin):
                return None
            name = (read(await self._fetcher.json(link, _JSON)).name or "").lower()
        except FederationError:
            return None
        return name if _NAME.fullmatch(name) else None


async def _next(tx: Transaction, actor: str, now: datetime) -> str | None:
    """The id of a follower whose server is to be asked; None when there is none."""
    rows = await tx.rows(
        "select actor from follower where community = :actor order by since", actor=actor
    )
    known = await tx.rows("select host from peer_software where due_at > :now", now=stamp(now))
    fresh = {row["host"] for row in known}
    return next((row["actor"] for row in rows if host_of(row["actor"]) not in fresh), None)


async def _keep(context: Context, host: str, name: str | None) -> None:
    """What is known stays known while a server does not answer."""
    due = context.now + (KNOWN_FOR if name else UNKNOWN_FOR)
    await context.tx.run(
        "insert into peer_software (host, name, due_at) values (:host, :name, :due) "
        "on conflict (host) do update set name = coalesce(excluded.name, peer_software.name), "
        "due_at = excluded.due_at",
        host=host,
        name=name,
        due=stamp(due),
    )
