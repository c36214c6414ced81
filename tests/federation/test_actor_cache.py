"""What every `ActorCache` promises: in memory, SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from federation.memory import MemoryActors
from federation.ports import (
    KEY_RULES,
    ActorCache,
    KeyForm,
    KeyUse,
    RemoteActor,
    RemoteKey,
    Unproven,
)
from node.ids import stamp
from node.storage.actors import StoredActors, note_announced, unproven_count
from node.storage.database import Database, Transaction
from node.storage.migrate import SCHEMA, migrate
from node.storage.opening import open_database

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)


@pytest.fixture
async def cache(kept_in: str) -> AsyncIterator[ActorCache]:
    """An empty cache."""
    if kept_in == "memory":
        yield MemoryActors()
        return
    database = await open_database(kept_in)
    yield StoredActors(database)
    await database.close()


ANNA = RemoteActor(
    id="https://a.test/anna",
    type="Person",
    username="anna",
    host="a.test",
    name="Anna أ",
    inbox="https://a.test/anna/inbox",
    shared_inbox=None,
    followers="https://a.test/anna/followers",
    outbox=None,
    url="https://a.test/@anna",
    keys=(
        RemoteKey(id="https://a.test/anna#2", text="two"),
        RemoteKey(id="https://a.test/anna#1", text="one"),
    ),
    fetched_at=NOW,
    document=b'{"id": "https://a.test/anna"}',
)


async def test_an_actor_comes_back_as_it_was_by_id_and_by_key(cache: ActorCache) -> None:
    assert await cache.actor(ANNA.id) is None
    assert await cache.owner_of_key(ANNA.keys[0].id) is None
    await cache.keep(ANNA)
    assert await cache.actor(ANNA.id) == ANNA
    for key in ANNA.keys:
        assert await cache.owner_of_key(key.id) == ANNA
    assert await cache.owner_of_key(ANNA.id) is None


async def test_the_last_fetch_wins_and_old_keys_are_gone(cache: ActorCache) -> None:
    await cache.keep(ANNA)
    changed = replace(ANNA, name="Anna B.", keys=ANNA.keys[1:], shared_inbox="https://a.test/in")
    await cache.keep(changed)
    assert await cache.actor(ANNA.id) == changed
    assert await cache.owner_of_key(ANNA.keys[0].id) is None


async def test_a_neighbour_who_lists_the_key_of_another_does_not_take_it_from_her(
    cache: ActorCache,
) -> None:
    adam = replace(ANNA, id="https://a.test/adam")
    for actor in (adam, ANNA):
        await cache.keep(actor)
    assert await cache.owner_of_key(ANNA.keys[0].id) == ANNA
    path = (RemoteKey(id="https://a.test/keys/1", text="one"),)
    for actor in (ANNA, adam):
        await cache.keep(replace(actor, keys=path))
    held = await cache.owner_of_key("https://a.test/keys/1")
    assert held is not None
    assert held.id == adam.id


async def test_a_forgotten_actor_takes_its_keys_along(cache: ActorCache) -> None:
    await cache.forget(ANNA.id)
    await cache.keep(ANNA)
    await cache.forget(ANNA.id)
    assert await cache.actor(ANNA.id) is None
    assert await cache.owner_of_key(ANNA.keys[0].id) is None


async def test_one_actor_kept_many_times_at_once_is_there_once(cache: ActorCache) -> None:
    await asyncio.gather(*(cache.keep(ANNA) for _ in range(20)))
    assert await cache.actor(ANNA.id) == ANNA


async def test_keys_come_back_in_every_form_for_every_use(cache: ActorCache) -> None:
    keys = tuple(
        RemoteKey(id="https://a.test/anna#k", text=f"{form}{use}", form=form, use=use, expires=end)
        for form in KeyForm
        for use in KeyUse
        for end in (None, NOW)
    )
    await cache.keep(replace(ANNA, keys=keys))
    found = await cache.owner_of_key("https://a.test/anna#k")
    assert found is not None
    assert found.keys == keys


async def test_who_exchanges_all_keys_is_unproven_until_confirmed(cache: ActorCache) -> None:
    await cache.keep(ANNA)
    assert await cache.unproven() == []
    new = replace(ANNA, keys=(RemoteKey(id="https://a.test/anna#3", text="three"),))
    kept = await cache.keep(new)
    assert kept == replace(new, unproven_since=NOW)
    assert await cache.actor(ANNA.id) == kept
    assert await cache.unproven() == [
        Unproven(id=ANNA.id, host="a.test", name=ANNA.name, since=NOW)
    ]
    assert await cache.doubtful([ANNA.id, "https://a.test/bert"]) == {ANNA.id}
    assert await cache.confirm(ANNA.id)
    assert not await cache.confirm(ANNA.id)
    assert await cache.actor(ANNA.id) == new


async def test_where_two_exchange_their_keys_within_a_day_the_whole_host_is_in_doubt(
    cache: ActorCache,
) -> None:
    bert, carl = "https://a.test/bert", "https://a.test/carl"
    for actor_id, away in ((ANNA.id, 0), (bert, 25), (carl, 49)):
        await cache.keep(replace(ANNA, id=actor_id))
        at, key = NOW + timedelta(hours=away), RemoteKey(id=f"{actor_id}#3", text=actor_id)
        await cache.keep(replace(ANNA, id=actor_id, keys=(key,), fetched_at=at))
        wanted = [ANNA.id, bert, carl, "https://a.test/dora", "https://b.test/dora", "no address"]
        found = await cache.doubtful(wanted)
        if actor_id != carl:
            assert found == set(wanted[: 1 + (actor_id == bert)])
        else:
            assert found == set(wanted[:4])
    assert await cache.confirm(carl)
    assert await cache.doubtful(["https://a.test/dora", carl, bert]) == {bert}


async def test_the_rules_under_which_an_actor_was_kept_are_remembered(cache: ActorCache) -> None:
    await cache.keep(replace(ANNA, rules=1))
    held = await cache.actor(ANNA.id)
    assert held is not None
    assert held.rules == 1


async def test_keys_that_were_announced_are_proven_in_the_database(database: Database) -> None:
    cache = StoredActors(database)
    three = RemoteKey(id="https://a.test/anna#3", text="three")
    await cache.keep(ANNA)

    async def hear(tx: Transaction) -> None:
        await note_announced(tx, ANNA.id, [three], NOW)
        await note_announced(tx, "https://a.test/bert", [three], NOW)

    await database.write(hear)
    held = await cache.actor(ANNA.id)
    assert held is not None
    assert len(held.announced) == 1
    assert (await cache.keep(replace(ANNA, keys=(three,)))).unproven_since is None
    assert await database.read(unproven_count) == 0
    four = RemoteKey(id="https://a.test/anna#4", text="four")
    await cache.keep(replace(ANNA, keys=(four,)))
    assert await database.read(unproven_count) == 1


async def test_b12_keys_kept_before_the_rules_got_stricter_are_marked_as_old(
    empty_database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "schema"
    folder.mkdir()
    for file in sorted(SCHEMA.glob("000[123]_*.sql")):
        (folder / file.name).write_bytes(file.read_bytes())
    await migrate(empty_database, folder, now=NOW)

    async def keep(tx: Transaction) -> None:
        await tx.run(
            "insert into remote_actor (id, type, username, host, name, inbox, fetched_at, document)"
            " values (:id, 'Person', 'anna', 'a.test', 'Anna', :id, :at, :document)",
            id=ANNA.id,
            at=stamp(NOW),
            document=b"{}",
        )
        await tx.run(
            "insert into remote_key (id, actor, place, pem) values (:id, :actor, 0, 'one')",
            id=ANNA.keys[1].id,
            actor=ANNA.id,
        )

    await empty_database.write(keep)
    await migrate(empty_database, SCHEMA, now=NOW)
    cache = StoredActors(empty_database)
    held = await cache.owner_of_key(ANNA.keys[1].id)
    assert held is not None
    assert held.rules < KEY_RULES
    # The old key still counts as one that was known.
    assert held.keys == ANNA.keys[1:]
    assert (await cache.keep(ANNA)).unproven_since is None
