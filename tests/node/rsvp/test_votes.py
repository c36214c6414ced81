"""Votes in a companion poll over real HTTP, as Mastodon and GoToSocial send them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from activitypub.names import PUBLIC
from federation.policy import Standing
from node.moderation import actions as moderation
from node.moderation.model import Rule
from node.rsvp import polls
from node.services import Node
from node.urls import Urls
from tests.node.rsvp.peers import Json, ballot, notes_to, person, reads, seats, vote
from tests.support.neighbours import Neighbour, neighbour, outcome
from tests.support.nodes import EVENT, do, running, until

YES, MAYBE, NO = "Ja, ich komme", "Vielleicht", "Nein, ich kann nicht"


@dataclass(slots=True)
class Scene:
    """Vienna with an event and its poll, and Anna, who follows from another server."""

    wien: Node
    server: Neighbour
    anna: str
    event: Json
    poll: str

    @property
    def inbox(self) -> str:
        return self.wien.urls.inbox(self.wien.urls.community)

    @property
    def short(self) -> str:
        return str(self.event["id"]).rpartition("/")[2]

    async def votes(self, who: str, option: str) -> str:
        cast = vote(self.server, who, self.wien, self.poll, option)
        await self.server.insists(self.inbox, cast)
        return await outcome(self.wien, cast["id"])

    async def told(self, who: str, number: int = 1) -> list[Json]:
        async def enough() -> list[Json]:
            found = notes_to(self.server, who)
            return found if len(found) >= number else []

        found: list[Json] = await until(enough)
        return found


async def publish(wien: Node, server: Neighbour, anna: str, **changes: Any) -> Scene:
    event = await do(wien, "event.publish", document={**EVENT, "poll": True, **changes})
    creates = await server.comes(anna, "Create", 2)
    question = next(each["object"] for each in creates if each["object"]["type"] == "Question")
    return Scene(wien, server, anna, event, question["id"])


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[tuple[Node, Neighbour, str]]:
    async with running(tmp_path / "wien") as wien, neighbour() as server:
        anna = person(server, "anna")
        await server.follow(anna, wien.urls.community)
        yield wien, server, anna


@pytest.fixture
async def scene(home: tuple[Node, Neighbour, str]) -> Scene:
    return await publish(*home, exact_address="participants", capacity=2, waitlist=True)


async def test_the_poll_comes_beside_the_event_in_the_shape_of_mastodon(scene: Scene):
    urls: Urls = scene.wien.urls
    status, question = await reads(None, scene.poll)

    assert status == 200
    assert question["type"] == "Question"
    assert question["attributedTo"] == urls.community
    assert question["inReplyTo"] == scene.event["id"]
    assert (question["to"], question["cc"]) == ([f"{urls.community}/followers"], [PUBLIC])
    assert [each["name"] for each in question["oneOf"]] == [YES, MAYBE, NO]
    assert all(each["type"] == "Note" for each in question["oneOf"])
    assert question["endTime"] == "2031-12-05T17:00:00Z"
    assert question["votersCount"] == 0
    assert list(question["contentMap"]) == ["de", "ar", "en"]
    assert "Sprachcafé" in question["content"]
    assert "Praterstraße" not in json.dumps(question, ensure_ascii=False)
    assert not {"updated", "closed", "name"} & set(question)
    (create,) = (
        each
        for each in scene.server.got(scene.anna, "Create")
        if each["object"]["id"] == scene.poll
    )
    assert (create["to"], create["cc"]) == (question["to"], question["cc"])
    assert (await reads(None, create["id"]))[0] == 200


async def test_people_who_open_the_poll_are_sent_to_the_event(scene: Scene):
    async with (
        aiohttp.ClientSession() as session,
        session.get(scene.poll, headers={"Accept": "text/html"}, allow_redirects=False) as answer,
    ):
        assert (answer.status, answer.headers["Location"]) == (303, scene.event["id"])
    nowhere = scene.wien.urls.poll("0" * 26)
    assert (await reads(None, nowhere))[0] == 404


async def test_a_vote_that_was_long_under_way_does_not_outdo_a_later_word(scene: Scene):
    assert await scene.votes(scene.anna, NO) == "done"
    late = vote(scene.server, scene.anna, scene.wien, scene.poll, YES)
    late["published"] = "2026-01-01T10:00:00Z"
    await scene.server.insists(scene.inbox, late)
    await outcome(scene.wien, late["id"])
    assert await seats(scene.wien, scene.short) == {scene.anna: "declined"}


async def test_a_vote_of_mastodon_is_an_answer_and_is_confirmed_to_her_alone(scene: Scene):
    assert await scene.votes(scene.anna, YES) == "done"
    (note,) = await scene.told(scene.anna)

    assert await seats(scene.wien, scene.short) == {scene.anna: "going"}
    assert (note["to"], note["cc"]) == ([scene.anna], [])
    assert note["tag"] == [
        {"type": "Mention", "href": scene.anna, "name": f"@anna@{scene.server.host}"}
    ]
    assert "Du kommst zu" in note["content"]
    assert "Praterstraße 1" in note["content"]
    assert f"{scene.wien.urls.origin}/rsvp/" in note["content"]
    _, question = await reads(None, scene.poll)
    assert [each["replies"]["totalItems"] for each in question["oneOf"]] == [1, 0, 0]
    assert question["votersCount"] == 1


async def test_nobody_else_can_read_a_confirmation_or_learn_that_there_is_one(scene: Scene):
    bela = person(scene.server, "bela")
    await scene.votes(scene.anna, YES)
    (note,) = await scene.told(scene.anna)
    nothing = f"{scene.wien.urls.origin}/n/{'0' * 26}"

    assert (await reads(scene.anna, note["id"]))[0] == 200
    absent = await reads(bela, nothing)
    assert absent[0] == 404
    for reader in (None, bela):
        found = await reads(reader, note["id"])
        assert (found[0], found[1].get("detail")) == (404, absent[1].get("detail"))
    create = next(e for e in scene.server.got(scene.anna, "Create") if e["object"] == note)
    assert (await reads(bela, create["id"]))[0] == 404
    outbox = await reads(None, f"{scene.wien.urls.community}/outbox?page=1")
    assert note["id"] not in json.dumps(outbox[1])


async def test_the_last_vote_counts_and_the_same_again_is_confirmed_once(scene: Scene):
    for option in (YES, YES, NO, MAYBE):
        assert await scene.votes(scene.anna, option) == "done"
    notes = await scene.told(scene.anna, 3)

    assert await seats(scene.wien, scene.short) == {scene.anna: "maybe"}
    assert len(notes) == 3
    assert "Praterstraße" not in notes[-1]["content"]


async def test_several_votes_of_gotosocial_come_in_one_create(scene: Scene):
    omar = person(scene.server, "omar", summaryMap={"ar": "<p>عمر</p>"})
    votes = ballot(scene.server, omar, scene.wien, scene.poll, NO, YES)
    await scene.server.insists(scene.wien.urls.shared_inbox, votes)
    assert await outcome(scene.wien, votes["id"]) == "done"
    (note,) = await scene.told(omar)

    assert await seats(scene.wien, scene.short) == {omar: "going"}
    assert list(note["contentMap"]) == ["ar", "de"]
    assert "ستأتي إلى" in note["content"]


async def test_a_vote_that_is_not_the_signers_or_for_no_option_is_refused(scene: Scene):
    bela = person(scene.server, "bela")
    assert await scene.votes(bela, "Mit Kindern") == "refused:unknown-option"
    votes = ballot(scene.server, bela, scene.wien, scene.poll, NO, YES)
    votes["object"][1]["attributedTo"] = scene.anna
    await scene.server.insists(scene.inbox, votes)
    assert await outcome(scene.wien, votes["id"]) == "refused:not-the-signers-vote"
    assert await seats(scene.wien, scene.short) == {}


async def test_who_is_limited_only_asks_for_a_place(scene: Scene):
    bela, now = person(scene.server, "bela"), scene.wien.clock.now()
    rule = Rule(target=bela, standing=Standing.LIMITED, created=now, updated=now)
    await scene.wien.act(lambda context: moderation.add(context, rule))
    assert await scene.votes(bela, YES) == "done"

    assert await seats(scene.wien, scene.short) == {bela: "asked"}
    (note,) = await scene.told(bela)
    assert "Das Team antwortet dir" in note["content"]


async def test_who_waits_hears_her_number_and_who_gets_the_place_hears_that(scene: Scene):
    people = [person(scene.server, name) for name in ("bela", "cem", "dina")]
    for one in people:
        assert await scene.votes(one, YES) == "done"
    (waiting,) = await scene.told(people[2])
    assert "Nummer 1 auf der Warteliste" in waiting["content"]
    assert "Praterstraße" not in waiting["content"]

    assert await scene.votes(people[0], NO) == "done"
    promoted = (await scene.told(people[2], 2))[1]
    assert "Ein Platz ist frei geworden" in promoted["content"]
    assert "Praterstraße 1" in promoted["content"]
    assert (await seats(scene.wien, scene.short))[people[2]] == "going"


async def test_who_cannot_come_any_more_is_told_why(home: tuple[Node, Neighbour, str]):
    scene = await publish(*home, capacity=1)
    bela = person(scene.server, "bela")
    assert await scene.votes(scene.anna, YES) == "done"
    assert await scene.votes(bela, YES) == "done"
    (note,) = await scene.told(bela)

    assert "keine Warteliste" in note["content"]
    assert await seats(scene.wien, scene.short) == {scene.anna: "going"}
    _, question = await reads(None, scene.poll)
    assert question["oneOf"][0]["replies"]["totalItems"] == 1


async def test_programs_get_no_notes_and_chatterers_only_so_many(scene: Scene):
    bot = person(scene.server, "bot", type="Service")
    assert await scene.votes(bot, YES) == "done"
    for turn in range(22):
        answer = await scene.votes(scene.anna, (YES, NO)[turn % 2])
        assert answer == ("done" if turn < 20 else "refused:too-often")
    notes = await scene.told(scene.anna, 6)

    assert len(notes) == 6
    assert notes_to(scene.server, bot) == []


async def test_the_poll_goes_with_its_event_and_so_do_the_confirmations(scene: Scene):
    await scene.votes(scene.anna, YES)
    (note,) = await scene.told(scene.anna)
    await do(scene.wien, "event.delete", id=scene.event["id"])
    deleted = await scene.server.comes(scene.anna, "Delete", 3)

    assert {each["object"]["id"] for each in deleted} == {
        scene.event["id"], scene.poll, note["id"],
    }  # fmt: skip
    assert (await reads(None, scene.poll))[0] == 410
    assert (await reads(scene.anna, note["id"]))[0] == 410
    assert (await reads(None, note["id"]))[0] == 404
    assert await scene.votes(scene.anna, YES) == "refused:poll-deleted"


async def test_numbers_are_told_together_after_a_while(scene: Scene, monkeypatch: Any):
    for name in ("bela", "cem"):
        assert await scene.votes(person(scene.server, name), YES) == "done"
    await scene.wien.act(polls.tell_numbers)
    assert scene.server.got(scene.anna, "Update") == []
    monkeypatch.setattr(polls, "PAUSE", timedelta(0))
    await scene.wien.act(polls.tell_numbers)
    updates = [e for e in await scene.server.comes(scene.anna, "Update")
               if e["object"]["type"] == "Question"]  # fmt: skip

    assert len(updates) == 1
    assert updates[0]["object"]["oneOf"][0]["replies"]["totalItems"] == 2
    assert "updated" not in updates[0]["object"]
