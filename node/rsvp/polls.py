"""The companion poll of an event goes out, keeps its numbers true, closes, and goes again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import orjson

from federation.outward import outbox
from federation.outward.audience import destinations
from federation.ports import Destination
from node.community import store as community_store
from node.community.federate import activity_of, follower_inboxes
from node.context import Context
from node.events import store as events_store
from node.events.actions import EventCancelled, EventChanged, EventDeleted, EventPublished
from node.events.model import Event
from node.happenings import happenings
from node.ids import edited_at
from node.jobs import jobs
from node.rsvp import poll_store, store
from node.rsvp.question import (
    Poll,
    content,
    is_closed,
    options,
    poll_tombstone,
    question,
    wants_poll,
)
from node.rsvp.seating import Answered

Json = dict[str, Any]
PAUSE: Final = timedelta(minutes=3)
"""Numbers are told so long after the first change, and then again: as Mastodon does itself."""


@happenings.on(EventPublished)
async def open_poll(context: Context, fact: EventPublished) -> None:
    """`Create` of the `Question` beside that of the event, where the event asks for one."""
    event = fact.event
    if not wants_poll(event) or event.draft.start <= context.now:
        return
    community = await community_store.find(context.tx)
    poll = Poll(
        id=context.new_id(),
        event=event.id,
        options=options(community.language if community else event.language),
        content=content(event, context.urls),
        published=context.now,
        ends=event.draft.start,
    )
    await poll_store.add(context.tx, poll)
    await _say(context, "Create", poll)


@happenings.on(EventChanged)
async def rephrase(context: Context, fact: EventChanged) -> None:
    """The poll says what the event says now; its options stay, and with them all votes."""
    poll = await poll_store.of_event(context.tx, fact.event.id)
    if poll is None:
        await open_poll(context, EventPublished(fact.event))
    elif not wants_poll(fact.event):
        await _delete(context, poll)
    elif await _now(context, fact.event, poll) != poll:
        await _renew(context, fact.event, poll)


@happenings.on(EventCancelled)
async def close_cancelled(context: Context, fact: EventCancelled) -> None:
    """Nobody can vote for what does not take place."""
    poll = await poll_store.of_event(context.tx, fact.event.id)
    if poll:
        await _renew(context, fact.event, poll)


@happenings.on(EventDeleted)
async def delete_with_event(context: Context, fact: EventDeleted) -> None:
    """`Delete` to everybody who may ever have got the poll."""
    poll = await poll_store.of_event(context.tx, fact.event.id)
    if poll:
        await _delete(context, poll)


@happenings.on(Answered)
async def note_answer(context: Context, fact: Answered) -> None:
    """The numbers have changed; they are told after a while."""
    if fact.before is None or fact.before.seat is not fact.after.seat:
        await poll_store.mark_stale(context.tx, fact.event.id, context.now)


@jobs.every(timedelta(seconds=30))
async def tell_numbers(context: Context) -> None:
    """`Update` of each poll whose numbers changed a while ago, or whose event begins."""
    due = await poll_store.to_tell(context.tx, stale_before=context.now - PAUSE, now=context.now)
    for poll in due:
        event = await events_store.find(context.tx, poll.event)
        if event:
            await _renew(context, event, poll)


async def _renew(context: Context, event: Event, poll: Poll) -> None:
    """Keep the poll as it must be now, and tell it."""
    renewed = await _now(context, event, poll)
    await poll_store.change(context.tx, renewed)
    await _say(context, "Update", renewed)


async def _now(context: Context, event: Event, poll: Poll) -> Poll:
    """The poll as its event wants it; a place that is free again opens it again."""
    words = content(event, context.urls)
    renewed = replace(poll, content=words, ends=event.draft.start)
    if renewed != poll:
        last = poll.updated or poll.published
        renewed = replace(renewed, updated=edited_at(context.now, last))
    counts = await store.counts(context.tx, event.id)
    if not is_closed(event, counts.going, context.now):
        return replace(renewed, closed_at=None)
    return renewed if renewed.closed_at else replace(renewed, closed_at=context.now)


async def _delete(context: Context, poll: Poll) -> None:
    tombstone = poll_tombstone(poll, context.urls, context.now)
    await poll_store.bury(context.tx, poll.id, orjson.dumps(tombstone))
    await outbox.erase(
        context.outbox,
        _activity(context, "Delete", tombstone),
        object_id=context.urls.poll(poll.id),
        destinations=await _holders(context, poll),
        now=context.now,
    )


async def _say(context: Context, kind: str, poll: Poll) -> None:
    tally = await poll_store.tally(context.tx, poll.event)
    await outbox.put(
        context.outbox,
        _activity(context, kind, question(poll, tally, context.urls)),
        object_id=context.urls.poll(poll.id),
        destinations=await _holders(context, poll),
        now=context.now,
    )


def _activity(context: Context, kind: str, document: Json) -> Json:
    """An activity about the poll, unlisted as the poll is."""
    activity = activity_of(context, kind, document)
    return activity | {"to": activity["cc"], "cc": activity["to"]}


async def _holders(context: Context, poll: Poll) -> list[Destination]:
    """The followers, and of each further server one of its people who voted: that is enough for
    the server to renew its numbers, and nobody learns who it was."""
    followers = await follower_inboxes(context, context.urls.community)
    known = {each.host for each in followers}
    further = {
        each.host: each
        for each in destinations(
            (inbox, None, actor) for actor, inbox in await poll_store.voters(context.tx, poll.event)
        )
        if each.host not in known
    }
    return [*followers, *further.values()]
