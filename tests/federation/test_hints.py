"""What somebody else brings, or what comes twice with other content, only makes us ask the origin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from activitypub.activities import Create, Delete, Undo, Update
from activitypub.objects import Note
from federation.errors import Gone, NotFound, Refused, Unreachable
from federation.inward.intake import CRASHES, LEASE, SCHEDULE
from federation.inward.listeners import Heard, Undecided
from tests.support.intakes import ANNA, NOTE, OURS, House

HOUR = SCHEDULE[3]


def note(**more: object) -> dict[str, Any]:
    return {"type": "Note", "id": NOTE, "attributedTo": ANNA, "content": "true", **more}


async def hint(house: House, kind: str, about: object) -> None:
    await house.inbox.add(replace(house.received(kind, about), hint=True))


@pytest.mark.parametrize("kind", ["Create", "Update"])
async def test_d01_a_hint_is_heard_as_what_the_origin_says(house: House, kind: str) -> None:
    house.hear(Update, Note)
    if kind == "Create":

        @house.listeners.on(Create, Note)
        async def on_create(_: str, heard: Heard) -> None:
            raise AssertionError("what somebody else says is not heard as it is said")

    house.documents.held[NOTE] = note()
    await hint(house, kind, note(content="forged"))
    await house.intake.step()
    (heard,) = house.heard
    assert isinstance(heard.activity, Update)
    assert str(heard.object.content if heard.object else "") == "true"
    assert (heard.sender.id, heard.fresh) == (ANNA, True)


async def test_c18_a_deletion_brought_by_others_is_believed_of_410_only(house: House) -> None:
    house.hear(Delete)
    answers: list[dict[str, Any] | Exception]
    answers = [NotFound("404"), Refused(403), note(), Gone("410")]
    for number, answer in enumerate(answers):
        house.documents.held[NOTE] = answer
        received = house.received("Delete", NOTE, name=str(number))
        await house.inbox.add(replace(received, hint=True))
        await house.intake.step()
    assert house.outcomes == [
        "refused:not-found",
        "refused:refused",
        "refused:not-gone",
        "handled",
    ]
    assert len(house.heard) == 1


async def test_a_hint_about_an_origin_that_is_away_waits(house: House) -> None:
    house.hear(Update, Note)
    house.documents.held[NOTE] = Unreachable("away")
    await hint(house, "Update", note())
    await house.intake.step()
    assert house.outcomes == []


@pytest.mark.parametrize("about", ["https://b.test/n/1", f"{OURS}/e/1", None])
async def test_a_hint_about_what_is_not_its_actors_asks_nobody(house: House, about: object) -> None:
    house.hear(Update)
    await hint(house, "Update", about)
    await house.intake.step()
    assert house.outcomes == ["refused:nothing-to-ask-for"]
    assert house.documents.asked == []


async def test_an_author_of_another_server_than_the_object_is_not_believed(house: House) -> None:
    house.hear(Update)
    house.documents.held[NOTE] = note(attributedTo="https://b.test/bert")
    await hint(house, "Update", NOTE)
    await house.intake.step()
    assert house.outcomes == ["refused:foreign-author"]


async def test_a_listener_that_cannot_decide_hears_what_the_origin_says(house: House) -> None:
    @house.listeners.on(Update, Note)
    async def on_update(_: str, heard: Heard) -> None:
        house.heard.append(heard)
        if not heard.fresh:
            raise Undecided

    house.documents.held[NOTE] = note(content="as it is now")
    await house.receive("Update", note(content="one of two"))
    await house.intake.step()
    assert [heard.fresh for heard in house.heard] == [False, True]
    assert str(house.heard[1].object.content if house.heard[1].object else "") == "as it is now"
    assert house.outcomes == ["handled"]


async def test_where_even_the_origin_does_not_decide_nothing_changes(house: House) -> None:
    @house.listeners.on(Update, Note)
    async def on_update(_: str, heard: Heard) -> None:
        raise Undecided

    house.documents.held[NOTE] = note()
    await house.receive("Update", note())
    await house.intake.step()
    assert house.outcomes == ["refused:undecided"]


async def test_an_undo_by_id_is_completed_with_what_the_sender_did_before(house: House) -> None:
    house.hear(Undo)
    await house.receive("Like", f"{OURS}/e/1", name="like")
    await house.intake.step()
    await house.receive("Undo", "https://a.test/act/like", name="undo")
    await house.intake.step()
    (heard,) = house.heard
    assert heard.object is not None
    assert (heard.object.type, heard.object.id) == ("Like", "https://a.test/act/like")


async def test_g08_a_fetch_beyond_the_budget_of_its_host_is_done_later(house: House) -> None:
    house.hear(Update, Note)
    for number in range(70):
        url = f"https://a.test/n/{number}"
        house.documents.held[url] = {"type": "Note", "id": url}
        await house.receive("Update", url, name=str(number))
    while await house.intake.step():
        pass
    assert len(house.documents.asked) == 60
    house.clock.advance(SCHEDULE[0])
    while await house.intake.step():
        pass
    assert len(house.heard) == 70


async def test_what_ends_the_process_again_and_again_is_put_aside(house: House) -> None:
    house.hear(Update)
    await house.receive("Update", note())
    for number in range(CRASHES):
        now = house.clock.now()
        claimed = await house.inbox.claim(
            now=now, lease=str(number), until=now + LEASE, limit=1, per_host=1
        )
        assert len(claimed) == 1
        house.clock.advance(LEASE)
    await house.intake.step()
    assert house.outcomes == ["Abandoned"]
    assert house.heard == []
