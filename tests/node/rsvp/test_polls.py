"""Tests of node/rsvp/polls.py and question.py: the life of a companion poll, on both engines."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import orjson

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.jsonld import expand
from activitypub.objects import Question
from activitypub.registry import read
from node.community import store as community_store
from node.community.model import Follower
from node.events import actions as events_actions
from node.events.draft import read_draft
from node.events.model import JoinMode
from node.rsvp import poll_store, polls
from node.rsvp.model import Answer, Door
from node.rsvp.question import Poll, Tally, answer_of, options, question
from node.storage.database import Database, Row
from tests.node.rsvp.stage import START, URLS, Stage, staged
from tests.support.nodes import EVENT

ANNA = "https://m.example/users/anna"
INBOX = f"{ANNA}/inbox"
BEGIN = read_draft(EVENT, language="de", timezone="Europe/Vienna").start


async def with_poll(database: Database, **event: Any) -> tuple[Stage, Poll]:
    stage = await staged(database)
    follower = Follower(
        community=URLS.community,
        actor="https://f.example/u/fan",
        inbox="https://f.example/u/fan/inbox",
        shared_inbox=None,
        follow_id="https://f.example/1",
        since=START,
    )
    await stage.act(lambda context: community_store.add_follower(context.tx, follower))
    await stage.publish(poll=True, **event)
    return stage, await poll_of(stage)


async def poll_of(stage: Stage) -> Poll:
    found = await stage.database.read(lambda tx: poll_store.of_event(tx, stage.event.id))
    assert found is not None
    return found


async def sent(stage: Stage, kind: str, poll: Poll) -> list[dict[str, Any]]:
    """What was to leave about the poll, whether it was merged since or not."""
    address = URLS.poll(poll.id)

    async def rows(tx: Any) -> list[Row]:
        found: list[Row] = await tx.rows(
            "select body from outgoing where object_id = :id and kind = :kind order by created, id",
            id=address,
            kind=kind,
        )
        return found

    return [orjson.loads(bytes(row["body"])) for row in await stage.database.read(rows)]


async def after(stage: Stage, pause: timedelta) -> None:
    """Let the time pass, and do what is due then."""
    stage.now += pause
    await stage.act(polls.tell_numbers)


async def test_an_event_without_a_poll_has_none(database: Database):
    stage = await staged(database)
    for changes in ({"poll": True, "join": "none"}, {"poll": False}):
        await stage.publish(**changes)
        found = await database.read(lambda tx: poll_store.of_event(tx, stage.event.id))
        assert found is None


async def test_an_edited_event_renews_the_words_and_never_the_options(database: Database):
    stage, poll = await with_poll(database)
    await stage.says(ANNA, door=Door.POLL, actor=ANNA, inbox=INBOX)
    stage.now += timedelta(minutes=1)
    event = await stage.present()
    await stage.edit(name={**event.draft.name, "de": "Kochabend"}, start=BEGIN + timedelta(hours=1))
    new = await poll_of(stage)

    assert (new.id, new.options) == (poll.id, poll.options)
    assert "Kochabend" in new.content["de"]
    assert new.ends == BEGIN + timedelta(hours=1)
    update = (await sent(stage, "Update", poll))[-1]["object"]
    assert update["updated"] == stage.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert update["oneOf"][0]["replies"]["totalItems"] == 1
    await after(stage, polls.PAUSE)
    later = (await sent(stage, "Update", poll))[-1]["object"]
    assert later["updated"] == update["updated"]


async def test_an_edit_that_the_poll_does_not_show_is_not_told_by_it(database: Database):
    stage, poll = await with_poll(database)
    await stage.edit(category="PARTY")
    assert await sent(stage, "Update", poll) == []


async def test_numbers_are_told_three_minutes_after_the_first_change(database: Database):
    stage, poll = await with_poll(database)
    for party, word in (("web:1", Answer.YES), ("web:2", Answer.MAYBE), ("web:3", Answer.NO)):
        await stage.says(party, word)
    await stage.act(polls.tell_numbers)
    assert await sent(stage, "Update", poll) == []
    await after(stage, timedelta(minutes=1))
    (update,) = await sent(stage, "Update", poll)
    counts = [each["replies"]["totalItems"] for each in update["object"]["oneOf"]]
    assert (counts, update["object"]["votersCount"]) == ([1, 1, 1], 3)
    await after(stage, timedelta(hours=1))
    assert len(await sent(stage, "Update", poll)) == 1


async def test_numbers_also_go_to_one_voter_of_each_further_server(database: Database):
    stage, poll = await with_poll(database)
    for name in ("anna", "bela"):
        actor = f"https://m.example/users/{name}"
        await stage.says(actor, door=Door.POLL, actor=actor, inbox=f"{actor}/inbox")
    await after(stage, polls.PAUSE)
    (update,) = await sent(stage, "Update", poll)

    async def inboxes(tx: Any) -> list[str]:
        rows = await tx.rows(
            "select inbox from delivery where activity_id = :id order by inbox", id=update["id"]
        )
        return [row["inbox"] for row in rows]

    assert len(await database.read(inboxes)) == 1  # the follower's is merged into the Create
    assert ANNA not in json.dumps(update)


async def test_the_poll_closes_when_the_event_begins(database: Database):
    stage, poll = await with_poll(database)
    stage.now = BEGIN
    await stage.act(polls.tell_numbers)
    closed = await poll_of(stage)
    document = question(closed, Tally(), URLS)

    assert closed.closed_at == BEGIN
    assert document["closed"] == document["endTime"] == "2031-12-05T17:00:00Z"
    assert len(await sent(stage, "Update", poll)) == 1
    await after(stage, timedelta(hours=1))
    assert len(await sent(stage, "Update", poll)) == 1


async def test_a_full_event_closes_its_poll_and_a_free_place_opens_it_again(database: Database):
    stage, _ = await with_poll(database, capacity=1)
    await stage.says("web:1")
    await after(stage, polls.PAUSE)
    assert (await poll_of(stage)).closed_at == stage.now
    await stage.leaves("web:1")
    await after(stage, polls.PAUSE)
    assert (await poll_of(stage)).closed_at is None


async def test_with_a_waiting_list_a_full_event_still_takes_votes(database: Database):
    stage, _ = await with_poll(database, capacity=1, waitlist=True)
    await stage.says("web:1")
    await after(stage, polls.PAUSE)
    assert (await poll_of(stage)).closed_at is None


async def test_a_cancelled_event_closes_its_poll_at_once(database: Database):
    stage, poll = await with_poll(database)
    await stage.act(lambda context: events_actions.cancel(context, stage.event.id, "Regen"))
    assert (await poll_of(stage)).closed_at == stage.now
    assert "Abgesagt" in (await sent(stage, "Update", poll))[0]["object"]["content"]


async def test_a_poll_that_is_not_wanted_any_more_is_deleted_and_can_come_anew(database: Database):
    stage, poll = await with_poll(database)
    await stage.edit(poll=False)
    (delete,) = await sent(stage, "Delete", poll)
    assert delete["object"]["formerType"] == "Question"
    await stage.edit(poll=True)
    assert (await poll_of(stage)).id != poll.id
    await stage.edit(join=JoinMode.EXTERNAL)
    found = await database.read(lambda tx: poll_store.of_event(tx, stage.event.id))
    assert found is None


async def test_the_question_means_in_json_ld_what_it_says(database: Database):
    _, poll = await with_poll(database)
    document = question(poll, Tally(yes=2, no=1), URLS)
    found = read(document)
    (meaning,) = expand(document)

    assert isinstance(found, Question)
    assert [each.name.value for each in found.one_of if each.name] == list(poll.options)
    assert found.voters_count == 3
    assert meaning["http://joinmastodon.org/ns#votersCount"][0]["@value"] == 3
    assert "null" not in json.dumps(document)
    assert document["@context"] == OBJECT_CONTEXT


def test_an_option_is_known_by_its_name_however_it_is_spaced():
    poll = Poll(
        id="1", event="2", options=options("de"), content={"de": "x"}, published=START, ends=BEGIN
    )
    assert answer_of(poll, " ja,  ich KOMME ") is Answer.YES
    assert answer_of(poll, "Nein") is None
    assert options("sw") == options("en")
