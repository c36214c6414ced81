"""A function is one transaction, whole or not at all, on both engines (rules W1 to W3)."""

import asyncio
import logging

import pytest

from node.storage import errors
from node.storage.opening import open_database
from tests.node.storage.places import adding, names


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
