"""Work on a small table, as functions for the door."""

from node.storage.sqlite import SqliteDatabase


def adding(number: int, body: str = "x"):
    async def work(transaction):
        return await transaction.run(
            "insert into note (id, body) values (:id, :body)", id=number, body=body
        )

    return work


async def count(database: SqliteDatabase) -> int:
    async def work(transaction):
        return (await transaction.row("select count(*) as n from note"))["n"]

    return await database.read(work)
