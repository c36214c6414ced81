"""Operations on who takes part: for the organisers alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from node.context import Context
from node.errors import Invalid, NotFound
from node.events import store as events_store
from node.events.model import State
from node.ids import is_id, rfc3339
from node.operations.registry import Arguments, operation
from node.rsvp import actions, store
from node.rsvp.model import LONGEST_REASON, Participation
from node.services import Node
from node.storage.database import Transaction

Json = dict[str, Any]
Decision: TypeAlias = Callable[[Context, str], Awaitable[Participation]]
_NO_EVENT = "There is no such event here."
_NO_ONE = "There is no such participation here."


def rsvp_json(one: Participation, address: str) -> Json:
    """A participation as commands and API show it; `address` is that of its event."""
    return {
        "id": f"{address}#{one.id}",
        "short_id": one.id,
        "event": address,
        "name": one.name,
        "door": one.door.value,
        "answer": one.answer.value,
        "seat": one.seat.value,
        "place": one.place,
        "words": one.words,
        "reason": one.reason,
        "since": rfc3339(one.since),
        "changed": rfc3339(one.changed),
    }


@operation("event.rsvps")
async def rsvps(node: Node, arguments: Arguments) -> list[Json]:
    """Everybody who answered to an event, in order of arrival. `id`: the event."""
    event_id = _event(node, arguments)

    async def read(tx: Transaction) -> list[Participation]:
        event = await events_store.find(tx, event_id)
        if event is None or event.state is State.DELETED:
            raise NotFound(_NO_EVENT)
        return await store.of_event(tx, event_id)

    address = node.urls.event(event_id)
    return [rsvp_json(one, address) for one in await node.look(read)]


@operation("event.rsvp.approve")
async def approve(node: Node, arguments: Arguments) -> Json:
    """The participation with its seat. `id`: the event, `participation`."""
    return await _decide(node, arguments, actions.approve)


@operation("event.rsvp.refuse")
async def refuse(node: Node, arguments: Arguments) -> Json:
    """The refused participation. `id`: the event, `participation`, `reason` (text or None)."""
    reason = arguments.get("reason")
    if reason is not None and (not isinstance(reason, str) or len(reason) > LONGEST_REASON):
        raise Invalid({"reason": f"must be a text of at most {LONGEST_REASON} characters"})
    return await _decide(
        node, arguments, lambda context, found: actions.refuse(context, found, reason)
    )


async def _decide(node: Node, arguments: Arguments, decide: Decision) -> Json:
    event_id, wanted = _event(node, arguments), _participation(arguments)

    async def work(context: Context) -> Participation:
        found = await store.by_id(context.tx, wanted)
        if found is None or found.event != event_id:
            raise NotFound(_NO_ONE)
        return await decide(context, wanted)

    return rsvp_json(await node.act(work), node.urls.event(event_id))


def _event(node: Node, arguments: Arguments) -> str:
    found = node.urls.event_id(str(arguments.get("id", "")))
    if found is None:
        raise NotFound(_NO_EVENT)
    return found


def _participation(arguments: Arguments) -> str:
    """The short id, also out of the whole one: EVENT#ID."""
    short = str(arguments.get("participation", "")).rpartition("#")[2]
    if not is_id(short):
        raise NotFound(_NO_ONE)
    return short
