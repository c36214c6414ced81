"""The actors of this node: two that always live here, and the channels that come and go."""

from __future__ import annotations

from node.storage.database import Transaction
from node.urls import Urls


async def own_actors(tx: Transaction, urls: Urls) -> tuple[str, ...]:
    """The community, its language channels, the relay."""
    rows = await tx.rows("select actor from channel where removed is null order by created, actor")
    return (urls.community, *(row["actor"] for row in rows), urls.relay)
