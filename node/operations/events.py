"""Operations on events."""

from __future__ import annotations

from typing import Any

from node.community import actions as community_actions
from node.errors import Invalid, NotFound
from node.events import acting, store
from node.events.draft import read_draft, write_draft
from node.events.model import Event, EventDraft
from node.ids import rfc3339
from node.operations.people import actor
from node.operations.registry import Arguments, operation
from node.services import Node
from node.storage.database import Transaction
from node.urls import Urls

Json = dict[str, Any]
_LONGEST_REASON = 500


def event_json(event: Event, urls: Urls) -> Json:
    """An event as commands and API show it: its document, its address, its life."""
    return {
        "id": urls.event(event.id),
        "short_id": event.id,
        "state": event.state.value,
        "reason": event.reason,
        **write_draft(event.draft),
        "outdated": list(event.outdated),
        "published": rfc3339(event.published),
        "updated": rfc3339(event.updated),
    }


@operation("event.publish")
async def publish(node: Node, arguments: Arguments) -> Json:
    """The published event. `document`: the event as handed in; `by`: an account's id."""
    draft, by = await _draft(node, arguments), actor(arguments)
    event = await node.act(lambda context: acting.publish(context, draft, by))
    return event_json(event, node.urls)


@operation("event.update")
async def update(node: Node, arguments: Arguments) -> Json:
    """The event with its new content. `id`, `document`."""
    event_id, by = _id(node, arguments), actor(arguments)
    draft = await _draft(node, arguments)
    event = await node.act(lambda context: acting.update(context, event_id, draft, by))
    return event_json(event, node.urls)


@operation("event.cancel")
async def cancel(node: Node, arguments: Arguments) -> Json:
    """The cancelled event. `id`, `reason` (text or None)."""
    event_id, by = _id(node, arguments), actor(arguments)
    reason = arguments.get("reason")
    if reason is not None and (not isinstance(reason, str) or len(reason) > _LONGEST_REASON):
        raise Invalid({"reason": f"must be a text of at most {_LONGEST_REASON} characters"})
    event = await node.act(lambda context: acting.cancel(context, event_id, reason or None, by))
    return event_json(event, node.urls)


@operation("event.delete")
async def delete(node: Node, arguments: Arguments) -> Json:
    """The address of what was deleted. `id`."""
    event_id, by = _id(node, arguments), actor(arguments)
    event = await node.act(lambda context: acting.delete(context, event_id, by))
    return {"id": node.urls.event(event.id), "state": "deleted"}


@operation("event.show")
async def show(node: Node, arguments: Arguments) -> Json:
    """One event. `id`."""
    event_id = _id(node, arguments)
    event = await node.look(lambda tx: store.find(tx, event_id))
    if event is None or event.state.value == "deleted":
        raise NotFound("There is no such event here.")
    return event_json(event, node.urls)


@operation("event.list")
async def all_events(node: Node, arguments: Arguments) -> list[Json]:
    """Published events, newest first, at most `limit`."""
    limit = min(int(arguments.get("limit") or 80), 200)
    events = await node.look(lambda tx: store.recent(tx, limit))
    return [event_json(event, node.urls) for event in events]


async def _draft(node: Node, arguments: Arguments) -> EventDraft:
    async def read(tx: Transaction) -> EventDraft:
        community = await community_actions.the_community(tx)
        return read_draft(
            arguments.get("document"), language=community.language, timezone=community.timezone
        )

    return await node.look(read)


def _id(node: Node, arguments: Arguments) -> str:
    found = node.urls.event_id(str(arguments.get("id", "")))
    if found is None:
        raise NotFound("There is no such event here.")
    return found
