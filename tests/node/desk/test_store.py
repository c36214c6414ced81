"""Tests of what the desk counts, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from node.desk import store
from node.ids import stamp
from node.storage import intake_queue, queue
from node.storage.database import Database, Transaction

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
WIEN = "https://wien.test/c/wien"


async def fill(tx: Transaction) -> None:
    now = stamp(NOW)
    await tx.run(
        "insert into outgoing (id, kind, object_id, actor, body, created) "
        "values ('a', 'Create:Event', 'e', 'c', :body, :now)",
        body=b"{}",
        now=now,
    )
    for number, state in enumerate(("due", "parked", "parked")):
        await tx.run(
            "insert into delivery (activity_id, inbox, host, lane, state, next_at) values "
            "('a', :inbox, 'm.example', 'l', :state, :now)",
            inbox=f"https://m.example/{number}",
            state=state,
            now=now,
        )
        await tx.run(
            "insert into inbox_activity (activity_id, digest, sender, host, kind, lane, inbox, "
            "body, state, due_at, received_at) values (:id, 'd', 's', 'm.example', 'Like', 'l', "
            "'/inbox', :body, :state, :now, :now)",
            id=f"a{number}",
            body=b"{}",
            state="waiting" if state == "due" else state,
            now=now,
        )
        await tx.run(
            "insert into follower (community, actor, inbox, follow_id, since) "
            "values (:wien, :actor, 'i', :actor, :now)",
            wien=WIEN,
            actor=f"https://m.example/u/{number}",
            now=now,
        )


async def test_what_is_stuck_is_counted_both_ways(database: Database):
    await database.write(fill)
    assert await database.read(store.stuck) == 4
    assert await database.read(store.pending_followers) == 0


@pytest.mark.parametrize("read", [queue.page, intake_queue.listing])
async def test_pages_go_on_after_the_last_id(read: Any, database: Database):
    await database.write(fill)
    first = await database.read(lambda tx: read(tx, state="parked", limit=1))
    after = int(first[0]["id"])
    rest = await database.read(lambda tx: read(tx, state="parked", after=after))
    assert [len(first), len(rest)] == [1, 1]
    assert rest[0]["id"] != first[0]["id"]
    assert {each["state"] for each in first + rest} == {"parked"}


async def test_followers_are_listed_in_order_with_what_is_known_of_them(database: Database):
    await database.write(fill)
    found = await database.read(lambda tx: store.followers(tx, WIEN, limit=2))
    assert [each["actor"] for each in found] == ["https://m.example/u/0", "https://m.example/u/1"]
    assert found[0]["handle"] is None
    after = found[-1]["actor"] or ""
    rest = await database.read(lambda tx: store.followers(tx, WIEN, after=after))
    assert [each["actor"] for each in rest] == ["https://m.example/u/2"]
    assert await database.read(lambda tx: store.names(tx, ["https://m.example/u/0"])) == {}


async def test_there_is_no_next_date_and_nobody_signed_in_at_first(database: Database):
    assert await database.read(lambda tx: store.next_event(tx, NOW)) is None
    assert await database.read(lambda tx: store.session_counts(tx, NOW)) == {}
    assert (await database.read(lambda tx: store.seats(tx, "0" * 26)))["asked"] == 0


async def test_what_is_stuck_is_given_up_and_tried_again(database: Database):
    await database.write(fill)
    assert await database.write(lambda tx: queue.discard(tx, NOW, host="M.example")) == 2
    assert await database.write(lambda tx: intake_queue.retry(tx, NOW, host="m.example")) == 2
    assert await database.write(lambda tx: intake_queue.discard(tx, NOW)) == 0
