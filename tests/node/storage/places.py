"""Work on a small table, as functions for the door."""

from node.storage.database import Database, Transaction


def adding(name: str, seats: int = 1):
    async def work(transaction: Transaction) -> int:
        return await transaction.run(
            "insert into place (id, seats) values (:id, :seats)", id=name, seats=seats
        )

    return work


async def names(database: Database) -> list[str]:
    async def work(transaction: Transaction) -> list[str]:
        return [row["id"] for row in await transaction.rows("select id from place order by id")]

    return await database.read(work)
