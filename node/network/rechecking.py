"""Looking again at what others have planned: an `Update` or `Delete` that got lost is no harm then.

Some servers send everything once and never again. So the events of the next two weeks are asked
for at their origin once a day.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from activitypub.addressing import is_public
from activitypub.objects import Event, Object, Tombstone
from activitypub.registry import read
from federation.errors import FederationError, Gone, NotFound
from federation.network.fetch import Fetcher
from federation.ports import Clock
from node.context import Context
from node.network import actions, past_store, store
from node.network.backfilling import Act, Look
from node.network.understanding import author_of, remote_thing

AHEAD: Final = timedelta(days=14)
PAUSE: Final = timedelta(days=1)
MOST: Final = 40
"""So many in one round, and of one host `OF_ONE_HOST`: the others wait for the next."""
OF_ONE_HOST: Final = 10


class Rechecker:
    """Asks for events again at their own origin."""

    def __init__(self, look: Look, act: Act, fetcher: Fetcher, clock: Clock) -> None:
        self._look = look
        self._act = act
        self._fetcher = fetcher
        self._clock = clock

    async def round(self, stop: asyncio.Event | None = None) -> int:
        """How many events were looked at; one after another, until `stop` is set."""
        now, hosts, looked = self._clock.now(), Counter[str](), 0
        for event_id in await self._look(
            lambda tx: past_store.unchecked(tx, now, ahead=AHEAD, pause=PAUSE, limit=MOST)
        ):
            host = urlsplit(event_id).netloc
            hosts[host] += 1
            if stop is not None and stop.is_set():
                break
            if hosts[host] <= OF_ONE_HOST:
                await self._again(event_id)
                looked += 1
        return looked

    async def _again(self, event_id: str) -> None:
        found: Object | None = None
        gone, unknown = False, False
        try:
            found = read((await self._fetcher.document(event_id, fresh=True)).document)
        except Gone:
            gone = True
        except NotFound:
            unknown = True
        except FederationError:
            # Not to be had today: what we hold stays as it is.
            pass
        if gone or isinstance(found, Tombstone):
            await self._act(lambda context: bury(context, event_id))
        elif unknown:
            await self._act(lambda context: forget(context, event_id))
        else:
            await self._act(lambda context: renew(context, event_id, found))


async def renew(context: Context, event_id: str, found: Object | None) -> None:
    """Take the event as its origin has it now; one that is not public any more is dropped."""
    held = await store.find(context.tx, event_id)
    await past_store.note_checked(context.tx, [event_id], context.now)
    if held is None or not isinstance(found, Event) or found.id != event_id:
        return
    if author_of(found) not in (None, held.author):
        return
    if not is_public(found):
        await actions.drop(context, event_id, held.author)
        return
    fresh = remote_thing(found, held.author, context.now)
    # What the origin says today is not older than what we hold, whatever it has for a date.
    updated = max(fresh.updated, held.updated)
    await actions.take_in(
        context,
        replace(fresh, author_name=held.author_name, shared_by=held.shared_by, updated=updated),
    )


async def bury(context: Context, event_id: str) -> None:
    """Its origin says that it is gone for good."""
    held = await store.find(context.tx, event_id)
    if held is not None:
        await actions.drop(context, event_id, held.author)


async def forget(context: Context, event_id: str) -> None:
    """Its origin does not know it (404): dropped, and welcome should it come again."""
    held = await store.find(context.tx, event_id)
    if held is not None:
        await past_store.forget(context.tx, event_id, held.author)
