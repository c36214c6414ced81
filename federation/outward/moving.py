"""An inbox that answers no more: its actor is asked whether it is gone or lives elsewhere."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Final, Protocol

from activitypub.errors import UrlRefused
from activitypub.identity import host_of
from federation.errors import FederationError, Gone
from federation.ports import Clock, Delivery, DeliveryLog, Destination, RemoteActor
from federation.remembering import Remembered

_PAUSE: Final = timedelta(hours=24)


class Whereabouts(Protocol):
    """Actors as their own origins serve them."""

    async def actor(self, actor_id: str, *, fresh: bool = False) -> RemoteActor:
        """The actor, fetched in any case when `fresh`. Raises: FederationError."""


class Finding(Enum):
    """What came of asking."""

    NOBODY = "nobody"
    STAYS = "stays"
    GONE = "gone"
    MOVED = "moved"


class Seeker:
    """Asks the actors behind an inbox, once a day at most; what they say is kept at once."""

    def __init__(self, log: DeliveryLog, actors: Whereabouts, clock: Clock) -> None:
        self._deliveries = log
        self._actors = actors
        self._clock = clock
        self._asked: Remembered[bool] = Remembered(clock)

    async def seek(self, delivery: Delivery, reason: str) -> Finding:
        """What became of the inbox of a delivery: NOBODY when no actor that we know has it.

        GONE ended the relations of actors whose origin answered 410; MOVED let what waits for the
        inbox go to where the actor now is.
        """
        inbox = delivery.inbox
        if self._asked.get(inbox):
            return Finding.STAYS
        actors = await self._deliveries.behind(inbox)
        if not actors:
            return Finding.NOBODY
        self._asked.put(inbox, True, _PAUSE)
        shared = len(actors) > 1
        found = [await self._ask(each, delivery, reason, shared) for each in actors]
        for finding in (Finding.MOVED, Finding.STAYS):
            if finding in found:
                return finding
        return Finding.GONE

    async def _ask(self, actor_id: str, delivery: Delivery, reason: str, shared: bool) -> Finding:
        now, inbox = self._clock.now(), delivery.inbox
        try:
            actor = await self._actors.actor(actor_id, fresh=True)
            to = _destination(actor, shared)
        except Gone:
            await self._deliveries.end_follow(actor=actor_id, inbox=inbox, now=now, reason=reason)
            return Finding.GONE
        except (FederationError, UrlRefused):
            # No answer is no answer: it is tried again as before.
            return Finding.STAYS
        if inbox in (actor.inbox, actor.shared_inbox):
            return Finding.STAYS
        await self._deliveries.moved(
            actor=actor_id, inbox=inbox, to=to, sequence=delivery.sequence, now=now
        )
        return Finding.MOVED


def _destination(actor: RemoteActor, shared: bool) -> Destination:
    inbox = actor.shared_inbox if shared and actor.shared_inbox else actor.inbox
    return Destination(inbox=inbox, host=host_of(inbox))
