"""Answers to events that come as activities.

This node takes no answers through federation yet, and says so: a server without RSVP must answer a
`Join` with `Ignore`, so that the asker is not left waiting. Spec: FEP-8a8e
"""

from __future__ import annotations

from activitypub.activities import Join, object_id
from activitypub.contexts import OBJECT_CONTEXT
from federation.inward.listeners import Heard, Ignored
from federation.outward import outbox
from federation.outward.audience import destinations
from node.context import Context
from node.listening import listeners


@listeners.on(Join)
async def on_join(context: Context, heard: Heard) -> None:
    """Somebody wants to join an event: answered with Ignore, since places are not given here."""
    event = object_id(heard.activity)
    if event is None or context.urls.event_id(event) is None or not heard.activity.id:
        raise Ignored("not-an-event-of-ours")
    await outbox.put(
        context.outbox,
        {
            "@context": OBJECT_CONTEXT,
            "id": context.urls.activity(context.new_id()),
            "type": "Ignore",
            "actor": context.urls.community,
            "to": [heard.sender.id],
            "object": heard.activity.id,
        },
        object_id=heard.sender.id,
        destinations=destinations([(heard.sender.inbox, None, heard.sender.id)]),
        now=context.now,
    )
