"""Tests of node/network/actions.py: whom we follow, and what of others we hold."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

import node.network.federate  # noqa: F401  hears that we follow
from federation.ports import RemoteActor
from node.context import Context
from node.errors import Conflict, NotFound
from node.network import actions, store
from node.network.model import Following, FollowState, RemoteThing
from node.storage.database import Database, Row, Transaction
from node.storage.outbox import StoredOutbox
from node.urls import Urls

T = TypeVar("T")
NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
URLS = Urls("https://wien.test", "wien")
BERLIN = RemoteActor(
    id="https://berlin.test/c/berlin",
    type="Group",
    username="berlin",
    host="berlin.test",
    name="Josoor Berlin",
    inbox="https://berlin.test/c/berlin/inbox",
    shared_inbox="https://berlin.test/inbox",
    followers=None,
    outbox=None,
    url="https://berlin.test/",
    keys=(),
    fetched_at=NOW,
    document=b"{}",
)
THING = RemoteThing(
    id="https://berlin.test/e/1",
    author=BERLIN.id,
    author_name="Josoor Berlin",
    kind="Event",
    shared_by=None,
    start=NOW + timedelta(days=1),
    end=NOW + timedelta(days=1, hours=2),
    cancelled=False,
    url="https://berlin.test/e/1",
    document={"id": "https://berlin.test/e/1", "type": "Event", "name": "Kochabend"},
    published=NOW,
    updated=NOW,
    received=NOW,
)


async def act(
    database: Database, work: Callable[[Context], Awaitable[T]], now: datetime = NOW
) -> T:
    async def transaction(tx: Transaction) -> T:
        return await work(Context(tx=tx, now=now, urls=URLS, outbox=StoredOutbox(tx)))

    return await database.write(transaction)


async def take_in(database: Database, thing: RemoteThing) -> bool:
    return await act(database, lambda context: actions.take_in(context, thing))


async def held(database: Database, thing_id: str = THING.id) -> RemoteThing | None:
    return await database.read(lambda tx: store.find(tx, thing_id))


async def follow(database: Database) -> Following:
    return await act(database, lambda context: actions.follow(context, BERLIN))


async def sent(database: Database, kind: str) -> list[dict[str, Any]]:
    """The activities of this type in the outbox."""

    async def rows(tx: Transaction) -> list[Row]:
        return await tx.rows("select body from outgoing where kind = :kind", kind=kind)

    return [json.loads(bytes(row["body"])) for row in await database.read(rows)]


async def test_what_is_taken_in_is_held_whole(database: Database):
    assert await take_in(database, THING)

    assert await held(database) == THING
    assert await database.read(lambda tx: store.timeline(tx, kind="Event")) == [THING]
    assert await database.read(lambda tx: store.timeline(tx, kind="Note")) == []


async def test_a_newer_form_takes_the_place_of_the_older_one(database: Database):
    await take_in(database, THING)
    later = NOW + timedelta(minutes=1)
    newer = replace(
        THING, updated=later, received=later, cancelled=True, shared_by="https://c.test"
    )

    assert await take_in(database, newer)

    assert await held(database) == replace(newer, received=NOW, shared_by=None)


async def test_an_older_form_never_takes_the_place_of_a_newer_one(database: Database):
    await take_in(database, THING)

    assert not await take_in(database, replace(THING, updated=NOW - timedelta(seconds=1)))

    assert await held(database) == THING


async def test_the_order_of_arrival_does_not_matter(database: Database):
    newer = replace(THING, updated=NOW + timedelta(minutes=1), cancelled=True)

    await take_in(database, newer)
    await take_in(database, THING)

    assert await held(database) == newer


async def test_an_author_never_changes(database: Database):
    await take_in(database, THING)
    usurped = replace(THING, author="https://evil.test/a", updated=NOW + timedelta(minutes=1))

    assert not await take_in(database, usurped)

    assert await held(database) == THING


async def test_what_was_deleted_does_not_come_back(database: Database):
    await take_in(database, THING)

    assert await act(database, lambda context: actions.drop(context, THING.id, BERLIN.id))

    assert await held(database) is None
    assert not await take_in(database, replace(THING, updated=NOW + timedelta(days=1)))
    assert await held(database) is None


async def test_what_was_deleted_before_it_arrived_is_not_taken_in(database: Database):
    await act(database, lambda context: actions.drop(context, THING.id, BERLIN.id))

    assert not await take_in(database, THING)


async def test_nobody_but_the_author_deletes(database: Database):
    await take_in(database, THING)

    assert not await act(
        database, lambda context: actions.drop(context, THING.id, "https://berlin.test/c/other")
    )

    assert await held(database) == THING


async def test_the_timeline_goes_on_where_the_last_page_ended(database: Database):
    for number in range(3):
        at = NOW + timedelta(minutes=number)
        one = f"{THING.id}{number}"
        await take_in(database, replace(THING, id=one, url=one, received=at))

    first = await database.read(lambda tx: store.timeline(tx, limit=2))
    before = first[-1].received.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    rest = await database.read(lambda tx: store.timeline(tx, before=before))

    assert [one.id[-1] for one in (*first, *rest)] == ["2", "1", "0"]


async def test_a_follow_is_asked_and_a_follow_activity_leaves(database: Database):
    following = await follow(database)

    assert following.state is FollowState.ASKED
    assert await database.read(store.following) == [following]
    (activity,) = await sent(database, "Follow")
    assert (activity["id"], activity["object"]) == (following.follow_id, BERLIN.id)


async def test_who_was_not_answered_asks_again_with_another_follow(database: Database):
    first, second = await follow(database), await follow(database)

    assert first.follow_id != second.follow_id
    assert await database.read(store.following) == [second]


async def test_a_follow_that_was_accepted_is_not_asked_again(database: Database):
    await follow(database)
    await act(
        database,
        lambda context: actions.answered(context, BERLIN.id, None, FollowState.ACCEPTED),
    )

    assert (await follow(database)).state is FollowState.ACCEPTED
    assert len(await sent(database, "Follow")) == 1


async def test_an_answer_counts_only_for_a_follow_that_we_sent(database: Database):
    following = await follow(database)

    async def answered(actor: str, follow_id: str | None) -> bool:
        return await act(
            database,
            lambda context: actions.answered(context, actor, follow_id, FollowState.ACCEPTED),
        )

    assert not await answered("https://evil.test/a", following.follow_id)
    assert not await answered(BERLIN.id, "https://wien.test/a/other")
    assert await answered(BERLIN.id, following.follow_id)


async def test_who_rejected_us_is_not_followed(database: Database):
    await follow(database)
    await act(
        database, lambda context: actions.answered(context, BERLIN.id, None, FollowState.REJECTED)
    )

    assert not await act(database, lambda context: actions.follows(context, BERLIN.id))


@pytest.mark.parametrize("wanted", [BERLIN.id, "@berlin@berlin.test", "berlin@berlin.test"])
async def test_a_follow_ends_by_handle_and_by_address(wanted: str, database: Database):
    following = await follow(database)

    await act(database, lambda context: actions.unfollow(context, wanted))

    assert await database.read(store.following) == []
    (undo,) = await sent(database, "Undo")
    assert undo["object"]["id"] == following.follow_id


async def test_who_is_not_followed_cannot_be_unfollowed(database: Database):
    with pytest.raises(NotFound):
        await act(database, lambda context: actions.unfollow(context, BERLIN.id))


async def test_a_community_does_not_follow_itself(database: Database):
    ours = replace(BERLIN, id=URLS.community)

    with pytest.raises(Conflict):
        await act(database, lambda context: actions.follow(context, ours))
