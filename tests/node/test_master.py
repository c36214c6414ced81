"""The master key is exchanged so that at every moment each secret can be opened."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from keys.errors import VaultRefused
from keys.vault import Vault, make_master
from node import master
from node.app import open_node
from node.community import key_store, store
from node.community.keyring import StoredKeyring
from node.config import Config, load_config
from node.errors import Conflict
from node.services import Node
from node.storage.database import Row, Transaction
from tests.support.founding import found
from tests.support.nodes import community, do, free_port, settings

ROW = {"row": "r", "purpose": "p"}


@pytest.fixture
async def config(tmp_path: Path) -> Config:
    made = load_config(settings(tmp_path / "wien", free_port()))
    await found(made, community(), {})
    return made


async def _sealed(node: Node) -> dict[str, bytes]:
    async def read(tx: Transaction) -> list[Row]:
        return await tx.rows("select id, sealed from actor_key")

    return {row["id"]: bytes(row["sealed"]) for row in await node.look(read)}


async def _signs(config: Config) -> None:
    """The node opens, and both of its actors can sign."""
    async with open_node(config) as node:
        for actor in node.urls.actors():
            await node.keyring.signing_key(actor)


async def test_after_the_exchange_only_the_new_master_key_opens(config: Config) -> None:
    old = config.secret_file.read_bytes()
    async with open_node(config) as node:
        answer = await do(node, "key.rotate-master")
        assert answer == {"resealed": 4, "file": str(config.secret_file)}
        sealed = await _sealed(node)
        for actor in node.urls.actors():
            await node.keyring.signing_key(actor)
    assert config.secret_file.read_bytes() != old
    assert stat.S_IMODE(config.secret_file.stat().st_mode) == 0o600
    assert [path.name for path in config.data.glob("secret.key*")] == ["secret.key"]
    with pytest.raises(VaultRefused):
        Vault(old).open(next(iter(sealed.values())), row=next(iter(sealed)), purpose="actor-key")
    await _signs(config)


async def test_an_exchange_broken_off_before_anything_was_sealed_anew_is_no_harm(
    config: Config,
) -> None:
    master.begin_exchange(config.secret_file)
    assert master.exchange_under_way(config.secret_file)
    await _signs(config)
    async with open_node(config) as node:
        assert (await do(node, "key.rotate-master"))["resealed"] == 4
    assert not master.exchange_under_way(config.secret_file)
    await _signs(config)


async def test_an_exchange_broken_off_after_all_was_sealed_anew_is_no_harm(
    config: Config,
) -> None:
    master.begin_exchange(config.secret_file)
    async with open_node(config) as node:
        vault = node.keyring.vault
        assert await node.act(lambda context: key_store.reseal(context.tx, vault)) == 4
    await _signs(config)
    async with open_node(config) as node:
        assert (await do(node, "key.rotate-master"))["resealed"] == 0
    assert not master.exchange_under_way(config.secret_file)
    await _signs(config)


async def test_what_is_sealed_during_an_exchange_is_sealed_with_the_new_master_key(
    config: Config,
) -> None:
    master.begin_exchange(config.secret_file)
    async with open_node(config) as node:
        await do(node, "key.rotate")
        new = next(key for key in await node.look(store.keys) if key.id.endswith("main-key-2"))
        assert not node.keyring.vault.needs_resealing(new.sealed)
    await _signs(config)


async def test_of_two_exchanges_at_once_one_is_told_to_wait_and_no_key_is_lost(
    config: Config,
) -> None:
    async with open_node(config) as node:
        answers = await asyncio.gather(
            *[do(node, each) for each in ("key.rotate-master", "key.rotate-master", "key.rotate")],
            return_exceptions=True,
        )
    assert answers[0] == {"resealed": 4, "file": str(config.secret_file)}
    assert [type(answer) for answer in answers[1:]] == [Conflict, Conflict]
    await _signs(config)


async def test_a_process_that_read_the_old_master_key_does_not_seal_with_it_any_more(
    config: Config,
) -> None:
    async with open_node(config) as node:
        assert isinstance(node.keyring, StoredKeyring)
        stale = node.keyring.vault
        await do(node, "key.rotate-master")
        # As it is for a minute in another process over the same database.
        node.keyring.vault = stale
        await do(node, "key.rotate")
    await _signs(config)


async def test_a_destroyed_key_is_not_sealed_anew(config: Config) -> None:
    async with open_node(config) as node:
        await do(node, "key.rotate")
        # two actors with two RSA keys and one Ed25519 key each; the old Ed25519 keys are no more
        assert (await do(node, "key.rotate-master"))["resealed"] == 6
        assert sum(value == b"" for value in (await _sealed(node)).values()) == 2


async def test_every_sealed_column_of_the_schema_is_sealed_anew(config: Config) -> None:
    async with open_node(config) as node:

        async def read(tx: Transaction) -> list[Row]:
            return await tx.rows(
                "select m.name as place from sqlite_schema m, pragma_table_info(m.name) c "
                "where m.type = 'table' and c.name like '%sealed%'"
            )

        # who wrote to the team stays sealed as well, and where mail goes
        sealed = {row["place"] for row in await node.look(read)}
        assert sealed == {"actor_key", "complaint", "mail_address", "mail_key"}


def test_a_broken_off_exchange_goes_on_with_the_same_new_key(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    master.write_secret(file, make_master())
    (tmp_path / "secret.key.next.draft").write_bytes(b"half of a k")
    master.begin_exchange(file)
    first = (tmp_path / "secret.key.next").read_bytes()
    master.begin_exchange(file)
    assert (tmp_path / "secret.key.next").read_bytes() == first
    sealed = master.open_vault(file).seal(b"x", **ROW)
    assert Vault(first).open(sealed, **ROW) == b"x"
    master.end_exchange(file)
    assert file.read_bytes() == first


def test_an_exchange_that_somebody_else_ended_is_ended(tmp_path: Path) -> None:
    file = tmp_path / "secret.key"
    master.write_secret(file, make_master())
    before = file.read_bytes()
    master.end_exchange(file)
    assert file.read_bytes() == before
