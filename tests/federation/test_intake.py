"""The intake fetches first: which object a listener is brought, and from whom it comes."""

from __future__ import annotations

import pytest

from activitypub.activities import Accept, Activity, Announce, Create, Delete, Follow, Undo, Update
from activitypub.actors import Person
from activitypub.objects import Event, Note
from tests.support.intakes import ANNA, NOTE, OURS, House, note


async def test_an_object_of_the_senders_own_is_used_as_it_was_embedded(house: House) -> None:
    house.hear(Create, Note)
    await house.receive("Create", note())
    assert await house.intake.step() == 1
    (heard,) = house.heard
    assert isinstance(heard.object, Note)
    assert (heard.object.id, heard.sender.id) == (NOTE, ANNA)
    assert house.documents.asked == []
    assert house.outcomes == ["handled"]


async def test_an_object_without_author_counts_as_the_senders(house: House) -> None:
    house.hear(Create, Note)
    await house.receive("Create", {"type": "Note", "id": NOTE})
    await house.intake.step()
    assert len(house.heard) == 1
    assert house.documents.asked == []


@pytest.mark.parametrize("kind", [Create, Update])
@pytest.mark.parametrize(
    "about",
    [
        NOTE,
        note(attributedTo="https://a.test/omar", content="forged"),
        {**note(content="forged"), "id": "https://b.test/n/1"},
    ],
)
async def test_an_object_that_is_not_the_senders_is_fetched_from_its_origin(
    house: House, kind: type[Activity], about: str | dict[str, object]
) -> None:
    house.hear(kind, Note)
    url = about if isinstance(about, str) else str(about["id"])
    house.documents.held[url] = {"type": "Note", "id": url, "content": "true"}
    await house.receive(kind.__name__, about)
    await house.intake.step()
    assert house.documents.asked == [url]
    assert isinstance(house.heard[0].object, Note)
    assert str(house.heard[0].object.content) == "true"


async def test_nobody_updates_another_actor_of_the_same_server(house: House) -> None:
    house.hear(Update, Person)
    omar = "https://a.test/omar"
    house.documents.held[omar] = {"type": "Person", "id": omar, "name": "Omar"}
    await house.receive("Update", {"type": "Person", "id": omar, "name": "forged"})
    await house.intake.step()
    assert isinstance(house.heard[0].object, Person)
    assert str(house.heard[0].object.name) == "Omar"


async def test_an_actor_updates_itself_without_a_fetch(house: House) -> None:
    house.hear(Update, Person)
    await house.receive("Update", {"type": "Person", "id": ANNA, "name": "Anna B."})
    await house.intake.step()
    assert house.documents.asked == []
    assert str(house.heard[0].object.name if house.heard[0].object else "") == "Anna B."


async def test_an_announced_object_is_fetched_even_if_it_was_embedded(house: House) -> None:
    house.hear(Announce, Event)
    url = "https://b.test/e/1"
    house.documents.held[url] = {"type": "Event", "id": url, "name": "Fest"}
    await house.receive("Announce", {"type": "Event", "id": url, "name": "forged"})
    await house.intake.step()
    assert str(house.heard[0].object.name if house.heard[0].object else "") == "Fest"


async def test_an_announced_object_of_ours_is_not_fetched(house: House) -> None:
    house.hear(Announce)
    await house.receive("Announce", f"{OURS}/e/1")
    await house.intake.step()
    assert house.documents.asked == []
    assert house.heard[0].object is None


async def test_a_document_of_another_origin_than_asked_for_is_not_the_object(house: House) -> None:
    house.hear(Create)
    house.documents.held[NOTE] = {"type": "Note", "id": "https://b.test/n/1"}
    await house.receive("Create", NOTE)
    await house.intake.step()
    assert house.heard[0].object is None


async def test_an_undo_brings_the_embedded_follow_without_fetching(house: House) -> None:
    house.hear(Undo, Follow)
    follow = {"id": "https://a.test/f/1", "type": "Follow", "actor": ANNA, "object": f"{OURS}/w"}
    await house.receive("Undo", follow)
    await house.intake.step()
    assert isinstance(house.heard[0].object, Follow)
    assert house.documents.asked == []


async def test_an_accept_brings_the_echo_of_our_follow(house: House) -> None:
    house.hear(Accept, Follow)
    follow = {"id": f"{OURS}/f/1", "type": "Follow", "actor": f"{OURS}/w", "object": ANNA}
    await house.receive("Accept", follow)
    await house.intake.step()
    assert house.heard[0].object is not None
    assert house.heard[0].object.id == f"{OURS}/f/1"


async def test_a_delete_of_what_a_third_server_holds_brings_no_object(house: House) -> None:
    house.hear(Delete)
    await house.receive("Delete", {"type": "Tombstone", "id": "https://b.test/n/1"})
    await house.intake.step()
    assert house.heard[0].object is None
