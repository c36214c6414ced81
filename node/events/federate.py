"""What leaves because of an event: to those who follow the community, and to calendar servers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from activitypub.names import PUBLIC
from federation.outward import outbox
from federation.ports import Destination
from node.community.federate import activity_of, follower_inboxes
from node.context import Context
from node.events import store
from node.events.actions import (
    EventCancelled,
    EventChanged,
    EventCounted,
    EventDeleted,
    EventPublished,
)
from node.events.document import event_document, note_tombstone, tombstone
from node.events.model import Event, State
from node.events.notices import Change, change_between, notice
from node.events.sharing_store import reached, sharers, tellers
from node.happenings import happenings
from node.ids import moment


@dataclass(frozen=True, slots=True)
class NoticeGiven:
    """The community said in a note that an event is off, or at another time or place."""

    event: Event
    note: str


CORRECTED = timedelta(minutes=30)
"""Within this time a note about a change is corrected instead of followed by another."""


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
async def send_change(context: Context, fact: EventChanged) -> None:
    """`Update` to all, and a note in reply when the time or the place is another."""
    event = fact.event
    before = await _told(context, event)
    after = await _send_update(context, event)
    change = change_between(before, after)
    if change is not None and event.draft.end > context.now:
        await _send_change_notice(context, event, change)


@happenings.on(EventCounted)
async def send_counts(context: Context, fact: EventCounted) -> None:
    """The same `Update`, with new numbers."""
    await _send_update(context, fact.event)


@happenings.on(EventCancelled)
async def send_cancellation(context: Context, fact: EventCancelled) -> None:
    """`Update` with both status fields, and a note in reply for those who overlook it."""
    await _send_update(context, fact.event)
    await _send_notice(context, fact.event, Change.CANCELLED)


@happenings.on(EventDeleted)
async def send_delete(context: Context, fact: EventDeleted) -> None:
    """`Delete` with a Tombstone to everybody who may ever have got the event."""
    event = fact.event
    document = tombstone(event, context.urls)
    await store.set_document(context.tx, event.id, orjson.dumps(document))
    address = context.urls.event(event.id)
    holders = [*await _holders(context, event), *await reached(context.tx, address)]
    await outbox.erase(
        context.outbox,
        activity_of(context, "Delete", document),
        object_id=address,
        destinations=holders,
        now=context.now,
    )
    await _delete_notes(context, event, holders)


async def _send_update(context: Context, event: Event) -> dict[str, Any]:
    """The document, sent as an `Update` with an id of its own to all who follow the community, the
    relay or a channel that shares it."""
    document = await _keep_document(context, event)
    activity = activity_of(context, "Update", document)
    await _put(context, event, activity, await _holders(context, event))
    return document


async def _send_change_notice(context: Context, event: Event, change: Change) -> None:
    """A note of its own; one of a moment ago is corrected, so that nobody gets one for each slip of
    the pen."""
    last = await store.last_notice(context.tx, event.id)
    if last is None or context.now - moment(last[1]) > CORRECTED:
        note_id = await _send_notice(context, event, change)
        await store.set_last_notice(context.tx, event.id, note_id, context.now)
        return
    note_id, published = last
    note = notice(event, change, note_id, moment(published), context.urls)
    await store.set_note(context.tx, note_id, orjson.dumps(note))
    channels = await sharers(context.tx, event.id)
    to = await follower_inboxes(context, context.urls.community, *channels)
    await _put(context, event, activity_of(context, "Update", note), to)


async def _send_notice(context: Context, event: Event, change: Change) -> str:
    note_id = context.new_id()
    note = notice(event, change, note_id, context.now, context.urls)
    await store.add_note(context.tx, note_id, event.id, orjson.dumps(note), context.now)
    followers = await follower_inboxes(context, context.urls.community)
    await _put(context, event, activity_of(context, "Create", note), followers)
    await context.tell(NoticeGiven(event, context.urls.note(note_id)))
    return note_id


async def _told(context: Context, event: Event) -> dict[str, Any]:
    """The document as it was told last; empty where nothing was."""
    found = await store.document_of(context.tx, event.id)
    if found is None or found[0] is State.DELETED or not found[1]:
        return {}
    told: dict[str, Any] = orjson.loads(found[1])
    return told


async def _delete_notes(context: Context, event: Event, holders: list[Destination]) -> None:
    """What we said about the event repeats its words, so it goes along, wherever it went."""
    asked = await context.outbox.attempted(context.urls.event(event.id))
    for note_id in await store.notes_of(context.tx, event.id):
        document = note_tombstone(event, note_id, context.urls)
        await store.set_note(context.tx, note_id, orjson.dumps(document))
        await _put(context, event, activity_of(context, "Delete", document), [*holders, *asked])


async def document_now(context: Context, event: Event) -> dict[str, Any]:
    """The event as its readers get it at this moment."""
    return event_document(event, context.urls, await store.reply_rule(context.tx))


async def _keep_document(context: Context, event: Event) -> dict[str, Any]:
    document = await document_now(context, event)
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
    """To whoever does not get the Create; and to the actors of whole servers in any case.

    Behind those there is no timeline in which it could show twice, and Mobilizon lists nothing of
    which its own relay was not told, though a group of it got the Create (platforms: b.1.3).
    """
    reached = {one.inbox for one in followers}
    servers = await store.servers_following(context.tx, context.urls.relay)
    calendars = [
        one
        for one in await follower_inboxes(context, context.urls.relay)
        if one.inbox not in reached or one.inbox in servers
    ]
    activity = {
        **activity_of(context, "Announce", {}),
        "actor": context.urls.relay,
        "cc": [context.urls.collection(context.urls.relay, "followers")],
        "to": [PUBLIC],
        "object": context.urls.event(event.id),
    }
    await _put(context, event, activity, calendars)


async def _holders(context: Context, event: Event) -> list[Destination]:
    """Present followers of every actor here that told of the event."""
    return await follower_inboxes(context, *await tellers(context.tx, context.urls, event.id))


def _short(activity_id: str) -> str:
    return activity_id.rsplit("/", 1)[1]
