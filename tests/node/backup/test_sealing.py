"""A backup that was sealed for an offline key is read with that key alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from node.app import open_node
from node.backup.manifest import BackupRefused
from node.backup.restoring import restore
from node.backup.sealing import is_sealed, make_key, opened
from node.config import load_config
from node.services import Node, SystemClock
from tests.support.founding import found
from tests.support.nodes import EVENT, community, do, free_port, settings


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    config = load_config(settings(tmp_path / "data", free_port()))
    await found(config, community(), {})
    async with open_node(config) as node:
        await do(node, "event.publish", document=EVENT)
        yield node


async def test_a_sealed_backup_brings_the_node_back_with_its_key(node: Node, tmp_path: Path):
    public = make_key(tmp_path / "offline.key")
    told = await do(node, "backup.take", file=str(tmp_path / "f.age"), to=public, with_keys=True)
    assert told["sealed"] is True
    folder = tmp_path / "again"
    folder.mkdir(mode=0o700)
    again = replace(
        node.config,
        data=folder,
        database=f"sqlite:///{folder}/josoor.db",
        secret_file=folder / "secret.key",
    )
    with opened(tmp_path / "f.age", tmp_path / "offline.key") as plain:
        await restore(again, plain, now=SystemClock().now(), without_ledger=True)
    async with open_node(again) as back:
        assert len(await do(back, "event.list")) == 1


async def test_nothing_of_it_can_be_read_without_the_key(node: Node, tmp_path: Path):
    public = make_key(tmp_path / "offline.key")
    make_key(tmp_path / "other.key")
    await do(node, "backup.take", file=str(tmp_path / "f.age"), to=public, with_keys=True)
    assert is_sealed(tmp_path / "f.age")
    assert node.config.secret_file.read_bytes() not in (tmp_path / "f.age").read_bytes()
    for identity, why in ((None, "--identity"), (tmp_path / "other.key", "does not open")):
        with pytest.raises(BackupRefused, match=why), opened(tmp_path / "f.age", identity):
            pytest.fail("it was opened")
    for draft in ("f.age.part", "f.age.sealed"):
        assert not (tmp_path / draft).exists(), "no draft is left in the clear"


async def test_a_sealed_backup_that_was_changed_is_refused(node: Node, tmp_path: Path):
    public = make_key(tmp_path / "offline.key")
    await do(node, "backup.take", file=str(tmp_path / "f.age"), to=public)
    packed = bytearray((tmp_path / "f.age").read_bytes())
    packed[len(packed) // 2] ^= 1
    (tmp_path / "g.age").write_bytes(packed)
    with (
        pytest.raises(BackupRefused, match="does not open"),
        opened(tmp_path / "g.age", tmp_path / "offline.key"),
    ):
        pytest.fail("it was opened")


async def test_what_is_no_public_key_is_refused_before_anything_is_written(
    node: Node, tmp_path: Path
):
    with pytest.raises(BackupRefused, match="age1"):
        await do(node, "backup.take", file=str(tmp_path / "f.age"), to="ssh-rsa AAAA")
    assert not (tmp_path / "f.age").exists()


def test_a_key_is_for_its_owner_and_never_replaces_another(tmp_path: Path):
    public = make_key(tmp_path / "offline.key")
    assert public.startswith("age1")
    assert (tmp_path / "offline.key").stat().st_mode & 0o077 == 0
    with pytest.raises(BackupRefused, match="cannot be written"):
        make_key(tmp_path / "offline.key")


def test_the_command_makes_a_key_and_prints_only_the_public_one(tmp_path: Path):
    command = [sys.executable, "-m", "node", "backup", "key", str(tmp_path / "offline.key")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("age1")
    assert "SECRET" not in done.stdout + done.stderr
