"""The queue as those who run the node see it."""

from __future__ import annotations

from typing import Any

from node.storage import queue
from node.storage.database import Database


async def test_of_very_many_parked_one_page_is_listed(database: Database) -> None:
    """Oldest first; the rest are counted."""

    async def fill(tx: Any) -> None:
        await tx.run(
            "insert into outgoing (id, actor, kind, object_id, body, created) "
            "values ('a', 'b', 'Create', 'c', :body, 'now')",
            body=b"{}",
        )
        await tx.run_many(
            "insert into delivery (activity_id, inbox, host, lane, state, next_at, done_at) "
            "values ('a', :inbox, 'x', 'x', 'parked', 'now', :at)",
            [{"inbox": str(number), "at": f"{number:06}"} for number in range(20_000)],
        )

    await database.write(fill)
    listed = await database.read(lambda tx: queue.listing(tx, parked=True))
    counted = await database.read(queue.counts)
    assert (len(listed), counted["parked"]) == (500, 20_000)
