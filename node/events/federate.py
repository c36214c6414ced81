"""What leaves because of an event: to those who follow the community, and to calendar servers."""

from __future__ import annotations

import orjson

from activitypub.names import PUBLIC
from federation.outward import outbox
from federation.ports import Destination
from node.community.federate import activity_of, follower_inboxes
from node.context import Context
from node.events import store
from node.events.actions import EventCancelled, EventChanged, EventDeleted, EventPublished
from node.events.document import (
    cancellation_note,
    event_document,
    note_tombstone,
    tombstone,
)
from node.events.model import Event
from node.happenings import happenings


@happenings.on(EventPublished)
async def send_create(context: Context, fact: EventPublished) -> None:
    """`Create` by the community to its followers, `Announce` by the relay to its own.

    Nobody gets both: Mastodon would show the event twice (platforms: b.1.3).
    """
    document = await _keep_document(context, fact.event)
    activity = activity_of(context, "Create", document)
    followers = await follower_inboxes(context, context.urls.community)
    await store.set_create_id(context.tx, fact.event.id, _short(str(activity["id"])))
    await _put(context, fact.event, activity, followers)
    await _announce(context, fact.event, followers)


@happenings.on(EventChanged)
async def send_update(context: Context, fact: EventChanged) -> None:
    """`Update` with an id of its own to all who follow the community or the relay."""
    document = await _keep_document(context, fact.event)
    activity = activity_of(context, "Update", document)
    await _put(context, fact.event, activity, await _holders(context))


@happenings.on(EventCancelled)
async def send_cancellation(context: Context, fact: EventCancelled) -> None:
    """`Update` with both status fields, and a note in reply for those who overlook it."""
    event = fact.event
    await send_update(context, EventChanged(event))
    note_id = context.new_id()
    note = cancellation_note(event, note_id, context.urls)
    await store.add_note(context.tx, note_id, event.id, orjson.dumps(note), context.now)
    activity = activity_of(context, "Create", note)
    await _put(context, event, activity, await follower_inboxes(context, context.urls.community))


@happenings.on(EventDeleted)
async def send_delete(context: Context, fact: EventDeleted) -> None:
    """`Delete` with a Tombstone to everybody who may ever have got the event."""
    event = fact.event
    document = tombstone(event, context.urls)
    await store.set_document(context.tx, event.id, orjson.dumps(document))
    holders = await follower_inboxes(context, *context.urls.actors())
    await outbox.erase(
        context.outbox,
        activity_of(context, "Delete", document),
        object_id=context.urls.event(event.id),
        destinations=holders,
        now=context.now,
    )
    await _delete_notes(context, event, holders)


async def _delete_notes(context: Context, event: Event, holders: list[Destination]) -> None:
    """What we said about the event repeats its words, so it goes along, wherever it went."""
    asked = await context.outbox.attempted(context.urls.event(event.id))
    for note_id in await store.notes_of(context.tx, event.id):
        document = note_tombstone(event, note_id, context.urls)
        await store.set_note(context.tx, note_id, orjson.dumps(document))
        await _put(context, event, activity_of(context, "Delete", document), [*holders, *asked])


async def _keep_document(context: Context, event: Event) -> dict[str, object]:
    document = event_document(event, context.urls)
    await store.set_document(context.tx, event.id, orjson.dumps(document))
    return document


async def _put(
    context: Context, event: Event, activity: dict[str, object], to: list[Destination]
) -> None:
    await outbox.put(
        context.outbox,
        activity,
        object_id=context.urls.event(event.id),
        destinations=to,
        now=context.now,
    )


async def _announce(context: Context, event: Event, followers: list[Destination]) -> None:
    reached = {one.inbox for one in followers}
    calendars = [
        one
        for one in await follower_inboxes(context, context.urls.relay)
        if one.inbox not in reached
    ]
    activity = {
        **activity_of(context, "Announce", {}),
        "actor": context.urls.relay,
        "cc": [context.urls.collection(context.urls.relay, "followers")],
        "to": [PUBLIC],
        "object": context.urls.event(event.id),
    }
    await _put(context, event, activity, calendars)


async def _holders(context: Context) -> list[Destination]:
    """Present followers of the community and of the relay."""
    return await follower_inboxes(context, *context.urls.actors())


def _short(activity_id: str) -> str:
    return activity_id.rsplit("/", 1)[1]
