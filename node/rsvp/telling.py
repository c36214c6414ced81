"""Who takes part from elsewhere hears what becomes of the event, also without following us."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from federation.outward import outbox
from federation.outward.audience import destinations
from federation.ports import Destination
from node.community.federate import activity_of, follower_inboxes
from node.context import Context
from node.events import actions as events_actions
from node.events import store as events_store
from node.events.actions import EventCancelled, EventChanged, EventDeleted
from node.events.document import tombstone
from node.events.federate import document_now
from node.events.model import Event
from node.events.sharing_store import tellers
from node.happenings import happenings
from node.jobs import jobs
from node.rsvp import confirming as confirming  # this and the next hear of a deletion before
from node.rsvp import polls as polls  # those who answered are forgotten
from node.rsvp import seating, store

Json = dict[str, Any]
COUNT_EVERY: Final = timedelta(minutes=3)
"""The numbers of an event go out at most so often, however many answer."""
_AT_ONCE: Final = 20


@jobs.every(COUNT_EVERY)
async def tell_counts(context: Context) -> None:
    """One `Update` for each event to which the number of those who come has changed since."""
    for event_id in await events_store.miscounted(context.tx, context.now, _AT_ONCE):
        await events_actions.recount(context, event_id)


@happenings.on(EventChanged)
async def tell_change(context: Context, fact: EventChanged) -> None:
    """The changed event to the servers of who takes part, where no follower lives."""
    await _tell(context, "Update", fact.event, await document_now(context, fact.event))


@happenings.on(EventCancelled)
async def tell_cancellation(context: Context, fact: EventCancelled) -> None:
    """The cancelled event to the same."""
    await _tell(context, "Update", fact.event, await document_now(context, fact.event))


@happenings.on(EventDeleted)
async def tell_deletion(context: Context, fact: EventDeleted) -> None:
    """The Delete to the same; then nothing of who took part is kept."""
    await _tell(context, "Delete", fact.event, tombstone(fact.event, context.urls))
    await seating.forget_event(context, fact.event.id)


async def _tell(context: Context, kind: str, event: Event, document: Json) -> None:
    address = context.urls.event(event.id)
    # whoever an attempt was begun for gets the Delete of an event in any case
    told = await context.outbox.attempted(address) if kind == "Delete" else []
    if ways := await _others(context, event.id, {each.inbox for each in told}):
        activity = activity_of(context, kind, document)
        await outbox.put(
            context.outbox, activity, object_id=address, destinations=ways, now=context.now
        )


async def _others(context: Context, event_id: str, told: set[str]) -> list[Destination]:
    """The inboxes of who takes part, on servers that do not hear it for a follower."""
    people = await store.reachable(context.tx, event_id)
    ways = destinations((inbox, None, actor) for actor, inbox in people)
    if not ways:
        return []
    holders = await follower_inboxes(context, *await tellers(context.tx, context.urls, event_id))
    hosts = {each.host for each in holders}
    return [each for each in ways if each.host not in hosts and each.inbox not in told]
