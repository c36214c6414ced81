"""New nodes for tests without what takes longest: the schema is copied, the RSA keys are drawn."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path

from keys.keypair import RSAPrivateKey, make_ed25519, make_rsa
from node import founding
from node.community.keyring import Pair
from node.community.model import Community
from node.config import Config
from node.storage.migrate import migrate
from node.storage.opening import open_database
from node.urls import Urls

_KEYS = 24
"""So many RSA keys a process makes; no test has so many actors of ours that two share one."""
_drawn = count()
_schema: list[bytes] = []


async def found(config: Config, community: Community, settings: Mapping[str, object]) -> Urls:
    """The addresses of a new node, as `node.founding.found` gives them; in a folder where none is,
    and on PostgreSQL in an empty database."""
    config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if config.engine == "sqlite":
        await copy_schema(config.database)
    database = await open_database(config.database)
    try:
        if config.engine == "postgresql":
            await migrate(database, now=datetime.now(UTC))
        return await founding.settle(database, config, community, settings, pair=_pair)
    finally:
        await database.close()


async def copy_schema(url: str) -> None:
    """Make the SQLite database at this URL, with the project's schema and nothing in it."""
    if not _schema:
        _schema.append(await _migrated())
    _write(Path(url.removeprefix("sqlite:///")), _schema[0])


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(content)


async def _migrated() -> bytes:
    """What is in the file of such a database."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "josoor.db"
        database = await open_database(f"sqlite:///{path}")
        try:
            await migrate(database, now=datetime.now(UTC))
        finally:
            await database.close()
        return path.read_bytes()


def _pair() -> Pair:
    return Pair(_rsa(next(_drawn) % _KEYS), make_ed25519())


@cache
def _rsa(_: int) -> RSAPrivateKey:
    return make_rsa()
