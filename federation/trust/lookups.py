"""How often strangers can make us ask for actors and keys: by naming them, for nothing."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from activitypub.errors import UrlRefused
from activitypub.identity import host_of
from federation.errors import AddressRefused, FederationError, TooManyNew
from federation.ports import Clock, RemoteActor
from federation.remembering import Remembered

Ask: TypeAlias = Callable[[], Awaitable[RemoteActor]]

PAUSE: Final = timedelta(minutes=5)
NEW_PER_DOMAIN_AND_MINUTE: Final = 200
_MINUTE: Final = timedelta(minutes=1)
_CAPACITY: Final = 8192
# Below these, names are given out to strangers: their owners are one label further down.
_SHARED_SECOND: Final = frozenset({"ac", "co", "com", "edu", "gob", "gov", "net", "or", "org"})


@dataclass(frozen=True, slots=True)
class _Outcome:
    trouble: FederationError | None


class Lookups:
    """A pause for each thing that was asked for, a budget of new actors for each domain."""

    def __init__(self, clock: Clock) -> None:
        self._outcomes: Remembered[_Outcome] = Remembered(clock, _CAPACITY)
        self._under_way: dict[str, asyncio.Task[RemoteActor]] = {}
        self._new: Remembered[list[int]] = Remembered(clock, _CAPACITY)

    async def once(self, what: str, ask: Ask) -> RemoteActor | None:
        """What `ask` brings; None when it was asked for within 5 minutes.

        Who asks while another does gets the same answer. Trouble is remembered and raised again for
        5 minutes, for 1 where the same may succeed later.
        Raises: FederationError.
        """
        task = self._under_way.get(what)
        if task is None:
            before = self._outcomes.get(what)
            if before is not None and before.trouble is not None:
                raise before.trouble.with_traceback(None)
            if before is not None:
                return None
            task = asyncio.create_task(self._remembering(what, ask))
            self._under_way[what] = task
            task.add_done_callback(lambda done: self._landed(what, done))
        # One of several who wait may be cancelled; the others still get their answer.
        return await asyncio.shield(task)

    async def _remembering(self, what: str, ask: Ask) -> RemoteActor:
        try:
            found = await ask()
        except FederationError as error:
            self._outcomes.put(what, _Outcome(error), _MINUTE if error.retry else PAUSE)
            raise
        self._outcomes.put(what, _Outcome(None), PAUSE)
        return found

    def _landed(self, what: str, task: asyncio.Task[RemoteActor]) -> None:
        del self._under_way[what]
        if not task.cancelled():
            # Looked at even when nobody waits any more, or asyncio complains.
            task.exception()

    def count_new(self, url: str) -> None:
        """One more actor that was never heard of. Raises: TooManyNew, AddressRefused."""
        domain = registrable(url)
        count = self._new.get(domain)
        if count is None:
            count = [0]
            self._new.put(domain, count, _MINUTE)
        if count[0] >= NEW_PER_DOMAIN_AND_MINUTE:
            raise TooManyNew("Too many unknown actors of this domain came within a minute.")
        count[0] += 1


def registrable(url: str) -> str:
    """The part of the host that somebody has to buy, roughly: sub-domains cost nothing.

    Two labels, three below names such as `co.uk`; addresses in figures keep their port.
    Raises: AddressRefused.
    """
    try:
        host = host_of(url)
    except UrlRefused as error:
        raise AddressRefused("This is not an address that can be asked.") from error
    name = urlsplit(f"//{host}").hostname or ""
    if _is_figures(name):
        return host
    labels = name.split(".")
    shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED_SECOND
    return ".".join(labels[-3 if shared else -2 :])


def _is_figures(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
