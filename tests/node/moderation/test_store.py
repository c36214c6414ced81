"""Rules and reports in the database, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from federation.policy import RuleBook, Standing
from node.moderation import reports, store
from node.moderation.model import Direction, Report, ReportState, Rule
from node.storage.database import Database

NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
HOST = Rule(target="evil.test", standing=Standing.SUSPENDED, reason="r", comment="c",
            reject_media=True, reject_reports=True, obfuscate=True, created=NOW, updated=NOW)  # fmt: skip
ACTOR = Rule(target="https://a.test/u/carol", standing=Standing.LIMITED, handle="carol@a.test",
             created=NOW, updated=NOW)  # fmt: skip
REPORT = Report(
    id="1",
    direction=Direction.IN,
    flag_id="https://a.test/flags/1",
    host="a.test",
    actor="https://wien.test/c/wien",
    objects=("https://wien.test/c/wien",),
    content="Spam",
    state=ReportState.OPEN,
    created=NOW,
)


async def test_rules_come_back_as_they_were_kept(database: Database):
    async def work(tx):
        for rule in (HOST, ACTOR):
            await store.put(tx, rule)
            await store.put(tx, rule)
        return await store.rules(tx), await store.find(tx, HOST.target)

    assert await database.write(work) == ([HOST, ACTOR], HOST)


async def test_a_rule_that_is_removed_is_gone(database: Database):
    async def work(tx):
        await store.put(tx, HOST)
        found = [await store.remove(tx, each) for each in (HOST.target, HOST.target, ACTOR.target)]
        return found, await store.rules(tx)

    assert await database.write(work) == ([True, False, False], [])


@pytest.mark.parametrize(
    ("actor", "host", "expected"),
    [
        ("https://www.evil.test/a", "www.evil.test", Standing.SUSPENDED),
        ("https://a.test/u/carol", "a.test", Standing.LIMITED),
        ("https://a.test/u/dora", "a.test", Standing.OPEN),
        ("https://notevil.test/a", "notevil.test", Standing.OPEN),
        ("nothing", "", Standing.SUSPENDED),
    ],
)
async def test_the_database_and_the_memory_answer_alike(
    database: Database, actor: str, host: str, expected: Standing
):
    async def work(tx):
        await store.put(tx, HOST)
        await store.put(tx, ACTOR)
        return await store.standing(tx, actor, host), RuleBook(await store.all_rules(tx))

    standing, book = await database.write(work)
    assert standing == expected == book.standing(actor)


async def test_the_revision_changes_with_the_rules_and_not_without(database: Database):
    async def work(tx):
        seen = [await store.revision(tx), await store.revision(tx)]
        await store.put(tx, HOST)
        seen.append(await store.revision(tx))
        later = NOW + timedelta(seconds=1)
        await store.put(tx, replace(HOST, standing=Standing.LIMITED, updated=later))
        seen.append(await store.revision(tx))
        await store.set_allow_list(tx, True, NOW)
        return [*seen, await store.revision(tx)]

    first, again, *others = await database.write(work)
    assert first == again
    assert len({first, *others}) == 4


async def test_the_list_is_off_until_it_is_put_on(database: Database):
    async def work(tx):
        seen = [await store.allow_list(tx)]
        for enabled in (True, True, False):
            await store.set_allow_list(tx, enabled, NOW)
            seen.append(await store.allow_list(tx))
        return seen

    assert await database.write(work) == [False, True, True, False]


async def test_reports_come_back_newest_first_until_they_are_closed(database: Database):
    newer = replace(REPORT, id="2", flag_id="https://a.test/flags/2")
    newer = replace(newer, created=NOW + timedelta(hours=1))

    async def work(tx):
        for report in (REPORT, newer, REPORT):
            await reports.add(tx, report)
        listed = await reports.listing(tx, closed=False)
        many = await reports.open_of(tx, "a.test")
        closed = [await reports.close(tx, "1", NOW), await reports.close(tx, "1", NOW)]
        left = await reports.listing(tx, closed=False)
        return listed, many, closed, left, await reports.find(tx, "1")

    listed, many, closed, left, one = await database.write(work)
    assert (listed, many) == ([newer, REPORT], 2)
    assert (closed, left) == ([True, False], [newer])
    assert one == replace(REPORT, state=ReportState.CLOSED, closed_at=NOW)
