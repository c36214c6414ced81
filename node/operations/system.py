"""Operations on the node itself: what runs, what waits."""

from __future__ import annotations

from typing import Any

from node.community import actions as community_actions
from node.community import store as community_store
from node.errors import Conflict, NotFound
from node.operations.registry import Arguments, operation
from node.services import Node
from node.storage import queue
from node.storage.actors import unproven_count
from node.storage.database import Transaction
from node.version import VERSION

Json = dict[str, Any]


@operation("status")
async def status(node: Node, arguments: Arguments) -> Json:
    """What runs, with which database, how many follow, what waits and what is parked."""

    async def read(tx: Transaction) -> Json:
        community = await community_actions.the_community(tx)
        return {
            "version": VERSION,
            "origin": node.urls.origin,
            "community": dict(community.name),
            "handle": f"@{node.urls.account}",
            "database": node.database.engine,
            "followers": await community_store.follower_count(tx, node.urls.community),
            "relay_followers": await community_store.follower_count(tx, node.urls.relay),
            **await queue.counts(tx),
            "hosts": await queue.hosts(tx, node.clock.now()),
            "refusals": node.counters.snapshot(),
            "unproven": await unproven_count(tx),
        }

    return await node.look(read)


@operation("queue.list")
async def queue_list(node: Node, arguments: Arguments) -> list[Json]:
    """What is on its way, and what is stuck and why; no content. `parked`: only the stuck."""
    parked = bool(arguments.get("parked"))
    return await node.look(lambda tx: queue.listing(tx, parked=parked))


@operation("queue.hosts")
async def queue_hosts(node: Node, arguments: Arguments) -> list[Json]:
    """The hosts in trouble: their breakers, since when, the next probe, what waits for them."""
    return await node.look(lambda tx: queue.hosts(tx, node.clock.now()))


@operation("queue.retry")
async def queue_retry(node: Node, arguments: Arguments) -> Json:
    """How many deliveries are tried again now. `id`, or `host`, or `all`."""
    wanted = {key: arguments.get(key) for key in ("id", "host", "all") if arguments.get(key)}
    if len(wanted) != 1:
        raise Conflict("Say which: one ID, --host HOST, or --all.")
    now = node.clock.now()
    changed = await node.act(lambda context: queue.retry(context.tx, now, **wanted))
    if not changed and "id" in wanted:
        raise NotFound("There is no such delivery that waits or is parked.")
    return {"retried": changed}


@operation("queue.discard")
async def queue_discard(node: Node, arguments: Arguments) -> Json:
    """The delivery that is given up. `id`."""
    wanted = str(arguments.get("id") or "")
    if not await node.act(lambda context: queue.discard(context.tx, context.now, wanted)):
        raise NotFound("There is no such delivery that waits or is parked.")
    return {"id": wanted, "discarded": True}


@operation("community.describe")
async def describe(node: Node, arguments: Arguments) -> Json:
    """The community as it now describes itself. `document`: name, description, languages, city."""
    community = await node.act(
        lambda context: community_actions.describe(context, arguments.get("document"))
    )
    return {
        "id": node.urls.community,
        "name": dict(community.name),
        "description": dict(community.description),
        "languages": list(community.languages),
        "city": community.city,
    }
