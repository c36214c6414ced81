"""Direct replies over real HTTP: yes, no and maybe, and what is left to the conversations."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from activitypub.names import PUBLIC
from node.community.direct import send_direct
from node.context import Context
from node.services import Node
from tests.node.rsvp.peers import Json, direct, fixture, notes_to, person, seats
from tests.support.neighbours import Neighbour, neighbour, outcome
from tests.support.nodes import EVENT, do, running, until


class Scene:
    """Vienna with an event, and Anna, who writes from another server."""

    def __init__(self, wien: Node, server: Neighbour, event: Json) -> None:
        self.wien = wien
        self.server = server
        self.event = event
        self.anna = person(server, "anna")

    @property
    def short(self) -> str:
        return str(self.event["id"]).rpartition("/")[2]

    async def seats(self) -> dict[str, str]:
        return await seats(self.wien, self.short)

    async def sends(self, activity: Json) -> str:
        inbox = self.wien.urls.inbox(self.wien.urls.community)
        await self.server.insists(inbox, activity)
        return await outcome(self.wien, activity["id"])

    async def says(self, words: str, parent: str | None = None, language: str = "de") -> str:
        reply = direct(
            self.server, self.anna, self.wien, parent or self.event["id"], words, language
        )
        return await self.sends(reply)

    async def told(self, number: int = 1) -> list[Json]:
        async def enough() -> list[Json]:
            found = notes_to(self.server, self.anna)
            return found if len(found) >= number else []

        found: list[Json] = await until(enough)
        return found


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with running(tmp_path / "wien") as wien, neighbour() as server:
        event = await do(wien, "event.publish", document=EVENT)
        yield Scene(wien, server, event)


async def test_a_direct_yes_of_mastodon_is_an_answer_and_is_confirmed(scene: Scene):
    assert await scene.says("Ja, ich komme gerne!") == "done"
    (note,) = await scene.told()

    assert await scene.seats() == {scene.anna: "going"}
    assert note["inReplyTo"] == scene.event["id"]
    assert "Du kommst zu" in note["content"]


async def test_a_direct_yes_of_gotosocial_is_confirmed_in_its_language(scene: Scene):
    reply = fixture("gotosocial/create_note_direct", scene.server, scene.anna, scene.wien)
    note = {"inReplyTo": scene.event["id"], "id": scene.server.new_id()}
    reply["object"] |= note | {"content": "<p>نعم</p>", "contentMap": {"ar": "<p>نعم</p>"}}
    assert await scene.sends(reply) == "done"
    (told,) = await scene.told()

    assert await scene.seats() == {scene.anna: "going"}
    assert list(told["contentMap"]) == ["ar", "de"]


async def test_the_language_of_the_words_goes_before_what_the_server_says(scene: Scene):
    assert await scene.says("Evet, geliyorum", language="en") == "done"
    (note,) = await scene.told()
    assert next(iter(note["contentMap"])) == "tr"


async def test_no_and_maybe_are_answers_too_and_the_last_word_counts(scene: Scene):
    for words, seat in (("ja", "going"), ("vielleicht", "maybe"), ("ich kann nicht", "declined")):
        assert await scene.says(words) == "done"
        assert await scene.seats() == {scene.anna: seat}


async def test_what_is_not_surely_an_answer_changes_nothing(scene: Scene):
    for words in ("Ja, aber erst ab acht", "Darf ich kommen?", "danke"):
        await scene.says(words)
    assert await scene.seats() == {}


@pytest.mark.parametrize(
    "others", [{"cc": [PUBLIC]}, {"to": [PUBLIC]}, {"cc": ["https://else.example/u/x"]}]
)
async def test_what_others_can_read_is_no_answer(scene: Scene, others: Json):
    reply = direct(scene.server, scene.anna, scene.wien, scene.event["id"], "ja")
    for each in (reply, reply["object"]):
        each.update({"to": each["to"], "cc": [], **others})
    await scene.sends(reply)
    assert await scene.seats() == {}


async def test_what_goes_to_her_followers_is_no_answer(scene: Scene):
    reply = direct(scene.server, scene.anna, scene.wien, scene.event["id"], "ja")
    reply["object"]["to"] = [f"{scene.anna}/followers", scene.wien.urls.community]
    await scene.sends(reply)
    assert await scene.seats() == {}


async def test_nobody_answers_for_somebody_else(scene: Scene):
    reply = direct(scene.server, scene.anna, scene.wien, scene.event["id"], "ja")
    reply["object"]["attributedTo"] = person(scene.server, "bela")
    await scene.sends(reply)
    assert await scene.seats() == {}


async def test_an_edited_reply_changes_the_answer_and_an_old_one_does_not(scene: Scene):
    reply = direct(scene.server, scene.anna, scene.wien, scene.event["id"], "ja")
    assert await scene.sends(reply) == "done"
    note = reply["object"]
    now = datetime.now(UTC)

    def edited(words: str, at: datetime) -> Json:
        content = note["content"].replace(" ja<", f" {words}<")
        newer = {**note, "content": content, "updated": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
        newer["contentMap"] = {"de": content}
        return scene.server.activity("Update", scene.anna, newer, to=note["to"])

    assert await scene.sends(edited("nein", now + timedelta(seconds=1))) == "done"
    assert await scene.seats() == {scene.anna: "declined"}
    await scene.sends(edited("ja", now - timedelta(days=1)))
    assert await scene.seats() == {scene.anna: "declined"}


async def test_a_reply_to_our_message_counts_in_words_and_not_by_a_nod(scene: Scene):
    await scene.says("ja")
    (note,) = await scene.told()
    await scene.says("nein", note["id"])
    second = (await scene.told(2))[1]
    assert await scene.seats() == {scene.anna: "declined"}
    for nod in ("👍", "ok danke"):
        await scene.says(nod, second["id"])
    assert await scene.seats() == {scene.anna: "declined"}
    await scene.says("doch, ich komme", second["id"])
    assert await scene.seats() == {scene.anna: "going"}


async def test_a_yes_to_what_people_of_the_team_wrote_is_no_answer_to_the_event(scene: Scene):
    await scene.says("nein")

    async def ask(context: Context) -> str:
        return await send_direct(
            context,
            to=(scene.anna, f"{scene.anna}/inbox"),
            texts={"de": "<p>Magst du uns anrufen?</p>"},
            in_reply_to=None,
            about=scene.event["id"],
        )

    await scene.says("ja", await scene.wien.act(ask))
    assert await scene.seats() == {scene.anna: "declined"}


async def test_a_nod_to_the_event_is_an_answer(scene: Scene):
    await scene.says("👍")
    assert await scene.seats() == {scene.anna: "going"}


async def test_nobody_answers_through_a_message_to_somebody_else(scene: Scene):
    await scene.says("ja")
    (note,) = await scene.told()
    bela = person(scene.server, "bela")
    await scene.sends(direct(scene.server, bela, scene.wien, note["id"], "ja"))
    assert await scene.seats() == {scene.anna: "going"}


async def test_an_answer_to_a_cancelled_event_is_told_so(scene: Scene):
    await do(scene.wien, "event.cancel", id=scene.event["id"], reason="Regen")

    async def cancellation(tx: Any) -> str:
        row = await tx.row("select id from note where event = :event", event=scene.short)
        return scene.wien.urls.note(row["id"])

    note = await scene.wien.look(cancellation)
    assert await scene.says("ich komme", note) == "done"
    (told,) = await scene.told()
    assert "wurde abgesagt" in told["content"]
    assert await scene.seats() == {}


async def test_deleting_the_reply_takes_nothing_back(scene: Scene):
    reply = direct(scene.server, scene.anna, scene.wien, scene.event["id"], "ja")
    await scene.sends(reply)
    delete = scene.server.activity("Delete", scene.anna, reply["object"]["id"])
    await scene.sends(delete)
    assert await scene.seats() == {scene.anna: "going"}
