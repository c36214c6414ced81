"""Answers from other servers: Mobilizon's Join and Leave, Friendica's Accept, Maybe and Reject."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from node.rsvp.telling import tell_counts
from node.services import Node
from tests.support.browsers import Browser
from tests.support.neighbours import Json, Neighbour, neighbour, outcome
from tests.support.nodes import EVENT, do, running, until


@dataclass
class Scene:
    """Wien has an event; people of another server answer to it."""

    wien: Node
    there: Neighbour

    async def publish(self, **changes: Any) -> str:
        event = await do(self.wien, "event.publish", document={**EVENT, **changes})
        return str(event["id"])

    async def says(self, kind: str, name: str, about: Json | str, **more: Any) -> Json:
        """The activity, once it was heard."""
        actor = self.there.actor(name)
        activity = self.there.activity(kind, actor, about, **more)
        inbox = self.wien.urls.inbox(self.wien.urls.community)
        await self.there.insists(inbox, activity)
        self.outcome = await outcome(self.wien, activity["id"])
        return activity

    async def seats(self, event: str) -> list[str]:
        return [one["seat"] for one in await do(self.wien, "event.rsvps", id=event)]

    async def got(self, name: str, kind: str, number: int = 1) -> Json:
        """The last of so many activities of this kind that came to somebody."""
        return (await self.there.comes(self.there.actor(name), kind, number))[-1]

    async def quiet(self) -> None:
        """Nothing waits to be sent."""

        async def sent() -> bool:
            return not (await do(self.wien, "status"))["waiting"]

        await until(sent)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with running(tmp_path / "wien") as wien, neighbour() as there:
        yield Scene(wien, there)


async def test_a_join_is_accepted_and_nobody_else_is_named(scene: Scene) -> None:
    event = await scene.publish()
    others = ["https://mz.example/@other"]
    join = await scene.says("Join", "anna", event, cc=others, participationMessage="Mit Kuchen")
    accept = await scene.got("anna", "Accept")
    assert accept["actor"] == scene.wien.urls.community
    assert accept["object"]["id"] == join["id"]
    assert accept["object"]["object"] == event
    assert accept["to"] == [join["actor"]]
    assert "cc" not in accept
    (one,) = await do(scene.wien, "event.rsvps", id=event)
    assert (one["door"], one["seat"], one["words"]) == ("join", "going", "Mit Kuchen")


async def test_a_second_join_is_accepted_again_and_is_the_same_guest(scene: Scene) -> None:
    event = await scene.publish()
    await scene.says("Join", "anna", event)
    second = await scene.says("Join", "anna", event)
    assert (await scene.got("anna", "Accept", 2))["object"]["id"] == second["id"]
    assert await scene.seats(event) == ["going"]


async def test_a_full_event_rejects_a_join_and_says_why(scene: Scene) -> None:
    event = await scene.publish(capacity=1, waitlist=False)
    await scene.says("Join", "anna", event)
    await scene.says("Join", "ben", event)
    reject = await scene.got("ben", "Reject")
    assert reject["object"]["type"] == "Join"
    assert "Warteliste" in reject["content"]
    assert {"de", "ar", "en"} <= reject["contentMap"].keys()
    assert await scene.seats(event) == ["going"]


async def test_who_waits_gets_a_note_and_the_accept_when_somebody_leaves(scene: Scene) -> None:
    event = await scene.publish(capacity=1, waitlist=True)
    await scene.says("Join", "anna", event)
    join = await scene.says("Join", "ben", event)
    note = (await scene.got("ben", "Create"))["object"]
    assert note["type"] == "Note"
    assert note["to"] == [join["actor"]]
    assert "Warteliste" in note["content"]
    assert "1" in note["content"]
    assert "/rsvp/" in note["content"]
    assert scene.there.got(join["actor"], "Accept") == []
    await scene.says("Leave", "anna", event)
    assert (await scene.got("ben", "Accept"))["object"]["id"] == join["id"]
    assert await scene.seats(event) == ["left", "going"]


async def test_undoing_a_join_leaves_as_well(scene: Scene) -> None:
    event = await scene.publish()
    join = await scene.says("Join", "anna", event)
    await scene.says("Undo", "anna", join)
    assert await scene.seats(event) == ["left"]
    again = await scene.says("Join", "anna", event)
    await scene.says("Undo", "anna", again["id"])
    assert await scene.seats(event) == ["left"]


async def test_undoing_an_earlier_answer_changes_nothing(scene: Scene) -> None:
    event = await scene.publish()
    first = await scene.says("Accept", "anna", event)
    await scene.says("TentativeAccept", "anna", event)
    await scene.says("Undo", "anna", first)
    assert await scene.seats(event) == ["maybe"]


async def test_an_undo_that_comes_before_its_join_keeps_it_away(scene: Scene) -> None:
    event = await scene.publish()
    join = scene.there.activity("Join", scene.there.actor("anna"), event)
    await scene.says("Undo", "anna", join)
    await scene.there.insists(scene.wien.urls.inbox(scene.wien.urls.community), join)
    assert await outcome(scene.wien, join["id"]) == "refused:undone-before"


async def test_nobody_takes_back_the_answer_of_another(scene: Scene) -> None:
    event = await scene.publish()
    join = await scene.says("Join", "anna", event)
    await scene.says("Undo", "evil", join)
    await scene.says("Leave", "evil", event)
    assert scene.outcome == "refused:took-no-part"
    assert await scene.seats(event) == ["going"]


@pytest.mark.parametrize(
    ("kind", "seat"), [("Accept", "going"), ("TentativeAccept", "maybe"), ("Reject", "declined")]
)
async def test_the_answers_of_friendica_count(scene: Scene, kind: str, seat: str) -> None:
    event = await scene.publish()
    await scene.says(kind, "anna", event)
    assert await scene.seats(event) == [seat]


async def test_an_accept_with_the_event_in_it_counts_by_its_id_alone(scene: Scene) -> None:
    event = await scene.publish(capacity=1)
    await scene.says("Accept", "anna", {"id": event, "type": "Event", "name": "Forged"})
    assert await scene.seats(event) == ["going"]


async def test_an_accept_of_something_else_goes_to_who_hears_it(scene: Scene) -> None:
    await scene.says("Accept", "anna", "https://elsewhere.example/follows/1")
    assert scene.outcome.startswith("refused:")
    assert scene.outcome != "refused:not-an-event-of-ours"


async def test_an_older_word_that_comes_late_is_not_answered(scene: Scene) -> None:
    event = await scene.publish()
    await scene.says("Reject", "anna", event, published="2026-01-02T00:00:00Z")
    await scene.says("Join", "anna", event, published="2026-01-01T00:00:00Z")
    await scene.quiet()
    assert await scene.seats(event) == ["declined"]
    assert scene.there.got(scene.there.actor("anna"), "Accept") == []


async def test_a_join_where_nobody_signs_up_is_answered_with_ignore(scene: Scene) -> None:
    event = await scene.publish(join="none")
    join = await scene.says("Join", "anna", event)
    assert (await scene.got("anna", "Ignore"))["object"] == join["id"]


async def test_who_is_blocked_learns_nothing(scene: Scene) -> None:
    event = await scene.publish()
    actor = scene.there.actor("anna")
    await do(scene.wien, "block.add", target=actor, level="suspend")
    join = scene.there.activity("Join", actor, event)
    assert await scene.there.told(scene.wien.urls.inbox(scene.wien.urls.community), join) == 403
    await scene.quiet()
    assert await scene.seats(event) == []
    assert scene.there.arrivals == []


async def test_who_is_limited_needs_the_word_of_the_team(scene: Scene) -> None:
    event = await scene.publish()
    await do(scene.wien, "block.add", target=scene.there.actor("anna"), level="limit")
    await scene.says("Join", "anna", event)
    assert await scene.seats(event) == ["asked"]


async def test_the_team_approves_and_refuses_with_a_reason(scene: Scene) -> None:
    event = await scene.publish(join="restricted")
    await scene.says("Join", "anna", event)
    await scene.says("Join", "ben", event)
    first, second = await do(scene.wien, "event.rsvps", id=event)
    await do(scene.wien, "event.rsvp.approve", id=event, participation=first["id"])
    await do(
        scene.wien,
        "event.rsvp.refuse",
        id=event,
        participation=second["short_id"],
        reason="Nur für Frauen",
    )
    assert (await scene.got("anna", "Accept"))["object"]["type"] == "Join"
    assert "Nur für Frauen" in (await scene.got("ben", "Reject"))["content"]


async def test_the_numbers_go_out_once_however_many_answered(scene: Scene) -> None:
    linz = scene.there.actor("linz")
    await scene.there.follow(linz, scene.wien.urls.community)
    event = await scene.publish(capacity=30)
    created = (await scene.there.comes(linz, "Create"))[0]["object"]
    assert (created["participantCount"], created["remainingAttendeeCapacity"]) == (0, 30)
    for name in ("anna", "ben", "cem"):
        await scene.says("Join", name, event)
    await scene.quiet()
    assert scene.there.got(linz, "Update") == []
    await scene.wien.act(tell_counts)
    await scene.wien.act(tell_counts)
    (update,) = await scene.there.comes(linz, "Update")
    told = update["object"]
    assert (told["participantCount"], told["remainingAttendeeCapacity"]) == (3, 27)
    assert told["attendees"] == {"type": "Collection", "totalItems": 3}
    assert told["updated"] >= told["published"]
    assert "anna" not in orjson.dumps(update).decode()


async def test_who_takes_part_hears_of_changes_without_following(scene: Scene) -> None:
    event = await scene.publish()
    await scene.says("Join", "anna", event)
    await scene.got("anna", "Accept")
    await do(scene.wien, "event.cancel", id=event, reason="Regen")
    update = await scene.got("anna", "Update")
    assert update["object"]["eventStatus"] == "EventCancelled"
    await do(scene.wien, "event.delete", id=event)
    await scene.got("anna", "Delete")
    await scene.quiet()
    deleted = [each["object"] for each in scene.there.got(scene.there.actor("anna"), "Delete")]
    assert [each["formerType"] for each in deleted if each["id"] == event] == ["Event"]
    left = await scene.wien.look(lambda tx: tx.rows("select id from participation"))
    assert left == []


async def test_where_it_is_stands_in_a_note_to_who_comes_alone(scene: Scene) -> None:
    event = await scene.publish(capacity=1, waitlist=True, exact_address="participants")
    await scene.says("Join", "anna", event)
    note = (await scene.got("anna", "Create"))["object"]
    assert "Praterstraße 1" in note["content"]
    await scene.says("Join", "ben", event)
    assert "Praterstraße" not in (await scene.got("ben", "Create"))["object"]["content"]
    accept = await scene.got("anna", "Accept")
    assert "Praterstraße" not in orjson.dumps(accept).decode()


async def test_who_cannot_come_any_more_is_told_so_in_words_by_friendica_too(scene: Scene) -> None:
    event = await scene.publish(capacity=1, waitlist=False)
    await scene.says("Join", "anna", event)
    await scene.says("Accept", "ben", event)
    assert "Warteliste" in (await scene.got("ben", "Create"))["object"]["content"]


async def test_who_gives_her_place_back_by_the_link_is_rejected_at_home_and_accepted_again(
    scene: Scene,
) -> None:
    event = await scene.publish(exact_address="participants")
    join = await scene.says("Join", "anna", event)
    note = (await scene.got("anna", "Create"))["object"]["content"]
    link = re.search(r"/rsvp/[\w-]+", note)
    assert link
    async with Browser(scene.wien) as browser:
        await browser.get(link[0])
        assert (await browser.post(link[0], {"answer": "no"})).status == 303
        reject = await scene.got("anna", "Reject")
        assert (reject["object"]["id"], reject["to"]) == (join["id"], [join["actor"]])
        assert "Du kommst nicht" in reject["content"]
        await browser.post(link[0], {"answer": "maybe"})
        await browser.post(link[0], {"answer": "yes"})
    accept = await scene.got("anna", "Accept", 2)
    assert accept["object"]["id"] == join["id"]
    assert len(scene.there.got(join["actor"], "Reject")) == 1
    assert await scene.seats(event) == ["going"]


async def test_who_leaves_by_her_own_server_is_told_nothing(scene: Scene) -> None:
    event = await scene.publish()
    join = await scene.says("Join", "anna", event)
    await scene.got("anna", "Accept")
    await scene.says("Leave", "anna", event)
    await scene.quiet()
    assert scene.there.got(join["actor"], "Reject") == []
