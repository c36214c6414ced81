"""What hosts taught us about signing outlives the process, and is forgotten in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from keys.signature import Scheme
from node.storage.database import Database
from node.storage.schemes import StoredSchemes, forget_schemes, known_key
from tests.conftest import NOW

WEEK = timedelta(days=7)
US, HOST = "https://wien.test/c/wien", "berlin.test"


async def test_a_host_that_taught_nothing_is_not_known(database: Database) -> None:
    assert await StoredSchemes(database).scheme(HOST, NOW) is None


@pytest.mark.parametrize("scheme", Scheme)
async def test_what_a_host_taught_is_known_at_once_and_after_a_restart(
    database: Database, scheme: Scheme
) -> None:
    schemes = StoredSchemes(database)
    await schemes.scheme(HOST, NOW)
    await schemes.learn(HOST, scheme, NOW + WEEK)
    assert await schemes.scheme(HOST, NOW) is scheme
    assert await StoredSchemes(database).scheme(HOST, NOW) is scheme


async def test_a_host_that_teaches_before_anybody_asked_is_known(database: Database) -> None:
    schemes = StoredSchemes(database)
    await schemes.learn(HOST, Scheme.RFC9421, NOW + WEEK)
    assert await schemes.scheme(HOST, NOW) is Scheme.RFC9421


async def test_the_last_lesson_counts(database: Database) -> None:
    schemes = StoredSchemes(database)
    await schemes.learn(HOST, Scheme.RFC9421, NOW + WEEK)
    await schemes.learn(HOST, Scheme.DRAFT_CAVAGE, NOW + WEEK)
    for each in (schemes, StoredSchemes(database)):
        assert await each.scheme(HOST, NOW) is Scheme.DRAFT_CAVAGE


async def test_a_lesson_ends(database: Database) -> None:
    schemes = StoredSchemes(database)
    await schemes.learn(HOST, Scheme.RFC9421, NOW + WEEK)
    for each in (schemes, StoredSchemes(database)):
        assert await each.scheme(HOST, NOW + WEEK) is None
    assert await database.write(lambda tx: forget_schemes(tx, NOW)) == 0
    assert await database.write(lambda tx: forget_schemes(tx, NOW + WEEK)) == 1


async def test_no_more_hosts_are_held_than_fit(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.storage.schemes._HELD", 2)
    schemes = StoredSchemes(database)
    await schemes.scheme(HOST, NOW)
    for name in ("a.test", "b.test", "c.test"):
        await schemes.learn(name, Scheme.RFC9421, NOW + WEEK)
    found = [await schemes.scheme(name, NOW) for name in ("a.test", "b.test", "c.test")]
    assert found == [None, Scheme.RFC9421, Scheme.RFC9421]


async def test_each_host_holds_the_key_that_it_acknowledged_last(database: Database) -> None:
    schemes = StoredSchemes(database)
    assert await schemes.known_key(US, HOST) is None
    await schemes.acknowledge(US, HOST, f"{US}#main-key", NOW)
    await schemes.acknowledge(US, HOST, f"{US}#main-key-2", NOW)
    await schemes.acknowledge(US, "other.test", f"{US}#main-key", NOW)
    assert await schemes.known_key(US, HOST) == f"{US}#main-key-2"
    found = await database.read(lambda tx: known_key(tx, US, "other.test"))
    assert found == f"{US}#main-key"
