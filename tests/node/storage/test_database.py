"""What the door answers, refuses and holds under load, on both engines (reliability rules W4, W5)."""

import asyncio

import pytest

from node.storage import errors
from node.storage.opening import open_database
from tests.node.storage.places import adding, names


async def test_a_write_answers_what_its_function_returned(store):
    assert await store.write(adding("a")) == 1
    assert await names(store) == ["a"]


async def test_rows_are_dictionaries_and_a_missing_row_is_none(store):
    await store.write(adding("a", 7))

    async def work(transaction):
        return (
            await transaction.row("select id, seats from place where id = :id", id="a"),
            await transaction.row("select id from place where id = :id", id="b"),
        )

    assert await store.read(work) == ({"id": "a", "seats": 7}, None)


async def test_run_counts_rows_also_behind_a_with_clause(store):
    async def work(transaction):
        await transaction.run_many(
            "insert into place (id, seats) values (:id, :seats)",
            [{"id": name, "seats": 1} for name in "abc"],
        )
        return (
            await transaction.run("update place set seats = 2 where id <> :id", id="a"),
            await transaction.run(
                "with one as (select 'b' as id) delete from place where id in (select id from one)"
            ),
            await transaction.run("delete from place where id = :id", id="nobody"),
        )

    assert await store.write(work) == (2, 1, 0)


async def test_returning_and_claiming_are_written_once_for_both_engines(store):
    await store.write(adding("a"))

    async def work(transaction):
        return await transaction.row(
            "update place set seats = 5 where id in"
            f" (select id from place order by id limit :n{store.skip_locked}) returning id, seats",
            n=1,
        )

    assert await store.write(work) == {"id": "a", "seats": 5}


async def test_booleans_are_kept_as_zero_and_one_and_sums_are_integers(store):
    await store.write(adding("a", True))

    async def work(transaction):
        return await transaction.row("select seats, (select sum(seats) from place) as s from place")

    row = await store.read(work)
    assert row == {"seats": 1, "s": 1}
    assert {type(value) for value in row.values()} == {int}


async def test_a_violated_rule_has_its_own_error_that_quotes_no_values(store):
    await store.write(adding("secret-name"))
    with pytest.raises(errors.ConstraintViolated) as caught:
        await store.write(adding("secret-name"))
    assert "secret-name" not in str(caught.value)
    with pytest.raises(errors.ConstraintViolated):
        await store.write(adding("b", -1))


@pytest.mark.parametrize("sql", ["select * from nowhere", "not sql", "select :missing",
                                 "insert into place (id) values ('x'); delete from place"])  # fmt: skip
async def test_wrong_sql_is_refused(store, sql):
    async def work(transaction):
        await transaction.run(sql)

    with pytest.raises(errors.StatementRefused):
        await store.write(work)


async def test_w5_of_many_concurrent_functions_only_the_failing_ones_are_undone(store):
    await store.write(adding("taken"))

    async def failing(transaction):
        await adding("never")(transaction)
        await adding("taken")(transaction)

    works = [failing if n % 8 == 0 else adding(f"{n:02}") for n in range(64)]
    outcomes = await asyncio.gather(*map(store.write, works), return_exceptions=True)
    failed = {n for n, outcome in enumerate(outcomes) if outcome != 1}
    assert failed == set(range(0, 64, 8))
    assert all(isinstance(outcomes[n], errors.ConstraintViolated) for n in failed)
    assert await names(store) == [f"{n:02}" for n in range(64) if n % 8] + ["taken"]


async def test_counting_seats_concurrently_never_gives_one_away_twice(store):
    await store.write(adding("hall", 5))

    async def take(transaction):
        row = await transaction.row("select seats from place where id = 'hall'")
        if row["seats"] == 0:
            return False
        await transaction.run("update place set seats = :n where id = 'hall'", n=row["seats"] - 1)
        return True

    async def patient():
        while True:
            try:
                return await store.write(take)
            except errors.Contended:
                continue

    taken = await asyncio.gather(*(patient() for _ in range(12)))
    assert sum(taken) == 5


async def test_w4_the_queue_is_bounded_and_what_is_refused_was_not_done(store):
    outcomes = await asyncio.gather(
        *(store.write(adding(f"{n:04}")) for n in range(600)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, errors.Overloaded)]
    assert len(refused) == 600 - 512
    assert refused[0].retry
    assert store.counters.refused == len(refused)
    assert len(await names(store)) == 512


async def test_closing_waits_for_accepted_work_and_refuses_new(database_url):
    database = await open_database(database_url)

    async def create(transaction):
        await transaction.run("create table place (id text primary key, seats int)")

    await database.write(create)
    writes = [asyncio.create_task(database.write(adding(f"{n:03}"))) for n in range(200)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    with pytest.raises(errors.DatabaseClosed):
        await database.write(adding("late"))
    await closing
    assert await asyncio.gather(*writes) == [1] * 200
    with pytest.raises(errors.DatabaseClosed):
        await names(database)
    again = await open_database(database_url)
    assert len(await names(again)) == 200
    await again.close()


@pytest.mark.parametrize("url", ["mysql://a:secret@b/c", "sqlite://", "sqlite:///", ""])
async def test_another_url_is_refused_without_repeating_its_password(url):
    with pytest.raises(errors.DatabaseUnusable) as caught:
        await open_database(url)
    assert "secret" not in str(caught.value)
