"""Operations on what is on its way, out and in: shown, tried again, given up."""

from __future__ import annotations

from typing import Any

from node.errors import Conflict, NotFound
from node.operations.registry import Arguments, operation
from node.services import Node
from node.storage import intake_queue, queue

Json = dict[str, Any]
_NONE = "There is nothing such that waits or is parked."
_WHICH = "Say which: one ID, --host HOST, or --all."
_MOST = 200


@operation("queue.list")
async def queue_list(node: Node, arguments: Arguments) -> list[Json]:
    """What is on its way, and what is stuck and why; no content. `parked`: only the stuck."""
    parked = bool(arguments.get("parked"))
    return await node.look(lambda tx: queue.listing(tx, parked=parked))


@operation("queue.page")
async def queue_page(node: Node, arguments: Arguments) -> list[Json]:
    """A page of it, oldest first. `parked`, `arrivals` (what came in), `after` (an id), `limit`."""
    read = intake_queue.listing if arguments.get("arrivals") else queue.page
    state = "parked" if arguments.get("parked") else "waiting"
    after, limit = _number(arguments.get("after"), 0), _number(arguments.get("limit"), 50)
    limit = max(1, min(limit, _MOST))
    return await node.look(lambda tx: read(tx, state=state, after=after, limit=limit))


@operation("queue.hosts")
async def queue_hosts(node: Node, arguments: Arguments) -> list[Json]:
    """The hosts in trouble: their breakers, since when, the next probe, what waits for them."""
    return await node.look(lambda tx: queue.hosts(tx, node.clock.now()))


@operation("queue.retry")
async def queue_retry(node: Node, arguments: Arguments) -> Json:
    """How many are tried again now. `id`, or `host`, or `all`; `arrivals`: of what came in."""
    wanted, now = _wanted(arguments), node.clock.now()
    if arguments.get("arrivals"):
        which = _only(wanted)
        changed = await node.act(lambda context: intake_queue.retry(context.tx, now, **which))
        node.intake_wake.set()
    else:
        changed = await node.act(lambda context: queue.retry(context.tx, now, **wanted))
    if not changed and "id" in wanted:
        raise NotFound(_NONE)
    return {"retried": changed}


@operation("queue.discard")
async def queue_discard(node: Node, arguments: Arguments) -> Json:
    """How many are given up. `id`, or of what is stuck that of a `host` or `all`; `arrivals`."""
    wanted, now = _wanted(arguments), node.clock.now()
    which = _only(wanted)
    give_up = intake_queue.discard if arguments.get("arrivals") else queue.discard
    many = await node.act(lambda context: give_up(context.tx, now, **which))
    if not many and "id" in wanted:
        raise NotFound(_NONE)
    return {"id": wanted.get("id"), "discarded": many}


def _wanted(arguments: Arguments) -> dict[str, Any]:
    """Raises: Conflict."""
    wanted = {key: arguments.get(key) for key in ("id", "host", "all") if arguments.get(key)}
    if len(wanted) != 1:
        raise Conflict(_WHICH)
    return {key: True if key == "all" else str(value) for key, value in wanted.items()}


def _only(wanted: Json) -> dict[str, str]:
    """The same without `all`, which is meant where neither is said."""
    return {key: value for key, value in wanted.items() if key != "all"}


def _number(value: object, otherwise: int) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else otherwise
