"""Operations on the node itself: what runs, what waits."""

from __future__ import annotations

from typing import Any

from node.backup import holding
from node.community import actions as community_actions
from node.community import store as community_store
from node.ids import rfc3339
from node.mail import queue_store
from node.operations.mail import state_json
from node.operations.registry import Arguments, operation
from node.people import standing, ways_in
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
            "mail": state_json(await queue_store.state(tx), on=node.config.mail is not None),
            "without_a_way_in": await ways_in.shut_out(tx),
            "nobody_leads": await standing.nobody_leads(tx),
            "held_until": rfc3339(held.until) if (held := await holding.current(tx)) else None,
        }

    return await node.look(read)
