"""How an activity ends in the intake: heard, left to the next, or refused with a reason."""

from __future__ import annotations

from activitypub.activities import Create, Follow
from activitypub.objects import Event, Note
from federation.errors import Gone
from federation.inward.listeners import Heard, Ignored, NotMine
from tests.support.intakes import NOTE, OURS, House, note


async def test_what_nobody_listens_to_is_closed_unheard_and_fetches_nothing(house: House) -> None:
    house.hear(Follow)
    await house.receive("Create", NOTE)
    await house.receive("Teleport", NOTE, name="2")
    await house.intake.step()
    await house.intake.step()
    assert house.outcomes == ["unheard", "unheard"]
    assert house.documents.asked == []


async def test_a_kind_of_object_that_nobody_hears_is_closed_unheard(house: House) -> None:
    house.hear(Create, Event)
    await house.receive("Create", note())
    await house.intake.step()
    assert house.outcomes == ["unheard"]


async def test_a_listener_may_decline(house: House) -> None:
    @house.listeners.on(Follow)
    async def on_follow(_: str, heard: Heard) -> None:
        raise Ignored("not-open")

    await house.receive("Follow", f"{OURS}/w")
    await house.intake.step()
    assert house.outcomes == ["refused:not-open"]
    assert house.transactions == 1, "the refusal is committed with whatever the listener kept"


async def test_what_a_listener_leaves_goes_to_the_next_in_line(house: House) -> None:
    @house.listeners.on(Create, Note, rank=1)
    async def leave(context: str, heard: Heard) -> None:
        raise NotMine("no-answer-to-us")

    house.hear(Create, Note)
    await house.receive("Create", note())
    await house.intake.step()
    assert house.outcomes == ["handled"]
    assert len(house.heard) == 1


async def test_what_every_listener_leaves_is_refused_with_the_last_reason(house: House) -> None:
    @house.listeners.on(Create, Note)
    async def leave(context: str, heard: Heard) -> None:
        raise NotMine("no-answer-to-us")

    await house.receive("Create", note())
    await house.intake.step()
    assert house.outcomes == ["refused:no-answer-to-us"]


async def test_an_object_that_is_gone_refuses_the_activity_for_good(house: House) -> None:
    house.hear(Create)
    house.documents.held[NOTE] = Gone("410")
    await house.receive("Create", NOTE)
    await house.intake.step()
    assert house.outcomes == ["refused:gone"]


async def test_an_activity_of_a_sender_forgotten_since_is_refused(house: House) -> None:
    house.hear(Follow)
    await house.receive("Follow", f"{OURS}/w", actor="https://a.test/omar")
    await house.intake.step()
    assert house.outcomes == ["refused:sender-forgotten"]
