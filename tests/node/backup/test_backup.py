"""A backup brings the whole node back, or says why it cannot."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from node.app import open_node
from node.backup.manifest import BackupRefused
from node.backup.restoring import restore
from node.community.model import Community
from node.config import Config, load_config
from node.doctor import check_database
from node.services import Node, SystemClock
from node.storage.copying import NOT_COPIED
from node.storage.database import Database, Transaction
from node.storage.opening import open_database
from tests.support.founding import found
from tests.support.nodes import EVENT, community, do, free_port, settings

Rows = dict[str, list[str]]


@pytest.fixture
async def node(tmp_path: Path, database_url: str) -> AsyncIterator[Node]:
    """A node with an event, a token, and something on its way; on each engine."""
    async with _lived_in(tmp_path, database_url) as node:
        yield node


@asynccontextmanager
async def _lived_in(tmp_path: Path, database_url: str) -> AsyncIterator[Node]:
    config = load_config(settings(tmp_path / "data", free_port(), database_url))
    ours: Community = community()
    await found(config, ours, {})
    async with open_node(config) as node:
        await do(node, "event.publish", document=EVENT)
        await do(node, "user.create", name="amal", role="ambassador")
        await do(node, "token.create", user="amal", scope="write")
        yield node


def _elsewhere(node: Node, tmp_path: Path, name: str = "again") -> Config:
    """A data folder where nothing is, and the master key beside it."""
    folder = tmp_path / name
    folder.mkdir(mode=0o700)
    secret = folder / "secret.key"
    secret.write_bytes(node.config.secret_file.read_bytes())
    return replace(
        node.config, data=folder, database=f"sqlite:///{folder}/josoor.db", secret_file=secret
    )


async def _rows(database: Database, *, without: frozenset[str] = frozenset()) -> Rows:
    async def read(tx: Transaction) -> Rows:
        named = (
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
            if database.engine == "sqlite"
            else "select table_name as name from information_schema.tables "
            "where table_schema = current_schema()"
        )
        tables = [row["name"] for row in await tx.rows(named)]
        return {
            name: sorted(str(sorted(row.items())) for row in await tx.rows(f"select * from {name}"))
            for name in tables
            if name not in NOT_COPIED | without
        }

    return await database.read(read)


_ENDED = frozenset({"token", "session", "restore_hold"})
"""What a restore ends, and that it holds the node back."""


async def test_every_row_comes_back(node: Node, tmp_path: Path) -> None:
    before = await _rows(node.database, without=_ENDED)
    await do(node, "backup.take", file=str(tmp_path / "f.tgz"))
    again = _elsewhere(node, tmp_path)
    await restore(again, tmp_path / "f.tgz", now=SystemClock().now())
    database = await open_database(again.database)
    try:
        after = await _rows(database, without=_ENDED)
    finally:
        await database.close()
    assert sum(map(len, before.values())) > 5
    assert after == before


async def test_the_node_that_comes_back_is_sound_and_itself(node: Node, tmp_path: Path) -> None:
    await do(node, "backup.take", file=str(tmp_path / "f.tgz"))
    again = _elsewhere(node, tmp_path)
    await restore(again, tmp_path / "f.tgz", now=SystemClock().now())
    async with open_node(again) as back:
        assert back.urls.community == node.urls.community
        assert len(await do(back, "event.list")) == 1
        assert await do(back, "key.list") == await do(node, "key.list")
    checks = await check_database(again, SystemClock().now())
    assert [check for check in checks if check["state"] == "red"] == []


async def test_numbers_of_what_was_lost_are_not_given_again(node: Node, tmp_path: Path) -> None:
    await do(node, "backup.take", file=str(tmp_path / "f.tgz"))
    again = _elsewhere(node, tmp_path)
    await restore(again, tmp_path / "f.tgz", now=SystemClock().now())
    database = await open_database(again.database)
    try:
        row = await database.read(
            lambda tx: tx.row("select min(seq) as least from sqlite_sequence")
        )
    finally:
        await database.close()
    assert row
    assert row["least"] >= 1_000_000


async def test_the_master_key_is_inside_only_when_asked_for(node: Node, tmp_path: Path) -> None:
    secret = node.config.secret_file.read_bytes()
    await do(node, "backup.take", file=str(tmp_path / "without.tgz"))
    await do(node, "backup.take", file=str(tmp_path / "with.tgz"), with_keys=True)
    assert secret not in gzip.decompress((tmp_path / "without.tgz").read_bytes())
    assert secret in gzip.decompress((tmp_path / "with.tgz").read_bytes())
    assert (tmp_path / "with.tgz").stat().st_mode & 0o077 == 0


async def test_without_the_master_key_nothing_is_restored(node: Node, tmp_path: Path) -> None:
    await do(node, "backup.take", file=str(tmp_path / "f.tgz"))
    again = _elsewhere(node, tmp_path)
    again.secret_file.unlink()
    with pytest.raises(BackupRefused, match="master key"):
        await restore(again, tmp_path / "f.tgz", now=SystemClock().now())
    again.secret_file.write_bytes(bytes(32))
    with pytest.raises(BackupRefused, match="cannot be restored"):
        await restore(again, tmp_path / "f.tgz", now=SystemClock().now())
    assert not (again.data / "josoor.db").exists()


async def test_with_the_key_inside_it_opens_by_itself(node: Node, tmp_path: Path) -> None:
    await do(node, "backup.take", file=str(tmp_path / "f.tgz"), with_keys=True)
    again = _elsewhere(node, tmp_path)
    again.secret_file.unlink()
    await restore(again, tmp_path / "f.tgz", now=SystemClock().now())
    assert again.secret_file.read_bytes() == node.config.secret_file.read_bytes()


async def test_a_restore_never_replaces_a_node(node: Node, tmp_path: Path) -> None:
    await do(node, "backup.take", file=str(tmp_path / "f.tgz"))
    before = await _rows(node.database)
    with pytest.raises(BackupRefused, match="There is a node"):
        await restore(node.config, tmp_path / "f.tgz", now=SystemClock().now())
    assert await _rows(node.database) == before


async def test_a_backup_never_replaces_another(node: Node, tmp_path: Path) -> None:
    (tmp_path / "f.tgz").write_bytes(b"yesterday")
    with pytest.raises(BackupRefused, match="there already"):
        await do(node, "backup.take", file=str(tmp_path / "f.tgz"))
    assert (tmp_path / "f.tgz").read_bytes() == b"yesterday"
    assert not (tmp_path / "f.tgz.part").exists()


async def test_one_byte_changed_anywhere_is_noticed(node: Node, tmp_path: Path) -> None:
    await do(node, "backup.take", file=str(tmp_path / "f.tgz"))
    plain = gzip.decompress((tmp_path / "f.tgz").read_bytes())
    packed = (tmp_path / "f.tgz").read_bytes()
    again = _elsewhere(node, tmp_path)
    harmed = 0
    for place in range(0, len(packed), max(1, len(packed) // 60)):
        broken = bytearray(packed)
        broken[place] ^= 0xFF
        if _same(bytes(broken), plain):
            continue  # the name or the time inside the gzip header
        (tmp_path / "g.tgz").write_bytes(broken)
        with pytest.raises(BackupRefused):
            await restore(again, tmp_path / "g.tgz", now=SystemClock().now())
        harmed += 1
    assert harmed > 50
    assert not (again.data / "josoor.db").exists()


def _same(packed: bytes, plain: bytes) -> bool:
    try:
        return gzip.decompress(packed) == plain
    except Exception:
        return False


async def test_a_backup_of_a_newer_program_is_refused(node: Node, tmp_path: Path) -> None:
    await do(node, "backup.take", file=str(tmp_path / "f.tgz"))
    _with_manifest(tmp_path / "f.tgz", tmp_path / "g.tgz")
    with pytest.raises(BackupRefused, match="older than its database"):
        await restore(_elsewhere(node, tmp_path), tmp_path / "g.tgz", now=SystemClock().now())


def _with_manifest(source: Path, target: Path) -> None:
    """The same backup, of a schema that has one more migration."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old:
            file = old.extractfile(member)
            body = file.read() if file else b""
            if member.name == "manifest.json":
                manifest = orjson.loads(body)
                manifest["schema"]["9999_future"] = "0" * 64
                body = orjson.dumps(manifest)
            member.size = len(body)
            new.addfile(member, io.BytesIO(body))


@pytest.mark.parametrize("name", ["../evil", "database/../../evil", "/etc/evil", "media/.evil"])
async def test_no_part_is_written_elsewhere(node: Node, tmp_path: Path, name: str) -> None:
    manifest = {"format": 1, "program": "1", "origin": node.urls.origin, "handle": "wien",
                "taken": "2026-01-01T00:00:00.000000Z", "schema": {},
                "parts": [{"name": name, "sha256": "0", "size": 0, "rows": None}]}  # fmt: skip
    body = orjson.dumps(manifest)
    with tarfile.open(tmp_path / "f.tgz", "w:gz") as tar:
        info = tarfile.TarInfo("manifest.json")
        info.size = len(body)
        tar.addfile(info, io.BytesIO(body))
    with pytest.raises(BackupRefused, match="name that no backup"):
        await restore(_elsewhere(node, tmp_path), tmp_path / "f.tgz", now=SystemClock().now())


async def test_a_node_grows_from_sqlite_into_postgresql(tmp_path: Path, postgres_url: str) -> None:
    async with _lived_in(tmp_path, "sqlite") as node:
        before = await _rows(node.database, without=_ENDED)
        await do(node, "backup.take", file=str(tmp_path / "f.tgz"))
        again = replace(_elsewhere(node, tmp_path), database=postgres_url)
        await restore(again, tmp_path / "f.tgz", now=SystemClock().now())
    async with open_node(again) as grown:
        assert await _rows(grown.database, without=_ENDED) == before
        await do(grown, "event.publish", document=EVENT)
        assert len(await do(grown, "event.list")) == 2
