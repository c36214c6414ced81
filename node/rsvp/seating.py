"""Free places go to those who wait, in the order in which they came."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from node.context import Context
from node.events import store as events_store
from node.events.actions import EventChanged
from node.events.model import Event, JoinMode
from node.happenings import happenings
from node.moderation.actions import ActorGone
from node.rsvp import store
from node.rsvp.model import NotPossible, Participation, Seat, check_open, free_seats, seat_for

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody's word was taken, or decided upon; `promoted`: she waited and has a place now.

    `before` and `after` may have the same seat: she said the same once more. `at_home`: her own
    server said it for her, so it knows.
    """

    event: Event
    before: Participation | None
    after: Participation
    promoted: bool
    at_home: bool = False


async def fill(context: Context, event: Event) -> None:
    """Give every free place to the first who waits, and keep how many come."""
    going = (await store.counts(context.tx, event.id)).going
    if _is_open(context, event):
        free = free_seats(event, going)
        limit = _AT_ONCE if free is None else min(free, _AT_ONCE)
        for waiting in await store.first_of(context.tx, event.id, Seat.WAITING, limit):
            await _move(context, event, waiting, Seat.GOING, promoted=True)
            going += 1
    await events_store.set_going(context.tx, event.id, going)


@happenings.on(EventChanged)
async def seat_again(context: Context, fact: EventChanged) -> None:
    """More places, or no more asking: whoever can come now is told so. Nobody is thrown out."""
    event = fact.event
    await store.take_turn(context.tx, event.id)
    if event.draft.join is JoinMode.FREE and _is_open(context, event):
        for asking in await store.first_of(context.tx, event.id, Seat.ASKED, _AT_ONCE):
            await _seat_asking(context, event, asking)
    await fill(context, event)


async def forget_event(context: Context, event_id: str) -> None:
    """Whoever took part in an event that is no more is forgotten."""
    await store.remove_event(context.tx, event_id)
    await events_store.set_going(context.tx, event_id, 0)


@happenings.on(ActorGone)
async def forget_actor(context: Context, fact: ActorGone) -> None:
    """An actor that is no more takes no place."""
    for one in await store.of_actor(context.tx, fact.actor):
        await store.take_turn(context.tx, one.event)
        await store.remove(context.tx, one.id)
        if event := await events_store.find(context.tx, one.event):
            await fill(context, event)


async def _seat_asking(context: Context, event: Event, asking: Participation) -> None:
    going = (await store.counts(context.tx, event.id)).going
    try:
        seat = seat_for(event, going)
    except NotPossible:
        seat = Seat.WAITING  # she asked before the event was full for good: she may stay in line
    await _move(context, event, asking, seat, promoted=False)


async def _move(
    context: Context, event: Event, one: Participation, seat: Seat, *, promoted: bool
) -> None:
    after = replace(one, seat=seat, changed=context.now)
    await store.set_seat(context.tx, after)
    await context.tell(Answered(event=event, before=one, after=after, promoted=promoted))


def _is_open(context: Context, event: Event) -> bool:
    try:
        check_open(event, context.now)
    except NotPossible:
        return False
    return True
