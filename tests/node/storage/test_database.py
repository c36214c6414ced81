"""The promises of the door, held by both engines (reliability rules W1 to W5)."""

import asyncio
import logging

import pytest

from node.storage import errors
from node.storage.database import Database, Transaction
from node.storage.opening import open_database


@pytest.fixture
async def store(empty_database: Database):
    async def create(transaction: Transaction) -> None:
        await transaction.run(
            "create table place (id text primary key, seats bigint, check (seats >= 0))"
        )

    await empty_database.write(create)
    return empty_database


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


async def test_w1_a_failing_function_undoes_all_of_its_own(store):
    async def work(transaction):
        await adding("a")(transaction)
        raise LookupError("no such project")

    with pytest.raises(LookupError, match="no such project"):
        await store.write(work)
    assert await names(store) == []


async def test_w1_a_functions_own_os_error_reaches_its_caller_as_it_is(store):
    async def work(transaction):
        raise FileNotFoundError("a picture")

    with pytest.raises(FileNotFoundError):
        await store.write(work)
    with pytest.raises(FileNotFoundError):
        await store.read(work)


async def test_w1_cancelling_the_caller_abandons_the_answer_and_the_write_is_kept(store):
    task = asyncio.create_task(store.write(adding("a")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await store.write(adding("b"))
    assert await names(store) == ["a", "b"]


async def test_w1_cancelled_callers_leave_no_transaction_open_and_harm_nobody(store):
    tasks = [asyncio.create_task(store.write(adding(f"{n:03}"))) for n in range(100)]
    for turn in range(4):
        await asyncio.sleep(0)
        for task in tasks[turn::5]:
            task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes) > 0
    await store.write(adding("end"))
    kept = set(await names(store))
    assert {f"{n:03}" for n, outcome in enumerate(outcomes) if outcome == 1} <= kept
    assert "end" in kept
    assert store.counters.alarms == 0


async def test_w1_a_failure_after_the_caller_has_gone_is_logged(store, caplog):
    await store.write(adding("a"))
    with caplog.at_level(logging.WARNING):
        task = asyncio.create_task(store.write(adding("a")))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for _ in range(50):
            await asyncio.sleep(0.01)
            if caplog.records:
                break
    assert "after its caller had gone: constraint-violated" in caplog.text


async def test_w1_a_function_that_awaits_the_network_is_refused_and_undone(store):
    ended = []

    async def work(transaction):
        await adding("a")(transaction)
        try:
            await asyncio.open_connection("127.0.0.1", 9)
        finally:
            ended.append(True)

    with pytest.raises(errors.TransactionSuspended, match="no network"):
        await store.write(work)
    assert ended == [True]
    assert await names(store) == []


async def test_w1_a_function_cannot_go_on_by_catching_its_refusal(store):
    async def work(transaction):
        try:
            await asyncio.sleep(0)
        except errors.TransactionSuspended:
            await transaction.run("delete from place")
        return 1

    await store.write(adding("a"))
    with pytest.raises(errors.TransactionSuspended):
        await store.write(work)
    assert await names(store) == ["a"]


async def test_w3_a_reading_function_may_not_wait_either(store):
    async def work(transaction):
        await asyncio.sleep(0)

    with pytest.raises(errors.TransactionSuspended):
        await store.read(work)
    assert await names(store) == []


async def test_w3_a_reading_function_cannot_write(store):
    with pytest.raises(errors.StatementRefused):
        await store.read(adding("a"))
    assert await names(store) == []


async def test_w3_a_read_is_stopped_at_its_deadline(database_url):
    database = await open_database(database_url)
    for limited in (database, *getattr(database, "_readers", ())):
        for name in {"_limit", "_read_limit"} & vars(limited).keys():
            setattr(limited, name, 0.1)

    async def work(transaction):
        await transaction.row(
            "with recursive n (i) as (select 1 union all select i + 1 from n)"
            " select count(*) as n from n"
        )

    try:
        with pytest.raises(errors.ReadTooLong):
            await database.read(work)

        async def one(transaction):
            return await transaction.row("select 1 as n")

        assert await database.read(one) == {"n": 1}
    finally:
        await database.close()


async def test_w1_a_second_transaction_inside_a_function_is_refused(store):
    async def writing(transaction):
        await store.write(adding("a"))

    async def reading(transaction):
        await names(store)

    for work in (writing, reading):
        with pytest.raises(errors.TransactionNested):
            await store.write(work)
        with pytest.raises(errors.TransactionNested):
            await store.read(work)
    assert await names(store) == []


async def test_w1_a_transaction_kept_beyond_its_function_refuses(store):
    kept = []

    async def work(transaction):
        kept.append(transaction)

    await store.write(work)
    with pytest.raises(errors.TransactionEnded):
        await kept[0].run("delete from place")


@pytest.mark.parametrize("sql", ["commit", "/* so */ ROLLBACK", "-- x\n pragma foreign_keys=off",
                                 "savepoint a", "attach 'x' as y", "", "vacuum"])  # fmt: skip
async def test_w2_a_function_cannot_end_or_leave_its_transaction(store, sql):
    async def work(transaction):
        await adding("a")(transaction)
        await transaction.run(sql)

    with pytest.raises(errors.StatementRefused):
        await store.write(work)
    assert await names(store) == []
    assert store.counters.alarms == 0


async def test_a_violated_rule_has_its_own_error_that_quotes_no_values(store):
    await store.write(adding("secret-name"))
    with pytest.raises(errors.ConstraintViolated) as caught:
        await store.write(adding("secret-name"))
    assert "secret-name" not in str(caught.value)
    with pytest.raises(errors.ConstraintViolated):
        await store.write(adding("b", -1))


async def test_a_caught_statement_error_does_not_save_the_transaction(store):
    async def work(transaction):
        await adding("b")(transaction)
        try:
            await adding("a")(transaction)
        except errors.ConstraintViolated:
            return 1

    await store.write(adding("a"))
    with pytest.raises(errors.ConstraintViolated):
        await store.write(work)
    assert await names(store) == ["a"]


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
