"""What people can do with events: one function a verb. Pages, API, commands all call these."""

from __future__ import annotations

from dataclasses import dataclass, replace

from node.context import Context
from node.errors import Conflict, NotFound
from node.events import store
from node.events.model import Event, EventDraft, State
from node.events.translating import outdated_by
from node.ids import edited_at
from node.people.silence_store import Thing, note_gone


@dataclass(frozen=True, slots=True)
class EventPublished:
    """An event came into the world."""

    event: Event


@dataclass(frozen=True, slots=True)
class EventChanged:
    """An event was edited."""

    event: Event


@dataclass(frozen=True, slots=True)
class EventCounted:
    """Another number of guests comes; nothing else of the event has changed."""

    event: Event


@dataclass(frozen=True, slots=True)
class EventCancelled:
    """An event will not take place; it stays to be seen."""

    event: Event


@dataclass(frozen=True, slots=True)
class EventDeleted:
    """An event is gone, and only its address remains. `was`: what it was until now."""

    event: Event
    was: Event


async def publish(context: Context, draft: EventDraft) -> Event:
    """The new event, kept together with everything that must leave because of it."""
    event = Event(id=context.new_id(), draft=draft, published=context.now, updated=context.now)
    await store.add(context.tx, event)
    await context.tell(EventPublished(event))
    return event


async def update(context: Context, event_id: str, draft: EventDraft) -> Event:
    """The event with its new content. Raises: NotFound, Conflict if it was cancelled."""
    event = await show(context, event_id)
    if event.cancelled:
        raise Conflict("This event was cancelled. Publish a new one instead.")
    edited = edited_at(context.now, event.updated)
    event = replace(
        event,
        draft=draft,
        sequence=event.sequence + 1,
        updated=edited,
        outdated=outdated_by(event, draft),
    )
    await store.change(context.tx, event)
    await context.tell(EventChanged(event))
    return event


async def confirm_translation(context: Context, event_id: str, language: str) -> Event:
    """The event whose text in this language says what the original says. Raises: NotFound."""
    event = await show(context, event_id)
    if language not in event.outdated:
        raise NotFound("The text in this language is not out of date.")
    left = [tag for tag in event.outdated if tag != language]
    edited = edited_at(context.now, event.updated)
    event = replace(event, outdated=left, updated=edited)
    await store.change(context.tx, event)
    await context.tell(EventChanged(event))
    return event


async def recount(context: Context, event_id: str) -> Event:
    """The event with the number of guests that it has now, made known. Raises: NotFound."""
    event = await show(context, event_id)
    event = replace(event, updated=edited_at(context.now, event.updated))
    await store.change(context.tx, event)
    await context.tell(EventCounted(event))
    return event


async def cancel(context: Context, event_id: str, reason: str | None) -> Event:
    """The cancelled event; cancelling twice changes nothing. Raises: NotFound."""
    event = await show(context, event_id)
    if event.cancelled:
        return event
    event = replace(
        event,
        state=State.CANCELLED,
        reason=reason,
        sequence=event.sequence + 1,
        updated=edited_at(context.now, event.updated),
    )
    await store.change(context.tx, event)
    await context.tell(EventCancelled(event))
    return event


async def delete(context: Context, event_id: str, *, noted: bool = False) -> Event:
    """What the event was. Nothing of its text is kept. Raises: NotFound.

    `noted`: the ledger, which a restore follows, knows of it already.
    """
    event = await show(context, event_id)
    if not noted:
        await note_gone(context, Thing.EVENT, event.id)
    bare = replace(
        event,
        draft=EventDraft(
            name={event.language: "-"},
            description={},
            start=event.draft.start,
            end=event.draft.end,
            timezone=event.draft.timezone,
        ),
        outdated=(),
        state=State.DELETED,
        reason=None,
        updated=edited_at(context.now, event.updated),
    )
    await store.change(context.tx, bare)
    await context.tell(EventDeleted(bare, event))
    return event


async def show(context: Context, event_id: str) -> Event:
    """The event. Raises: NotFound, for deleted ones too."""
    event = await store.find(context.tx, event_id)
    if event is None or event.state is State.DELETED:
        raise NotFound("There is no such event here.")
    return event
