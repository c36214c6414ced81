"""What only PostgreSQL brings: collisions, lost connections, several processes."""

import asyncio

import asyncpg
import pytest

from node.storage import errors
from node.storage.opening import open_database


@pytest.fixture
async def store(postgres_url):
    database = await open_database(postgres_url)

    async def create(transaction):
        await transaction.run("create table seat (id text primary key, free bigint)")
        await transaction.run("insert into seat values ('hall', 100), ('b', 1), ('c', 1)")

    await database.write(create)
    yield database
    await database.close()


async def free(database) -> int:
    async def work(transaction):
        row = await transaction.row("select free from seat where id = 'hall'")
        return int(row["free"])

    return int(await database.read(work))


async def take(transaction):
    row = await transaction.row("select free from seat where id = 'hall'")
    await transaction.run("update seat set free = :n where id = 'hall'", n=row["free"] - 1)


async def test_colliding_functions_are_run_again_and_nothing_is_lost(store):
    outcomes = await asyncio.gather(*(store.write(take) for _ in range(10)), return_exceptions=True)
    done = outcomes.count(None)
    assert all(isinstance(each, errors.Contended) for each in outcomes if each is not None)
    assert store.counters.retries > 0
    assert done > 1
    assert await free(store) == 100 - done


async def test_a_function_that_hides_a_collision_is_still_run_again(store, postgres_url):
    rival = await asyncpg.connect(postgres_url)
    runs, read = [], asyncio.Event()

    async def work(transaction):
        runs.append(1)
        await transaction.row("select free from seat where id = 'hall'")
        read.set()
        if len(runs) == 1:
            await transaction.row("select pg_sleep(0.5)")
        try:
            await take(transaction)
        except errors.Contended:
            raise LookupError("hidden") from None

    writing = asyncio.create_task(store.write(work))
    await read.wait()
    await rival.execute("update seat set free = 50 where id = 'hall'")
    await writing
    await rival.close()
    assert len(runs) == 2
    assert await free(store) == 49


async def test_work_is_claimed_by_several_processes_without_waiting(store, postgres_url):
    rival = await asyncpg.connect(postgres_url)
    async with rival.transaction():
        await rival.execute("select id from seat where id = 'b' for update")

        async def claim(transaction):
            rows = await transaction.rows(
                f"select id from seat order by id limit 1{store.skip_locked}"
            )
            return [row["id"] for row in rows]

        assert await store.write(claim) == ["c"]
    await rival.close()


async def test_a_broken_connection_is_told_and_replaced(store):
    async def work(transaction):
        await transaction.row("select pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(errors.ConnectionLost) as caught:
        await store.write(work)
    assert caught.value.retry
    assert await free(store) == 100


async def test_no_transaction_stays_open_on_the_server(store, postgres_url):
    async def bad(transaction):
        await transaction.run("update seat set free = 0")
        await asyncio.sleep(0)

    async def slow(transaction):
        await transaction.row("select pg_sleep(5)")

    with pytest.raises(errors.TransactionSuspended):
        await store.write(bad)
    reading = asyncio.create_task(store.read(slow))
    await asyncio.sleep(0.1)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    observer = await asyncpg.connect(postgres_url)
    left = await observer.fetchval(
        "select count(*) from pg_stat_activity where application_name = 'josoor'"
        " and datname = current_database() and state <> 'idle'"
    )
    await observer.close()
    assert left == 0
    assert await free(store) == 100


async def test_a_server_that_is_not_there_is_told_without_the_password():
    with pytest.raises(errors.DatabaseUnusable) as caught:
        await open_database("postgresql://josoor:secret@127.0.0.1:1/none")
    assert "secret" not in str(caught.value)
