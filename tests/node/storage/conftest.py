"""An open database with a small table."""

import pytest

from node.storage.database import Database, Transaction


@pytest.fixture
async def store(empty_database: Database):
    async def create(transaction: Transaction) -> None:
        await transaction.run(
            "create table place (id text primary key, seats bigint, check (seats >= 0))"
        )

    await empty_database.write(create)
    return empty_database
