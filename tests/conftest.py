"""Fixtures that many tests share: the database, on both engines."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from node.storage.database import Database, open_database
from node.storage.migrate import migrate
from tests.support import postgres

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the tests."""
    binaries = postgres.programs()
    if binaries is None:
        absent = "PostgreSQL's server programs are not installed"
        if os.environ.get("JOSOOR_REQUIRE_POSTGRES"):
            pytest.fail(absent)
        pytest.skip(absent)
    # Not pytest's folder: that is closed to the user whom the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="josoor-pg-"))
    try:
        with postgres.running(folder, binaries) as url:
            yield url
    finally:
        shutil.rmtree(folder)


@pytest.fixture
async def postgres_url(postgres_server: str) -> AsyncIterator[str]:
    """The URL of an empty database of its own."""
    asyncpg = pytest.importorskip("asyncpg", reason="the extra 'postgres' is not installed")
    name = f"test_{uuid.uuid4().hex}"
    administrator = await asyncpg.connect(f"{postgres_server}/postgres")
    try:
        await administrator.execute(f"create database {name}")
        yield f"{postgres_server}/{name}"
        await administrator.execute(f"drop database {name} with (force)")
    finally:
        await administrator.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, on each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/data/josoor.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def empty_database(database_url: str) -> AsyncIterator[Database]:
    """An open database without tables, on each engine in turn."""
    database = await open_database(database_url)
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
async def database(empty_database: Database) -> Database:
    """An open database with the project's schema, on each engine in turn."""
    await migrate(empty_database, now=NOW)
    return empty_database
