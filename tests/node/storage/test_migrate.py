"""Migrations: once, in order, all or nothing, never edited, never from the future."""

import asyncio
from datetime import UTC, datetime

import pytest

from node.storage import errors
from node.storage.migrate import SCHEMA, migrate, read_migrations
from node.storage.opening import open_database

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    schema = tmp_path / "schema"
    schema.mkdir()
    (schema / "0001_place.sql").write_text(
        "-- places; and seats\ncreate table place (\n  id text not null primary key,\n"
        "  seats integer, picture blob\n) strict;\ncreate index place_seats on place (seats);\n"
    )
    (schema / "0002_hall.sql").write_text("insert into place (id) values ('a;b');")
    return schema


async def columns(database, sql):
    async def work(transaction):
        return await transaction.rows(sql)

    return await database.read(work)


async def test_files_are_applied_once_in_order_and_remembered(empty_database, folder):
    assert await migrate(empty_database, folder, now=NOW) == ("0001_place", "0002_hall")
    assert await migrate(empty_database, folder, now=NOW) == ()
    rows = await columns(empty_database, "select name, applied_at from migration order by name")
    assert rows == [
        {"name": "0001_place", "applied_at": "2026-12-05T18:00:00.000000Z"},
        {"name": "0002_hall", "applied_at": "2026-12-05T18:00:00.000000Z"},
    ]
    assert await columns(empty_database, "select id, seats from place") == [
        {"id": "a;b", "seats": None}
    ]


async def test_integers_hold_64_bits_and_blobs_bytes_on_both_engines(empty_database, folder):
    await migrate(empty_database, folder, now=NOW)

    async def work(transaction):
        await transaction.run(
            "insert into place (id, seats, picture) values (:id, :seats, :picture)",
            id="x", seats=2**62, picture=b"\0\xff",
        )  # fmt: skip

    await empty_database.write(work)
    rows = await columns(empty_database, "select seats, picture from place where id = 'x'")
    assert rows == [{"seats": 2**62, "picture": b"\0\xff"}]


async def test_a_failing_file_leaves_nothing_of_itself(empty_database, folder):
    (folder / "0003_half.sql").write_text(
        "create table half (id text) strict; insert into nowhere values (1);"
    )
    with pytest.raises(errors.StatementRefused):
        await migrate(empty_database, folder, now=NOW)
    names = [row["name"] for row in await columns(empty_database, "select name from migration")]
    assert sorted(names) == ["0001_place", "0002_hall"]
    (folder / "0003_half.sql").write_text("create table half (id text) strict;")
    assert await migrate(empty_database, folder, now=NOW) == ("0003_half",)


async def test_an_edited_file_is_refused(empty_database, folder):
    await migrate(empty_database, folder, now=NOW)
    with (folder / "0001_place.sql").open("a") as file:
        file.write("-- a word more\n")
    with pytest.raises(errors.MigrationChanged, match="0001_place"):
        await migrate(empty_database, folder, now=NOW)


async def test_a_database_of_a_newer_program_is_refused(empty_database, folder):
    await migrate(empty_database, folder, now=NOW)
    (folder / "0002_hall.sql").unlink()
    with pytest.raises(errors.SchemaTooNew, match="0002_hall"):
        await migrate(empty_database, folder, now=NOW)


async def test_a_file_slipped_in_before_applied_ones_is_refused(empty_database, folder):
    later = (folder / "0002_hall.sql").rename(folder / "0005_hall.sql")
    await migrate(empty_database, folder, now=NOW)
    (folder / "0003_between.sql").write_text("delete from place;")
    with pytest.raises(errors.MigrationChanged, match="0003_between"):
        await migrate(empty_database, folder, now=NOW)
    assert later.exists()


@pytest.mark.parametrize("name", ["1_a.sql", "0003-a.sql", "0003_A.sql", "0002_other.sql"])
def test_misnamed_files_and_numbers_used_twice_are_refused(folder, name):
    (folder / name).write_text("select 1;")
    with pytest.raises(errors.MigrationMisnamed):
        read_migrations(folder)


async def test_several_processes_may_migrate_postgresql_at_once(postgres_url, folder):
    databases = [await open_database(postgres_url) for _ in range(4)]
    applied = await asyncio.gather(*(migrate(each, folder, now=NOW) for each in databases))
    assert sorted(name for names in applied for name in names) == ["0001_place", "0002_hall"]
    await asyncio.gather(*(each.close() for each in databases))


async def test_the_projects_own_schema_applies_on_both_engines(database):
    rows = await columns(database, "select name from migration order by name")
    assert [row["name"] for row in rows] == [each.name for each in read_migrations(SCHEMA)]
