"""Digests of followers by server, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime

from federation.followers.synchronisation import digest_of
from node.community import pending, store
from node.community.model import Follower
from node.storage import relations
from node.storage.database import Database, Row, Transaction
from node.storage.digests import Digest, StoredDigests
from node.storage.migrate import migrate

US, RELAY = "https://us.test/c/wien", "https://us.test/relay"
NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
ANNA, BERT = "https://m.test/anna", "http://M.test:80/bert"
ELSE = ("https://m.test:8443/carla", "https://xm.test/dora", "https://m.test.evil/eve")


async def follow(database: Database, actor: str, us: str = US) -> None:
    follower = Follower(
        community=us, actor=actor, inbox=f"{actor}/inbox", shared_inbox=None,
        follow_id=f"{actor}#f", since=NOW,
    )  # fmt: skip
    await database.write(lambda tx: store.add_follower(tx, follower))


async def test_a_digest_is_of_one_actor_and_one_host(database: Database) -> None:
    await migrate(database, now=NOW)
    digests = StoredDigests(database)
    for actor in (ANNA, BERT, *ELSE):
        await follow(database, actor)
    await follow(database, ANNA, RELAY)
    assert await digests.digest(US, "m.test") == Digest(digest_of([ANNA, BERT]), 2)
    assert await digests.digest(RELAY, "m.test") == Digest(digest_of([ANNA]), 1)
    assert await digests.on_host(US, "m.test") == sorted([ANNA, BERT])


async def test_every_way_in_which_somebody_goes_renews_the_digest(database: Database) -> None:
    await migrate(database, now=NOW)
    digests = StoredDigests(database)

    async def moderated(tx: Transaction) -> None:
        await pending._drop(tx, ANNA, NOW)

    async def unfollowed(tx: Transaction) -> None:
        await store.remove_follower(tx, US, ANNA)

    async def deleted(tx: Transaction) -> None:
        await store.remove_everywhere(tx, ANNA)

    async def away(tx: Transaction) -> None:
        await relations.end(tx, ANNA, f"{ANNA}/inbox", NOW, "gone")

    await follow(database, BERT)
    for goes in (moderated, unfollowed, deleted, away):
        await follow(database, ANNA)
        assert (await digests.digest(US, "m.test")).number == 2
        await database.write(goes)
        assert await digests.digest(US, "m.test") == Digest(digest_of([BERT]), 1)


async def test_asking_for_servers_without_followers_keeps_nothing(database: Database) -> None:
    await migrate(database, now=NOW)
    for number in range(3):
        assert (await StoredDigests(database).digest(US, f"x{number}.test")).number == 0

    async def kept(tx: Transaction) -> list[Row]:
        return await tx.rows("select * from follower_digest")

    assert await database.read(kept) == []
