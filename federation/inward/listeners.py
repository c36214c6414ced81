"""Who hears what: functions registered for a pair of activity and object classes."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Final, Generic, TypeAlias, TypeVar

from activitypub.activities import Activity
from activitypub.objects import Object
from federation.ports import Kept, RemoteActor

C = TypeVar("C")
T = TypeVar("T", bound=Object)
Pair: TypeAlias = tuple[type[Activity], type[Object] | None]


class Ignored(Exception):
    """A listener declines what it heard; `reason` is a kebab-case slug for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The listener declined the activity: {reason}.")
        self.reason = reason


class NotMine(Ignored):
    """A listener leaves what it heard to the next in line; it has changed nothing."""


class Undecided(Exception):
    """The word at hand does not decide: the object's own origin must be asked.

    The listener is then called again with what the origin says, and `Heard.fresh` set; what it did
    before is undone.
    """


class ListenerTaken(Exception):
    """Two functions were registered for one pair and rank: the program is wrong and must not
    start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One believed activity, ready to be acted upon.

    `object` comes from its own origin: embedded by a sender of that origin, or fetched from where
    its id points. When the activity is about something of ours (`Accept` of our `Follow`) it is the
    echo that the sender embedded: trust its id, nothing else. None when only an id is known. For a
    `Move` it is the target.
    An embedded object names its author; whether that is also the author of the *stored* one is for
    the listener to compare. `fresh` says that the origin was asked just now.
    """

    kept: Kept
    activity: Activity
    object: Object | None
    sender: RemoteActor
    fresh: bool = False


Listener: TypeAlias = Callable[[C, Heard], Awaitable[None]]
LAST: Final = 100
"""The rank of whoever takes what nobody before wanted."""


class Listeners(Generic[C]):
    """A table of listeners; `C` is the type of the context that the host hands to them."""

    def __init__(self) -> None:
        self._table: dict[Pair, dict[int, Listener[C]]] = {}

    def on(
        self, activity: type[Activity], about: type[Object] | None = None, *, rank: int = LAST
    ) -> Callable[[Listener[C]], Listener[C]]:
        """A decorator that registers a listener; without `about`, the class of the
        activity's object, it hears any.

        Of several for one pair the one of the lowest rank is asked first; what it answers with
        `NotMine` goes to the next. Raises: ListenerTaken.
        """

        def register(listener: Listener[C]) -> Listener[C]:
            pair = (activity, about)
            ranks = self._table.setdefault(pair, {})
            if rank in ranks:
                raise ListenerTaken(f"{_pair_name(pair)} is heard by {_name(ranks[rank])}.")
            ranks[rank] = listener
            return listener

        return register

    def find(self, activity: type[Activity], about: type[Object] | None) -> tuple[Listener[C], ...]:
        """Who is asked, in this order: by rank, and within one rank the nearest first: up the
        activity's classes, and for each up the object's classes.

        `about` None means an object of unknown kind, heard only by who hears any.
        """
        kinds: list[type[Object] | None] = [*_line(about, Object), None] if about else [None]
        pairs = [(heard, kind) for heard in _line(activity, Activity) for kind in kinds]
        found = [
            (rank, near, listener)
            for near, pair in enumerate(pairs)
            for rank, listener in self._table.get(pair, {}).items()
        ]
        return tuple(listener for _, _, listener in sorted(found, key=itemgetter(0, 1)))

    def hears(self, activity: type[Activity]) -> bool:
        """Whether anybody listens to this activity, whatever its object."""
        line = _line(activity, Activity)
        return any(heard in line for heard, _ in self._table)

    def table(self) -> list[tuple[str, str, str, str, str]]:
        """Rows of (activity, object, function, module, first line of its docstring), sorted.

        The object is "any" for listeners that hear any.
        """
        return sorted(
            (
                activity.__name__,
                about.__name__ if about else "any",
                _name(listener),
                listener.__module__,
                (inspect.getdoc(listener) or "").partition("\n")[0],
            )
            for (activity, about), ranks in self._table.items()
            for listener in ranks.values()
        )


def _line(kind: type[Object], top: type[T]) -> list[type[T]]:
    return [each for each in kind.__mro__ if issubclass(each, top)]


def _name(listener: Listener[C]) -> str:
    return getattr(listener, "__name__", repr(listener))


def _pair_name(pair: Pair) -> str:
    activity, about = pair
    return f"{activity.__name__} of {about.__name__ if about else 'any'}"
