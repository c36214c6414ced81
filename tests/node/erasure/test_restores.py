"""Nobody who was erased comes back with yesterday's backup, or after a crash."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from node.app import open_node
from node.backup.manifest import BackupRefused
from node.backup.restoring import restore
from node.config import Config, load_config
from node.erasure.ledger import KEY_NAME, LOG_NAME, Ledger, LedgerBroken
from node.errors import Unavailable
from node.operations.recovering import begin_ledger_anew
from node.people import erasure_store, store
from node.people.erasing import erase_person
from node.people.model import Role
from node.services import Node, SystemClock
from tests.node.erasure.lives import guest
from tests.node.erasure.needles import NEEDLE, in_folder
from tests.support.browsers import account
from tests.support.founding import found
from tests.support.nodes import EVENT, community, do, free_port, settings


@pytest.fixture
async def config(tmp_path: Path, database_url: str) -> Config:
    """A node with a member and a guest, and a backup of it; on each engine."""
    made = load_config(settings(tmp_path / "data", free_port(), database_url))
    await found(made, community(), {})
    async with open_node(made) as node:
        await account(node, "lina", Role.AMBASSADOR)
        await account(node, NEEDLE, Role.MEMBER)
        event = await do(node, "event.publish", document=EVENT)
        link = await guest(node, event["id"])
        await do(node, "backup.take", file=str(tmp_path / "yesterday.tgz"))
        await do(node, "user.erase", name=NEEDLE, now=True)
        await do(node, "data.forget", target=link)
        await do(node, "backup.take", file=str(tmp_path / "today.tgz"))
    return made


def elsewhere(config: Config, folder: Path) -> Config:
    """A data folder with nothing but the master key, for a database in one file."""
    folder.mkdir(mode=0o700)
    (folder / "secret.key").write_bytes(config.secret_file.read_bytes())
    return replace(config, data=folder, database=f"sqlite:///{folder}/josoor.db",
                   secret_file=folder / "secret.key")  # fmt: skip


async def names(node: Node) -> set[str]:
    return {person.name for person in await node.look(store.everybody)}


async def test_a_restored_backup_and_the_ledger_do_not_bring_her_back(
    config: Config, tmp_path: Path
) -> None:
    again = elsewhere(config, tmp_path / "again")
    ledger = config.data / LOG_NAME
    await restore(again, tmp_path / "yesterday.tgz", now=SystemClock().now(), ledger=ledger)
    assert in_folder(again.data), "the backup has her, or this shows nothing"
    async with open_node(again) as node:
        assert await names(node) == {"lina"}
        (event,) = await do(node, "event.list")
        assert await do(node, "event.rsvps", id=event["id"]) == []
        assert (await do(node, "erasures.verify"))["late"] == 0
        assert in_folder(again.data) == {}


async def test_the_ledger_that_is_in_the_folder_is_kept(config: Config, tmp_path: Path) -> None:
    again = elsewhere(config, tmp_path / "again")
    Ledger(again.data).copy_from(config.data / LOG_NAME)
    await restore(again, tmp_path / "yesterday.tgz", now=SystemClock().now())
    async with open_node(again) as node:
        assert await names(node) == {"lina"}


async def test_the_backup_has_neither_the_ledger_nor_its_key(
    config: Config, tmp_path: Path
) -> None:
    again = elsewhere(config, tmp_path / "again")
    await restore(again, tmp_path / "yesterday.tgz", now=SystemClock().now())
    assert not (again.data / LOG_NAME).exists()
    assert not (again.data / KEY_NAME).exists()


async def test_a_newer_backup_needs_the_ledger_that_it_has_followed(
    config: Config, tmp_path: Path
) -> None:
    again, now = elsewhere(config, tmp_path / "again"), SystemClock().now()
    with pytest.raises(BackupRefused, match="--ledger FILE"):
        await restore(again, tmp_path / "today.tgz", now=now)
    assert not (again.data / "josoor.db").exists()
    await restore(again, tmp_path / "today.tgz", now=now, without_ledger=True)
    async with open_node(again) as node:
        assert await names(node) == {"lina"}
        await do(node, "user.create", name="amal", role="member")
        await do(node, "user.erase", name="amal", now=True)
        assert (await do(node, "erasures.verify"))["lines"] == 1


async def test_a_changed_ledger_is_not_taken(config: Config, tmp_path: Path) -> None:
    again, ledger = elsewhere(config, tmp_path / "again"), config.data / LOG_NAME
    ledger.write_text(ledger.read_text().replace("person", "actor"))
    with pytest.raises(BackupRefused, match="changed at or before line 2"):
        await restore(again, tmp_path / "yesterday.tgz", now=SystemClock().now(), ledger=ledger)


@pytest.mark.parametrize("harm", ["changed", "shortened", "gone"])
async def test_a_broken_ledger_stops_the_start(config: Config, harm: str) -> None:
    ledger = config.data / LOG_NAME
    lines = ledger.read_text().splitlines(keepends=True)
    if harm == "gone":
        ledger.unlink()
    else:
        changed = [lines[0].replace("person", "actor"), lines[1]]
        ledger.write_text("".join(changed if harm == "changed" else lines[:1]))
    with pytest.raises(LedgerBroken, match="ledger of erasures"):
        async with open_node(config):
            pass
    await begin_ledger_anew(config)
    async with open_node(config) as node:
        assert (await do(node, "erasures.verify"))["lines"] == 0


async def test_a_crash_after_the_line_and_before_the_rows_is_made_good_at_the_next_start(
    config: Config,
) -> None:
    async with open_node(config) as node:
        person = await account(node, "amal", Role.MEMBER)
        await node.act(lambda context: erase_person(context, person.id))
        await asyncio.to_thread(
            Ledger(config.data).append, "person", person.id, SystemClock().now()
        )
    async with open_node(config) as node:
        assert await names(node) == {"lina"}
        assert (await do(node, "erasures.list"))[0]["erased"]
        assert (await do(node, "erasures.verify"))["late"] == 0


async def test_a_crash_before_the_line_leaves_it_to_be_done(config: Config) -> None:
    async with open_node(config) as node:
        person = await account(node, "amal", Role.MEMBER)
        await node.act(lambda context: erase_person(context, person.id))
    async with open_node(config) as node:
        assert await node.look(lambda tx: erasure_store.due(tx, SystemClock().now()))
        await do(node, "user.erase", name="amal", now=True)
        assert await names(node) == {"lina"}


async def test_a_ledger_that_cannot_be_written_erases_nobody(config: Config) -> None:
    async with open_node(config) as node:
        await account(node, "amal", Role.MEMBER)
        (config.data / LOG_NAME).rename(config.data / "aside")
        (config.data / LOG_NAME).mkdir()
        with pytest.raises(Unavailable, match="nothing was erased"):
            await do(node, "user.erase", name="amal", now=True)
        assert "amal" in await names(node)
        (config.data / LOG_NAME).rmdir()
        (config.data / "aside").rename(config.data / LOG_NAME)
