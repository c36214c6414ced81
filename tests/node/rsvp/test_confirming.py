"""Tests of node/rsvp/confirming.py and node/community/direct.py: who is told what, on both engines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import orjson

from node.community import direct
from node.events import actions as events_actions
from node.moderation.actions import ActorGone
from node.rsvp import actions, confirming, links, store
from node.rsvp.model import Answer, Door
from node.storage.database import Database, Row
from tests.node.rsvp.stage import URLS, Stage, staged

ANNA = "https://m.example/users/anna"
BELA = "https://m.example/users/bela"


async def comes(
    stage: Stage, who: str, door: Door = Door.POLL, answer: Answer = Answer.YES
) -> None:
    await stage.says(
        who, answer, door=door, actor=who, inbox=f"{who}/inbox", activity_id=f"{who}#{stage.now}"
    )


async def notes(stage: Stage, to: str | None = None) -> list[str]:
    """The contents of the direct notes that left, oldest first."""

    async def rows(tx: Any) -> list[Row]:
        found: list[Row] = await tx.rows(
            "select body from outgoing where kind = 'Create' order by created, id"
        )
        return found

    found = [orjson.loads(bytes(row["body"])) for row in await stage.database.read(rows)]
    return [
        each["object"]["content"]
        for each in found
        if each["object"]["type"] == "Note" and each["to"] == [to or each["to"][0]]
        and each["cc"] == []
    ]  # fmt: skip


async def after(stage: Stage, pause: timedelta) -> None:
    stage.now += pause
    await stage.act(confirming.tell_changes)


async def count(stage: Stage, table: str) -> int:
    async def read(tx: Any) -> int:
        row = await tx.row(f"select count(*) as many from {table}")
        return int(row["many"])

    return await stage.database.read(read)


def holds(texts: Sequence[str], *wanted: str) -> bool:
    return len(texts) == len(wanted) and all(
        word in text for word, text in zip(wanted, texts, strict=True)
    )


async def test_who_would_come_to_an_event_that_is_deleted_is_told_once_that_it_is_off(
    database: Database,
):
    stage = await staged(database)
    await comes(stage, ANNA)
    await comes(stage, BELA, Door.JOIN)
    await comes(stage, f"{BELA}2", answer=Answer.NO)
    stage.now += timedelta(minutes=1)
    await stage.act(lambda context: events_actions.delete(context, stage.event.id))
    await after(stage, timedelta(hours=1))
    assert holds(await notes(stage, ANNA), "Du kommst", "ist abgesagt")
    assert holds(await notes(stage, BELA), "ist abgesagt")
    assert "<a " not in (await notes(stage, BELA))[0]
    assert "abgesagt" not in "".join(await notes(stage, f"{BELA}2"))
    assert await count(stage, "participation") == 0


async def test_who_heard_that_it_is_cancelled_is_not_told_again_when_it_is_deleted(
    database: Database,
):
    stage = await staged(database)
    await comes(stage, ANNA)
    stage.now += timedelta(minutes=1)
    await stage.act(lambda context: events_actions.cancel(context, stage.event.id, "Sturm"))
    await after(stage, timedelta(0))
    await stage.act(lambda context: events_actions.delete(context, stage.event.id))
    assert holds(await notes(stage, ANNA), "Du kommst", "ist abgesagt")


async def test_who_has_not_heard_yet_that_it_is_cancelled_hears_it_with_the_deletion(
    database: Database,
):
    stage = await staged(database)
    await comes(stage, ANNA)
    stage.now += timedelta(minutes=1)
    await stage.act(lambda context: events_actions.cancel(context, stage.event.id, "Sturm"))
    await stage.act(lambda context: events_actions.delete(context, stage.event.id))
    assert holds(await notes(stage, ANNA), "Du kommst", "Grund: \u2068Sturm\u2069")


async def test_the_deletion_of_what_is_over_is_told_to_nobody(database: Database):
    stage = await staged(database)
    await comes(stage, ANNA)
    stage.now = (await stage.present()).draft.end + timedelta(hours=1)
    await stage.act(lambda context: events_actions.delete(context, stage.event.id))
    assert holds(await notes(stage, ANNA), "Du kommst")


async def test_who_answers_on_the_web_gets_no_note(database: Database):
    stage = await staged(database)
    await stage.says("web:1")
    assert await notes(stage) == []


async def test_a_change_of_time_is_told_once_after_the_last_edit(database: Database):
    stage = await staged(database)
    await comes(stage, ANNA)
    start = (await stage.present()).draft.start
    for hours in (1, 2):
        stage.now += timedelta(minutes=1)
        await stage.edit(start=start + timedelta(hours=hours))
        await stage.act(confirming.tell_changes)
    assert holds(await notes(stage), "Du kommst")
    await after(stage, confirming.QUIET)
    await after(stage, timedelta(hours=1))
    assert holds(await notes(stage), "Du kommst", "20:00")


async def test_an_edit_taken_back_or_of_something_else_is_not_told(database: Database):
    stage = await staged(database)
    await comes(stage, ANNA)
    start = (await stage.present()).draft.start
    await stage.edit(start=start + timedelta(hours=1))
    await stage.edit(start=start)
    await stage.edit(category="PARTY")
    await after(stage, timedelta(hours=1))
    assert holds(await notes(stage), "Du kommst")


async def test_a_cancellation_is_told_to_all_who_take_part_by_any_door_and_to_no_other(
    database: Database,
):
    stage = await staged(database)
    await comes(stage, ANNA)
    await comes(stage, BELA, Door.JOIN)
    await comes(stage, f"{BELA}2", answer=Answer.NO)
    await stage.act(lambda context: events_actions.cancel(context, stage.event.id, "Sturm"))
    await after(stage, timedelta(0))
    await after(stage, timedelta(hours=1))
    assert holds(await notes(stage, ANNA), "Du kommst", "ist abgesagt")
    assert holds(await notes(stage, BELA), "Grund: \u2068Sturm\u2069")
    assert holds(await notes(stage, f"{BELA}2"), "Du kommst nicht")


async def test_who_joined_and_waited_is_told_by_a_note_when_she_has_a_place(database: Database):
    stage = await staged(database, capacity=1, waitlist=True)
    await comes(stage, ANNA)
    await comes(stage, BELA, Door.JOIN)
    before = len(await notes(stage, BELA))
    await stage.leaves(ANNA)
    assert holds((await notes(stage, BELA))[before:], "Ein Platz ist frei")


async def test_the_word_of_the_organisers_is_told_with_its_reason(database: Database):
    stage = await staged(database, join="restricted")
    await comes(stage, ANNA)
    one = await stage.find(ANNA)
    stage.now += timedelta(minutes=1)
    await stage.act(lambda context: actions.refuse(context, one.id, "Schon zu viele"))
    stage.now += timedelta(minutes=1)
    await stage.act(lambda context: actions.approve(context, one.id))
    texts = await notes(stage, ANNA)
    assert holds(texts, "um einen Platz gebeten", "Schon zu viele", "Du kommst zu")


async def test_each_message_leads_to_her_own_answer(database: Database):
    stage = await staged(database)
    await comes(stage, ANNA)
    (text,) = await notes(stage, ANNA)
    secret = text.partition(f"{URLS.origin}/rsvp/")[2].partition('"')[0]

    found = await database.read(lambda tx: links.find(tx, secret))
    assert found is not None
    assert found.party == ANNA


async def test_more_than_six_notes_a_day_are_not_sent_but_a_cancellation_is(database: Database):
    stage = await staged(database)
    for turn in range(9):
        await comes(stage, ANNA, answer=(Answer.YES, Answer.NO)[turn % 2])
    assert len(await notes(stage, ANNA)) == confirming.MOST_A_DAY
    await stage.act(lambda context: events_actions.cancel(context, stage.event.id, None))
    await after(stage, timedelta(0))
    assert "ist abgesagt" in (await notes(stage, ANNA))[-1]


async def test_whoever_is_gone_leaves_nothing_of_what_she_was_told(database: Database):
    stage = await staged(database)
    await comes(stage, ANNA)
    await stage.act(lambda context: context.tell(ActorGone(ANNA)))
    assert [await count(stage, table) for table in ("direct_note", "rsvp_told")] == [0, 0]
    assert await notes(stage, ANNA) == []


async def test_direct_notes_are_forgotten_after_ninety_days(database: Database):
    stage = await staged(database)
    await comes(stage, ANNA)
    stage.now += direct.LIFE + timedelta(days=1)
    await stage.act(direct.forget_direct_notes)
    assert await count(stage, "direct_note") == 1  # it is still on its way
    await stage.act(
        lambda context: context.tx.run("update delivery set state = 'done', attempts = 1")
    )
    await stage.act(direct.forget_direct_notes)
    assert await count(stage, "direct_note") == 0
    assert await notes(stage, ANNA) == []


async def test_a_week_after_the_event_nothing_tells_who_was_told(database: Database):
    stage = await staged(database)
    await comes(stage, ANNA)
    await stage.act(
        lambda context: context.tx.run("update delivery set state = 'done', attempts = 1")
    )
    stage.now = (await stage.present()).draft.end + timedelta(days=6)
    await stage.act(confirming.forget_messages)
    assert [await count(stage, table) for table in ("direct_note", "rsvp_told")] == [1, 1]
    stage.now += timedelta(days=2)
    await stage.act(confirming.forget_messages)
    assert [await count(stage, table) for table in ("direct_note", "rsvp_told")] == [0, 0]


async def test_who_may_be_somebody_else_by_now_is_sent_nothing(database: Database):
    stage = await staged(database)
    await stage.act(
        lambda context: context.tx.run(
            "insert into remote_actor (id, type, username, host, name, inbox, fetched_at, document, "
            "rules, unproven_since, announced) values (:id, 'Person', 'anna', 'm.example', 'Anna', "
            "'x', '2026', :document, 2, '2026-12-01T00:00:00.000000Z', '[]')",
            id=ANNA,
            document=b"{}",
        )
    )
    await comes(stage, ANNA)
    assert await count(stage, "direct_note") == 1
    assert await notes(stage, ANNA) == []


async def test_a_note_taken_back_is_deleted_where_it_went(database: Database):
    stage = await staged(database)

    async def say(context: Any) -> str:
        return await direct.send_direct(
            context,
            to=(ANNA, f"{ANNA}/inbox"),
            texts={"de": "<p>Hallo</p>"},
            in_reply_to=None,
            about="https://wien.example/p/1",
        )

    note = await stage.act(say)
    assert await stage.act(lambda context: direct.about_of(context, note, ANNA))
    assert await stage.act(lambda context: direct.about_of(context, note, BELA)) is None
    await stage.act(
        lambda context: context.tx.run("update delivery set state = 'done', attempts = 1")
    )
    assert await stage.act(lambda context: direct.take_back(context, note))
    assert not await stage.act(lambda context: direct.take_back(context, note))

    async def deletes(tx: Any) -> list[Row]:
        found: list[Row] = await tx.rows(
            "select d.inbox from outgoing o join delivery d on d.activity_id = o.id "
            "where o.object_id = :note and o.kind = 'Delete'",
            note=note,
        )
        return found

    assert [row["inbox"] for row in await database.read(deletes)] == [f"{ANNA}/inbox"]
    assert await database.read(lambda tx: store.find(tx, stage.event.id, ANNA)) is None
