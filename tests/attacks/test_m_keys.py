"""Our own keys in the wrong hands: rows M04 to M06 of the catalogue."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from keys.errors import VaultRefused
from keys.serialisation import private_der
from node.community.keyring import make_pair
from node.storage.database import Database, Transaction
from node.storage.migrate import migrate
from node.storage.opening import open_database
from tests.node.test_rotation_outwards import World
from tests.support.rotating import START, US, OurNode


@pytest.fixture
async def stored(tmp_path: Path) -> AsyncIterator[Database]:
    database = await open_database(f"sqlite:///{tmp_path}/josoor.db")
    await migrate(database, now=START)
    yield database
    await database.close()


def _bytes_of(folder: Path) -> bytes:
    """Database and log as a thief would have them."""
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def test_m04_a_stolen_database_holds_no_private_key(stored: Database, tmp_path: Path) -> None:
    node, pairs = OurNode(stored), (make_pair(), make_pair())
    await node.found(*pairs)
    taken = _bytes_of(tmp_path)
    for pair in pairs:
        prime = pair.rsa.private_numbers().p
        raw = pair.edwards.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        for needle in (private_der(pair.rsa)[40:80], prime.to_bytes(128, "big")[:32], raw):
            assert needle not in taken
    assert b"PRIVATE KEY" not in taken


async def test_m04_a_sealed_key_does_not_open_in_the_row_of_another(stored: Database) -> None:
    node = OurNode(stored)
    await node.found()

    async def swap(tx: Transaction) -> None:
        rows = await tx.rows("select id, sealed from actor_key where kind = 'rsa' order by id")
        for row, other in zip(rows, reversed(rows), strict=True):
            await tx.run(
                "update actor_key set sealed = :sealed where id = :id",
                sealed=other["sealed"],
                id=row["id"],
            )

    await stored.write(swap)
    with pytest.raises(VaultRefused):
        await node.keyring.check()


async def test_m05_a_rotation_writes_no_key_into_logs_or_representations(
    stored: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    world = World(stored)
    await world.settle(2)
    await world.node.rotate()
    await world.work(timedelta(minutes=1))
    keys = await world.node.keys()
    signing = await world.node.keyring.signing_key(US)
    said = f"{caplog.text}{keys!r}{signing!r}{world.node.keyring!r}{world.node.vault!r}"
    assert "PRIVATE" not in said
    for key in keys.values():
        assert repr(key.sealed[8:24])[2:-1] not in said or not key.sealed


async def test_m06_a_rotated_key_costs_no_follower_and_no_401_at_either_kind_of_peer(
    stored: Database,
) -> None:
    world = World(stored)
    await world.settle(4)
    await world.publish("https://wien.test/e/2")
    await world.node.rotate()
    await world.work(timedelta(minutes=5))
    assert {status for server in world.servers for status in server.statuses} == {202}
    assert [server.refollows for server in world.servers] == [0] * 4
    assert set((await world.node.acknowledged()).values()) == {f"{US}#main-key-2"}
