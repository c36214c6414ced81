"""In which lane an activity waits, in which turn, and for how long."""

from __future__ import annotations

from datetime import timedelta
from enum import IntEnum
from typing import Final

from federation.ports import Outgoing

ACTOR_UPDATE: Final = "Update:actor"
"""The kind kept for an Update whose object is its own actor: it is held as long as a Delete."""

HELD_LONG: Final = frozenset({"Delete", "Undo", "Block", "Remove", "Reject", "Move", ACTOR_UPDATE})
"""What a peer must learn even after a long absence."""

FOR_FOLLOWERS: Final = frozenset({"Create", "Update", "Announce", "Accept"})
"""What nobody need hear any more who does not follow; what is taken back must still be heard, and
so must what we ask of her ourselves."""

_OVERTAKING: Final = frozenset({"Delete", "Undo", "Block", "Remove", "Reject"})


class Turn(IntEnum):
    """The order within one host, as far as the lanes allow; the lower goes first."""

    BARRIER = 0
    ERASURE = 1
    CONTENT = 2


def turn_of(activity: Outgoing) -> Turn:
    """An Update that announces a key goes before all, what takes something back before the rest."""
    if activity.announces_key is not None:
        return Turn.BARRIER
    return Turn.ERASURE if activity.kind in _OVERTAKING else Turn.CONTENT


def lane_of(activity: Outgoing, host: str) -> str:
    """The lane at this host: within it, in order. An actor's own Delete has one of its own."""
    name = activity.id if activity.erases_its_actor else activity.object_id
    return f"{host} {name}"


def held(kind: str) -> timedelta:
    """For how long an activity of this kind is kept for an absent peer."""
    return timedelta(days=90 if kind in HELD_LONG else 14)
