"""What only SQLite promises of its writer: one for all, commits together, through a full disk."""

import asyncio
import sqlite3
import threading

import pytest

from node.storage import errors
from node.storage.sqlite import GROUP, open_sqlite
from tests.node.storage.sqlite.notes import adding, count


async def test_w5_sixty_four_concurrent_writes_share_one_commit(store):
    before = store.counters.commits
    await asyncio.gather(*(store.write(adding(n)) for n in range(GROUP)))
    assert store.counters.commits - before == 1
    assert store.counters.jobs == GROUP + 1


async def test_w1_an_answer_comes_only_after_the_commit(store, tmp_path):
    """A second, foreign connection sees the row at the moment the caller gets its answer."""
    foreign = sqlite3.connect(tmp_path / "data" / "josoor.db")
    for number in range(20):
        await store.write(adding(number))
        seen = foreign.execute("select count(*) from note where id = ?", [number]).fetchone()
        assert seen == (1,)
    foreign.close()


async def test_w1_the_commit_runs_beside_the_loop_and_reads_go_on_meanwhile(store):
    gate = threading.Event()
    store._thread.submit(gate.wait, 5)
    task = asyncio.create_task(store.write(adding(1)))
    await asyncio.sleep(0.02)
    assert await count(store) == 0
    assert not task.done()
    gate.set()
    await task
    assert await count(store) == 1


async def turns() -> None:
    """So many turns of the loop that what was asked for is handed on, however slow the machine."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_w5_what_arrives_during_a_commit_is_the_next_group(store):
    gate = threading.Event()
    store._thread.submit(gate.wait, 5)
    first = asyncio.create_task(store.write(adding(1)))
    await turns()
    rest = [asyncio.create_task(store.write(adding(n))) for n in range(2, 30)]
    await turns()
    gate.set()
    await asyncio.gather(first, *rest)
    assert store.counters.commits == 3  # the table, the first, all the rest


async def test_w1_a_cancelled_loop_of_tasks_does_not_stop_a_commit(tmp_path):
    """asyncio.run cancels every task at its end; the writer is none of them."""
    path = tmp_path / "a.db"

    async def main():
        database = open_sqlite(path)

        async def work(transaction):
            await transaction.run("create table note (id integer primary key, body text)")

        await database.write(work)
        tasks = [asyncio.create_task(database.write(adding(n))) for n in range(10)]
        await asyncio.sleep(0)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await database.close()

    await asyncio.to_thread(asyncio.run, main())
    with sqlite3.connect(path) as check:
        assert check.execute("select count(*) from note").fetchone() == (10,)
    check.close()


async def test_w5_a_failing_commit_is_told_to_every_function_of_the_group(store):
    async def create(transaction):
        await transaction.run(
            "create table reply (note integer references note (id) deferrable initially deferred)"
        )

    async def orphan(transaction):
        await transaction.run("insert into reply values (77)")

    await store.write(create)
    outcomes = await asyncio.gather(
        store.write(adding(1)), store.write(orphan), store.write(adding(2)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [errors.ConstraintViolated] * 3
    assert await count(store) == 0
    await store.write(adding(1))
    assert await count(store) == 1


async def test_a_full_disk_refuses_writes_while_reads_go_on_and_recovers(store):
    pages = store._writer.execute("pragma page_count").fetchone()[0]
    store._writer.execute(f"pragma max_page_count = {pages + 10}")
    outcomes = await asyncio.gather(
        *(store.write(adding(n, "x" * 4000)) for n in range(40)), return_exceptions=True
    )
    written = [n for n, outcome in enumerate(outcomes) if outcome == 1]
    full = [outcome for outcome in outcomes if isinstance(outcome, errors.StorageFull)]
    assert len(written) + len(full) == 40
    assert written
    assert full
    assert full[0].retry
    assert await count(store) == len(written)
    assert store._writer.execute("pragma integrity_check").fetchone() == ("ok",)
    store._writer.execute("pragma max_page_count = 100000")
    await store.write(adding(99, "x" * 4000))
    assert await count(store) == len(written) + 1


async def test_w2_a_transaction_that_nobody_owns_is_rolled_back_and_counted(store):
    store._writer.execute("begin")
    store._writer.execute("insert into note (id) values (5)")
    await store.write(adding(6))
    assert store.counters.alarms == 1
    assert await count(store) == 1


async def test_w2_functions_survive_when_another_ones_error_undoes_the_whole_group(store):
    async def disaster(transaction):
        store._writer.execute("rollback")
        raise RuntimeError("as SQLite does after some disk errors")

    outcomes = await asyncio.gather(
        store.write(adding(1)), store.write(disaster), store.write(adding(2)),
        return_exceptions=True,
    )  # fmt: skip
    assert [outcomes[0], outcomes[2]] == [1, 1]
    assert isinstance(outcomes[1], RuntimeError)
    assert store.counters.alarms == 1
    assert await count(store) == 2


async def test_a_function_that_uses_a_task_group_cannot_harm_the_writer(store):
    async def work(transaction):
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(0))

    with pytest.raises((errors.TransactionSuspended, RuntimeError)):
        await store.write(work)
    await store.write(adding(1))
    assert await count(store) == 1
