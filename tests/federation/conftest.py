"""Fixtures for the conversation between servers: both ends of the outbox, three times."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.storage.database import Database, open_database
from node.storage.migrate import migrate
from tests.support.outbox_logs import NOW, Logs, MemoryLogs, StoredLogs


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def logs_kept_in(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the logs are: "memory", or the URL of an empty database."""
    if request.param == "memory":
        return "memory"
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/josoor.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def logs(logs_kept_in: str) -> AsyncIterator[Logs]:
    """Both ends of an empty outbox."""
    if logs_kept_in == "memory":
        yield MemoryLogs()
        return
    database = await open_database(logs_kept_in)
    try:
        await migrate(database, now=NOW)
        yield StoredLogs(database)
    finally:
        await database.close()


@pytest.fixture
def stored(database: Database) -> StoredLogs:
    """Both ends of an empty outbox in a database."""
    return StoredLogs(database)
