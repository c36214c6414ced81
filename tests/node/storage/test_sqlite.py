"""What only SQLite promises: one writer, commits together, a full disk, a lock, private files."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from node.storage import errors
from node.storage.sqlite import GROUP, SqliteDatabase, open_sqlite

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def store(tmp_path):
    database = open_sqlite(tmp_path / "data" / "josoor.db")

    async def create(transaction):
        await transaction.run("create table note (id integer primary key, body text) strict")

    await database.write(create)
    yield database
    await database.close()


def adding(number: int, body: str = "x"):
    async def work(transaction):
        return await transaction.run(
            "insert into note (id, body) values (:id, :body)", id=number, body=body
        )

    return work


def started(script: str, path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, path], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


async def count(database: SqliteDatabase) -> int:
    async def work(transaction):
        return (await transaction.row("select count(*) as n from note"))["n"]

    return await database.read(work)


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


async def test_w5_what_arrives_during_a_commit_is_the_next_group(store):
    gate = threading.Event()
    store._thread.submit(gate.wait, 5)
    first = asyncio.create_task(store.write(adding(1)))
    await asyncio.sleep(0.01)
    rest = [asyncio.create_task(store.write(adding(n))) for n in range(2, 30)]
    await asyncio.sleep(0.01)
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


async def test_every_connection_is_set_as_reliability_asks(store):
    expected = {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1,
        "trusted_schema": 0, "cell_size_check": 1, "temp_store": 2, "busy_timeout": 5000,
        "journal_size_limit": 64 * 1024 * 1024,
    }  # fmt: skip
    readers = [reader._connection for reader in store._readers]
    for connection in (store._writer, *readers):
        for name, value in expected.items():
            assert connection.execute(f"pragma {name}").fetchone()[0] == value, name
    assert store._writer.execute("pragma wal_autocheckpoint").fetchone()[0] == 1000
    for reader in readers:
        assert reader.execute("pragma wal_autocheckpoint").fetchone()[0] == 0
        assert reader.execute("pragma query_only").fetchone()[0] == 1


async def test_files_are_for_their_owner_only(store, tmp_path):
    folder = tmp_path / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert {path.suffix for path in folder.iterdir()} == {".db", ".db-wal", ".db-shm", ".lock"}


async def test_a_second_opening_is_refused_and_names_the_process(store, tmp_path):
    with pytest.raises(errors.DatabaseInUse, match=f"process {os.getpid()} "):
        open_sqlite(tmp_path / "data" / "josoor.db")


async def test_a_second_process_is_refused_until_the_first_one_closes(store, tmp_path):
    path = tmp_path / "data" / "josoor.db"
    script = (
        "import asyncio, pathlib, sys\n"
        "from node.storage.sqlite import open_sqlite\n"
        "async def main():\n"
        "    await open_sqlite(pathlib.Path(sys.argv[1])).close()\n"
        "asyncio.run(main())\n"
    )

    def run():
        return subprocess.run(
            [sys.executable, "-c", script, path], cwd=ROOT, capture_output=True, text=True
        )

    refused = await asyncio.to_thread(run)
    assert refused.returncode == 1
    assert "DatabaseInUse" in refused.stderr
    await store.close()
    assert (await asyncio.to_thread(run)).returncode == 0


async def test_a_lock_of_a_killed_process_is_free_again(tmp_path):
    script = (
        "import pathlib, sys, time\n"
        "from node.storage.locks import FileLock\n"
        "FileLock(pathlib.Path(sys.argv[1])).acquire()\n"
        "print('held', flush=True)\n"
        "time.sleep(60)\n"
    )
    with started(script, tmp_path / "a.db.lock") as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(errors.DatabaseInUse, match=str(holder.pid)):
            open_sqlite(tmp_path / "a.db")
        holder.kill()
        holder.wait()
    await open_sqlite(tmp_path / "a.db").close()


async def test_a_killed_process_loses_nothing_that_was_answered(tmp_path):
    path = tmp_path / "a.db"
    script = (
        "import asyncio, pathlib, sys\n"
        "from node.storage.sqlite import open_sqlite\n"
        "async def main():\n"
        "    database = open_sqlite(pathlib.Path(sys.argv[1]))\n"
        "    async def create(t): await t.run('create table note (id integer primary key)')\n"
        "    await database.write(create)\n"
        "    async def forever(n):\n"
        "        while True:\n"
        "            async def add(t): await t.run('insert into note values (:n)', n=n)\n"
        "            await database.write(add)\n"
        "            print(n, flush=True)\n"
        "            n += 16\n"
        "    await asyncio.gather(*(forever(n) for n in range(16)))\n"
        "asyncio.run(main())\n"
    )
    with started(script, path) as child:
        assert child.stdout is not None
        answered = [int(child.stdout.readline()) for _ in range(300)]
        child.kill()
        answered += [int(line) for line in child.stdout.read().split("\n")[:-1]]
    with sqlite3.connect(path) as check:
        kept = {row[0] for row in check.execute("select id from note")}
        assert check.execute("pragma integrity_check").fetchone() == ("ok",)
    check.close()
    assert set(answered) <= kept


async def test_a_file_of_another_program_is_refused(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("create table theirs (id)")
    other.close()
    with pytest.raises(errors.DatabaseForeign):
        open_sqlite(path)
    (tmp_path / "text.db").write_text("this is no database at all\n" * 100)
    with pytest.raises(errors.DatabaseUnusable):
        open_sqlite(tmp_path / "text.db")


async def test_closing_leaves_no_log_behind(store, tmp_path):
    await store.write(adding(1))
    await store.close()
    await store.close()
    names = {path.name for path in (tmp_path / "data").iterdir()}
    assert names == {"josoor.db", "josoor.db.lock"}
