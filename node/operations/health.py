"""Operations on how the node is: the doctor's checks, versions, sizes, last backup, settings."""

from __future__ import annotations

import asyncio
import platform
import sqlite3
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from node.backup.noting import last_taken
from node.config import Config
from node.doctor import check_folder, check_node
from node.ids import rfc3339
from node.operations.registry import Arguments, operation, perform
from node.services import Node
from node.settings import SETTINGS
from node.storage.database import Transaction
from node.version import VERSION

Json = dict[str, Any]


@operation("health.show")
async def show(node: Node, arguments: Arguments) -> Json:
    """The checks with their mends, versions, the size of the database in bytes, the last backup."""
    status = await perform(node, "status", {})
    folder = await asyncio.to_thread(check_folder, node.config)
    taken = await asyncio.to_thread(last_taken, node.config)
    return {
        "checks": folder + check_node(node.config, status),
        "versions": versions(),
        "database": status["database"],
        "size": await _size(node),
        "backup": rfc3339(taken) if taken else None,
        "started": rfc3339(node.started),
    }


@operation("health.settings")
async def settings(node: Node, arguments: Arguments) -> list[Json]:
    """Every setting with its value and meaning; passwords in addresses are left out."""
    return [
        {
            "name": setting.name,
            "variable": setting.variable,
            "value": _value(node.config, setting.name),
            "meaning": setting.meaning,
        }
        for setting in SETTINGS
    ]


def versions() -> dict[str, str]:
    """What runs here, by name."""
    return {
        "Josoor": VERSION,
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "OpenSSL": ssl.OPENSSL_VERSION.split()[1],
    }


async def _size(node: Node) -> int:
    if node.database.engine == "sqlite":
        return await asyncio.to_thread(_of_files, Path(urlsplit(node.config.database).path))

    async def read(tx: Transaction) -> int:
        row = await tx.row("select pg_database_size(current_database()) as size")
        return int(row["size"]) if row else 0

    return await node.look(read)


def _of_files(path: Path) -> int:
    beside = (path, path.with_name(f"{path.name}-wal"))
    return sum(each.stat().st_size for each in beside if each.exists())


def _value(config: Config, name: str) -> str:
    if name == "listen":
        return f"{config.listen_host}:{config.listen_port}"
    value = getattr(config, name, None)
    if name == "database":
        return _without_password(config.database)
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.hostname or "", query="").geturl()
