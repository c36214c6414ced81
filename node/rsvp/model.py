"""Who takes part in an event: answers, seats and their rules; no IO."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from node.errors import Conflict
from node.events.model import Event, JoinMode, State

LONGEST_NAME: Final = 60
LONGEST_WORDS: Final = 500
LONGEST_REASON: Final = 500


class Answer(Enum):
    """What somebody says to an invitation."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


class Seat(Enum):
    """What became of an answer."""

    GOING = "going"
    WAITING = "waiting"
    MAYBE = "maybe"
    ASKED = "asked"
    DECLINED = "declined"
    REFUSED = "refused"
    LEFT = "left"


class Door(Enum):
    """The way by which somebody answered."""

    WEB = "web"
    MEMBER = "member"
    JOIN = "join"
    FRIENDICA = "friendica"
    POLL = "poll"
    REPLY = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """One person and one event. `party` is one key per person, whatever the door.

    `place` is the order of arrival; `heard_at` the time of her last word as she said it, `changed`
    when it was taken; `activity_id` is what that word came with; `told` the seat that her server
    was told last; `words` what she wrote to the organisers, who give `reason` when they refuse.
    """

    id: str
    event: str
    party: str
    actor: str | None = None
    inbox: str | None = None
    name: str | None = None
    language: str | None = None
    door: Door
    answer: Answer
    seat: Seat
    place: int
    reason: str | None = None
    words: str | None = None
    activity_id: str | None = None
    told: Seat | None = None
    since: datetime
    changed: datetime
    heard_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many take part; the only thing that is ever told to others."""

    going: int = 0
    waiting: int = 0
    maybe: int = 0


class NotPossible(Conflict):
    """This cannot be answered so: `reason` is a slug, the sentence is for the person.

    Slugs: full, ended, cancelled, deleted, external, no-rsvp, refused, crowded.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def check_open(event: Event, now: datetime) -> None:
    """Raises: NotPossible when nobody can answer to this event any more."""
    if event.state is State.DELETED:
        raise NotPossible("deleted", "This event was deleted.")
    if event.cancelled:
        raise NotPossible("cancelled", "This event was cancelled.")
    if event.draft.end <= now:
        raise NotPossible("ended", "This event is over.")


def check_joinable(event: Event) -> None:
    """Raises: NotPossible where places are not given here."""
    if event.draft.join is JoinMode.NONE:
        raise NotPossible("no-rsvp", "You do not need to sign up for this event. Just come.")
    if event.draft.join is JoinMode.EXTERNAL:
        raise NotPossible("external", "Please sign up for this event on its other website.")


def free_seats(event: Event, going: int) -> int | None:
    """How many places are left, never below 0; None where there is no limit."""
    capacity = event.draft.capacity
    return None if capacity is None else max(0, capacity - going)


def seat_for(event: Event, going: int) -> Seat:
    """Where somebody sits who may come. Raises: NotPossible without a free place or a list."""
    if free_seats(event, going) != 0:
        return Seat.GOING
    if event.draft.waitlist:
        return Seat.WAITING
    raise NotPossible("full", "All places are taken, and there is no waiting list.")
