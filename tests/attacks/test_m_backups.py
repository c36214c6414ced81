"""Attacks on backups: who steals one reads nothing in it."""

from __future__ import annotations

from pathlib import Path

from node.app import open_node
from node.backup.restoring import restore
from node.backup.sealing import make_key, opened
from node.config import load_config
from node.founding import found
from node.services import SystemClock
from tests.support.nodes import EVENT, community, do, free_port, settings


async def test_m12_a_stolen_backup_says_nothing_and_its_owner_gets_all_of_it(tmp_path: Path):
    config = load_config(settings(tmp_path / "data", free_port()))
    await found(config, community(), {})
    public = make_key(tmp_path / "offline.key")
    async with open_node(config) as node:
        await do(node, "event.publish", document=EVENT)
        await do(node, "backup.take", file=str(tmp_path / "f.age"), to=public, with_keys=True)
    stolen = (tmp_path / "f.age").read_bytes()
    for needle in (b"Sprachcaf", b"manifest", b"BEGIN", config.secret_file.read_bytes()):
        assert needle not in stolen
    # the drill: on another machine, with nothing but the file and the offline key
    elsewhere = load_config(settings(tmp_path / "elsewhere", free_port()))
    with opened(tmp_path / "f.age", tmp_path / "offline.key") as plain:
        await restore(elsewhere, plain, now=SystemClock().now(), without_ledger=True)
    async with open_node(load_config({"JOSOOR_DATA": str(elsewhere.data)})) as back:
        assert len(await do(back, "event.list")) == 1
