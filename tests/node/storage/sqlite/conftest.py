"""A database of SQLite in a folder of its own, with a small table."""

import pytest

from node.storage.sqlite import open_sqlite


@pytest.fixture
async def store(tmp_path):
    database = open_sqlite(tmp_path / "data" / "josoor.db")

    async def create(transaction):
        await transaction.run("create table note (id integer primary key, body text) strict")

    await database.write(create)
    yield database
    await database.close()
