"""What only SQLite promises of its files: private, of one process, whole after its death."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from node.storage import errors
from node.storage.sqlite import open_sqlite
from tests.node.storage.sqlite.notes import adding

ROOT = Path(__file__).parents[4]


def started(script: str, path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, path], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


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
