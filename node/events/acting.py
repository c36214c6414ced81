"""The verbs of events as somebody does them: each leaves a row in the log of who did what.

`by` is an account's id, or who the log says acts where no account does.
"""

from __future__ import annotations

from node.context import Context
from node.events import actions
from node.events.model import Event, EventDraft
from node.people import audit


async def publish(context: Context, draft: EventDraft, by: str) -> Event:
    """The new event. Raises: as `actions.publish`."""
    event = await actions.publish(context, draft)
    await audit.note(context, by, "publish an event", event.id)
    return event


async def update(context: Context, event_id: str, draft: EventDraft, by: str) -> Event:
    """The event with its new content. Raises: NotFound, Conflict if it was cancelled."""
    event = await actions.update(context, event_id, draft)
    await audit.note(context, by, "change an event", event.id)
    return event


async def cancel(context: Context, event_id: str, reason: str | None, by: str) -> Event:
    """The cancelled event; a second time changes nothing, and is not noted. Raises: NotFound."""
    before = await actions.show(context, event_id)
    event = await actions.cancel(context, event_id, reason)
    if not before.cancelled:
        await audit.note(context, by, "cancel an event", event.id)
    return event


async def delete(context: Context, event_id: str, by: str) -> Event:
    """What the event was. Raises: NotFound."""
    event = await actions.delete(context, event_id)
    await audit.note(context, by, "delete an event", event.id)
    return event
