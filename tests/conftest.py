"""Fixtures that many tests share: the database, on both engines."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from node.storage.database import Database
from node.storage.opening import open_database
from tests.support import postgres
from tests.support.founding import copy_schema
from tests.support.neighbours import Neighbour, neighbour

# One reads the log of every test as an operator would, the other lets tests run side by side.
pytest_plugins = ["tests.support.log_watch", "tests.support.machine"]

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
    pytest.importorskip("asyncpg", reason="the extra 'postgres' is not installed")
    async with postgres.database(postgres_server) as url:
        yield url


@pytest.fixture
async def postgresql_with_schema(postgres_server: str) -> AsyncIterator[str]:
    """The URL of a database of its own with the project's schema."""
    pytest.importorskip("asyncpg", reason="the extra 'postgres' is not installed")
    await postgres.make_schema(postgres_server)
    async with postgres.database(postgres_server, like=postgres.SCHEMA) as url:
        yield url


@pytest.fixture
async def sqlite_with_schema(tmp_path: Path) -> str:
    """The URL of a database with the project's schema."""
    url = f"sqlite:///{tmp_path}/data/josoor.db"
    await copy_schema(url)
    return url


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


@pytest.fixture(params=["sqlite", "postgresql"])
def url_with_schema(request: pytest.FixtureRequest) -> str:
    """The URL of a database with the project's schema, on each engine in turn."""
    return str(request.getfixturevalue(f"{request.param}_with_schema"))


@pytest.fixture
async def database(url_with_schema: str) -> AsyncIterator[Database]:
    """An open database with the project's schema, on each engine in turn."""
    found = await open_database(url_with_schema)
    try:
        yield found
    finally:
        await found.close()


@pytest.fixture
async def elsewhere() -> AsyncIterator[Neighbour]:
    """A server of others, on which people live."""
    async with neighbour() as server:
        yield server
