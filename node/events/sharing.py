"""What language channels share: an event in their language, and notes that it is off or elsewhere.

A channel announces, it never copies: whoever follows it and the community sees a thing once. What
the community answers to somebody is part of a talk, and is not shared.
"""

from __future__ import annotations

from typing import Any

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import PUBLIC
from federation.outward import outbox
from node.community import channels_store as channels
from node.community.channels import ChannelAdded, ChannelRemoved
from node.community.federate import follower_inboxes
from node.community.model import Channel
from node.context import Context
from node.events import sharing_store as shares
from node.events import store
from node.events.actions import EventChanged, EventDeleted, EventPublished
from node.events.federate import NoticeGiven
from node.events.model import Event, State
from node.events.sharing_store import Shared
from node.happenings import happenings
from node.ids import rfc3339
from node.urls import Urls

Json = dict[str, Any]
_AT_FIRST = 100


@happenings.on(EventPublished)
async def share_new(context: Context, fact: EventPublished) -> None:
    """`Announce` by each channel in whose language the event is told."""
    await _settle(context, fact.event)


@happenings.on(EventChanged)
async def settle(context: Context, fact: EventChanged) -> None:
    """`Announce` when a language came, `Undo` when it went."""
    await _settle(context, fact.event)


@happenings.on(EventDeleted)
async def forget(context: Context, fact: EventDeleted) -> None:
    """The event's own `Delete` goes to everybody whom a channel told of it."""
    await shares.forget(context.tx, fact.event.id, context.urls.event(fact.event.id))


@happenings.on(NoticeGiven)
async def share_notice(context: Context, fact: NoticeGiven) -> None:
    """Whoever heard of the event by a channel hears that it is off, or elsewhere."""
    sharing = await shares.sharers(context.tx, fact.event.id)
    for channel in await channels.living(context.tx):
        if channel.actor in sharing and is_told_in(fact.event, channel):
            await _share(context, channel, fact.event, fact.note)


@happenings.on(ChannelAdded)
async def share_upcoming(context: Context, fact: ChannelAdded) -> None:
    """A new channel begins with what is still to come, in the order in which it was published."""
    events = await store.upcoming(context.tx, context.now, limit=_AT_FIRST)
    for event in sorted(events, key=lambda one: one.id):
        if is_told_in(event, fact.channel) and not event.cancelled:
            await _share(context, fact.channel, event, context.urls.event(event.id))


@happenings.on(ChannelRemoved)
async def keep_reach(context: Context, fact: ChannelRemoved) -> None:
    """Whoever heard of an event by the channel hears of it once more, when it is deleted."""
    await shares.keep_reach(context.tx, fact.channel.actor)


def is_told_in(event: Event, channel: Channel) -> bool:
    """Whether the event has a title or a description in the channel's language."""
    return any(channel.speaks(tag) for tag in (*event.draft.name, *event.draft.description))


def announce(shared: Shared, urls: Urls) -> Json:
    """The Announce as it leaves and as the channel's outbox shows it, without its context."""
    return {
        "id": urls.activity(shared.activity),
        "type": "Announce",
        "actor": shared.channel,
        "published": rfc3339(shared.at),
        "to": [PUBLIC],
        "cc": [urls.collection(shared.channel, "followers")],
        "object": shared.object,
    }


async def _settle(context: Context, event: Event) -> None:
    sharing = await shares.sharers(context.tx, event.id)
    for channel in await channels.living(context.tx):
        is_shared, wanted = channel.actor in sharing, is_told_in(event, channel)
        if wanted and not is_shared and event.state is State.SCHEDULED:
            await _share(context, channel, event, context.urls.event(event.id))
        elif is_shared and not wanted:
            await _unshare(context, channel, event)


async def _share(context: Context, channel: Channel, event: Event, address: str) -> None:
    shared = Shared(
        channel=channel.actor,
        object=address,
        event=event.id,
        activity=context.new_id(),
        at=context.now,
    )
    await shares.add(context.tx, shared)
    await _put(context, event, channel, announce(shared, context.urls))


async def _unshare(context: Context, channel: Channel, event: Event) -> None:
    for shared in await shares.take_off(context.tx, channel.actor, event.id):
        told = announce(shared, context.urls)
        undo = {
            "id": context.urls.activity(context.new_id()),
            "type": "Undo",
            "actor": channel.actor,
            "to": told["to"],
            "cc": told["cc"],
            "object": told,
        }
        await _put(context, event, channel, undo)


async def _put(context: Context, event: Event, channel: Channel, activity: Json) -> None:
    """In the lane of the event: after its Create, before its Delete."""
    await outbox.put(
        context.outbox,
        {"@context": OBJECT_CONTEXT, **activity},
        object_id=context.urls.event(event.id),
        destinations=await follower_inboxes(context, channel.actor),
        now=context.now,
    )
