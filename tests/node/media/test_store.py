"""Pictures and shares in the database, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from node.media import store
from node.media.model import Picture, Size
from node.network import shares
from node.network.shares import Share, ShareRule
from node.storage.database import Database, Transaction

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
EVENT = "https://wien.example/e/1"


def picture(key: str, *digests: str) -> Picture:
    sizes = [
        Size(width=1280 // (at + 1), height=9, media_type="image/jpeg", digest=digest, length=5)
        for at, digest in enumerate(digests)
    ]
    return Picture(id=key, alt={"de": "Ein Garten", "ar": "حديقة"}, sizes=sizes, created=NOW)


async def test_a_picture_comes_back_as_it_was_kept(database: Database) -> None:
    async def work(tx: Transaction) -> Picture | None:
        await store.add(tx, picture("a", "1", "2"))
        return await store.find(tx, "a")

    found = await database.write(work)
    assert found == picture("a", "1", "2")
    assert found.size(480) == found.sizes[1]
    assert found.size(5) == found.sizes[1]
    assert found.size() == found.sizes[0]


async def test_files_are_waste_once_no_picture_has_them(database: Database) -> None:
    async def work(tx: Transaction) -> list[bool]:
        await store.add(tx, picture("a", "1", "2"))
        await store.add(tx, picture("b", "1"))
        await store.remove(tx, "a")
        assert sorted(await store.waste(tx, 10)) == ["1", "2"]
        return [await store.is_needed(tx, digest) for digest in ("1", "2")]

    assert await database.write(work) == [True, False]


async def test_what_is_used_is_not_unused(database: Database) -> None:
    async def work(tx: Transaction) -> list[list[str]]:
        await store.add(tx, picture("a", "1"))
        await store.add(tx, picture("b", "2"))
        for _ in range(2):
            await store.add_use(tx, "a", EVENT)
        found = [await store.unused(tx, NOW + timedelta(days=1), 10)]
        await store.end_use(tx, "a", EVENT)
        return [*found, await store.unused(tx, NOW + timedelta(days=1), 10)]

    first, second = await database.write(work)
    assert first == ["b"]
    assert sorted(second) == ["a", "b"]


async def test_a_twin_has_the_same_bytes_and_words_and_nothing_shows_it(database: Database) -> None:
    async def work(tx: Transaction) -> list[str | None]:
        kept = picture("a", "1")
        await store.add(tx, kept)
        found = [
            await store.unused_twin(tx, "1", kept.alt),
            await store.unused_twin(tx, "1", {"de": "Anders"}),
            await store.unused_twin(tx, "2", kept.alt),
        ]
        await store.add_use(tx, "a", EVENT)
        return [*found, await store.unused_twin(tx, "1", kept.alt)]

    assert await database.write(work) == ["a", None, None, None]


async def test_shares_and_their_rule_are_kept(database: Database) -> None:
    share = Share(
        object="https://linz.example/1",
        author="https://linz.example/anna",
        announce_id="https://wien.example/a/1",
        wrapped_id=None,
        by_rule=True,
        at=NOW,
    )

    async def work(tx: Transaction) -> None:
        assert await shares.rule(tx, "wien") is ShareRule.NOBODY
        for rule in (ShareRule.FOLLOWED, ShareRule.TRUSTED):
            await shares.set_rule(tx, "wien", rule)
        assert await shares.rule(tx, "wien") is ShareRule.TRUSTED
        await shares.add(tx, share)
        assert await shares.latest(tx, 5) == await shares.of_author(tx, share.author) == [share]
        assert await shares.by_rule_since(tx, NOW - timedelta(hours=1)) == 1
        assert await shares.by_rule_since(tx, NOW - timedelta(hours=1), "else") == 0
        assert await shares.by_rule_since(tx, NOW) == 0
        await shares.add_carrier(tx, "https://wien.example/a/2")
        assert await shares.blank_carriers(tx, 5) == 1
        await shares.remove(tx, share.object)
        assert await shares.find(tx, share.object) is None

    await database.write(work)
