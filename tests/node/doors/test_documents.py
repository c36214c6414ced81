"""Tests of the documents that a node serves: actors, their collections, events and notes."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from activitypub.names import ACTIVITY_JSON, LD_JSON, PUBLIC
from activitypub.registry import read
from keys.serialisation import public_multibase, read_multibase, read_public_pem
from node.urls import COLLECTIONS
from tests.support.guests import Guest, publish
from tests.support.nodes import EVENT, do

# actors


@pytest.mark.parametrize(("path", "kind"), [("/c/wien", "Group"), ("/relay", "Application")])
async def test_an_actor_has_all_that_peers_look_for(path: str, kind: str, guest: Guest):
    actor = await guest.read(path)
    address = guest.origin + path

    assert (actor["id"], actor["type"]) == (address, kind)
    assert "https://www.w3.org/ns/cid/v1" in actor["@context"]
    assert actor["inbox"] == f"{address}/inbox"
    assert actor["endpoints"]["sharedInbox"] == f"{guest.origin}/inbox"
    assert actor["publicKey"]["id"] == f"{address}#main-key"
    assert actor["publicKey"]["owner"] == address
    assert isinstance(read_public_pem(actor["publicKey"]["publicKeyPem"]), RSAPublicKey)
    (method,) = actor["assertionMethod"]
    assert (method["type"], method["controller"]) == ("Multikey", address)
    assert (
        public_multibase(read_multibase(method["publicKeyMultibase"]))
        == (method["publicKeyMultibase"])
    )
    assert read(actor).type == kind
    for name in ("outbox", "followers", "following"):
        assert (await guest.read(actor[name]))["id"] == actor[name]


async def test_the_two_actors_have_different_keys(guest: Guest):
    community, relay = await guest.read("/c/wien"), await guest.read("/relay")

    assert community["publicKey"]["publicKeyPem"] != relay["publicKey"]["publicKeyPem"]
    assert community["assertionMethod"] != relay["assertionMethod"]


async def test_the_community_shows_its_name_in_its_languages(guest: Guest):
    actor = await guest.read("/c/wien")

    assert actor["name"] == "Josoor Wien"
    assert list(actor["nameMap"]) == ["de", "ar"]
    assert actor["summary"] == "<p>Nachbarinnen und Nachbarn.</p>"


async def test_another_community_is_not_found(guest: Guest):
    for path in ("/c/berlin", "/c/berlin/outbox", "/c/wien/secrets", "/relay/featured"):
        assert (await guest.get(path, Accept=ACTIVITY_JSON)).status == 404, path


@pytest.mark.parametrize("name", COLLECTIONS)
async def test_every_collection_is_one(name: str, guest: Guest):
    found = await guest.read(f"/c/wien/{name}")

    assert found["type"] == "OrderedCollection"
    assert found["id"] == f"{guest.origin}/c/wien/{name}"
    assert found["totalItems"] == 0


async def test_an_event_is_featured_and_upcoming_by_its_address(guest: Guest):
    address = await publish(guest)

    for name in ("featured", "upcoming", "events"):
        found = await guest.read(f"/c/wien/{name}")
        assert (found["totalItems"], found["orderedItems"]) == (1, [address])


async def test_the_outbox_holds_what_was_published_newest_first(guest: Guest):
    addresses = [await publish(guest) for _ in range(21)]
    outbox = await guest.read("/c/wien/outbox")
    first = await guest.read(outbox["first"])
    second = await guest.read(first["next"])

    creates = [*first["orderedItems"], *second["orderedItems"]]
    assert outbox["totalItems"] == 21
    assert [one["object"]["id"] for one in creates] == sorted(addresses, reverse=True)
    assert "next" not in second
    assert {one["type"] for one in creates} == {"Create"}
    served = await guest.read(creates[0]["id"])
    assert (served["object"]["id"], served["to"]) == (creates[0]["object"]["id"], [PUBLIC])


# events


@pytest.mark.parametrize("accept", [ACTIVITY_JSON, LD_JSON, f"{ACTIVITY_JSON}, text/html;q=0.5"])
async def test_a_program_gets_the_event_as_an_object(accept: str, guest: Guest):
    address = await publish(guest)
    answer = await guest.get(address, Accept=accept)

    assert answer.headers["Content-Type"].startswith(ACTIVITY_JSON)
    assert (answer.json["id"], answer.json["type"]) == (address, "Event")
    assert answer.headers["Vary"] == "Accept"


@pytest.mark.parametrize("accept", ["text/html,application/xhtml+xml,*/*;q=0.8", "*/*", ""])
async def test_people_get_the_event_as_a_page(accept: str, guest: Guest):
    answer = await guest.get(await publish(guest), Accept=accept)

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Accept" in answer.headers["Vary"].split(", ")
    assert "Sprachcafé" in answer.text


async def test_the_page_of_an_event_speaks_arabic_from_right_to_left(guest: Guest):
    answer = await guest.get(await publish(guest), Accept="text/html", Accept_Language="ar")

    assert '<html lang="ar" dir="rtl"' in answer.text
    assert "مقهى اللغة" in answer.text
    assert answer.headers["Content-Language"] == "ar"
    assert "Accept-Language" in answer.headers["Vary"]


async def test_a_language_that_was_asked_for_is_remembered(guest: Guest):
    chosen = await guest.get("/events?lang=ar", Accept_Language="de")
    later = await guest.get("/events", Accept_Language="de")

    assert 'dir="rtl"' in chosen.text
    assert "HttpOnly" in chosen.headers["Set-Cookie"]
    assert 'dir="rtl"' in later.text


async def test_an_event_in_the_way_the_api_shows_it_is_not_public(guest: Guest):
    address = await publish(
        guest, exact_address="participants", online_url="https://meet.example/x"
    )

    for accept in (ACTIVITY_JSON, "text/html"):
        text = (await guest.get(address, Accept=accept)).text
        assert "Praterstra" not in text
        assert "meet.example" not in text


async def test_a_cancelled_event_stays_and_a_note_says_it(guest: Guest):
    address = await publish(guest)
    await do(guest.node, "event.cancel", id=address, reason="Kein Strom.")
    found = await guest.read(address)

    assert found["eventStatus"] == "EventCancelled"
    assert "Abgesagt" in (await guest.get(address, Accept="text/html", Accept_Language="de")).text

    async def notes(tx: Any) -> Any:
        return await tx.rows("select id from note")

    (note,) = await guest.node.look(notes)
    document = await guest.read(f"/n/{note['id']}")
    assert document["inReplyTo"] == address
    redirect = await guest.get(f"/n/{note['id']}", Accept="text/html")
    assert (redirect.status, redirect.headers["Location"]) == (303, address)


async def test_a_deleted_event_is_gone_and_says_so(guest: Guest):
    address = await publish(guest)
    await do(guest.node, "event.delete", id=address)
    answer = await guest.get(address, Accept=ACTIVITY_JSON)
    page = await guest.get(address, Accept="text/html")

    assert (answer.status, page.status) == (410, 410)
    assert answer.headers["Content-Type"].startswith(ACTIVITY_JSON)
    assert answer.headers["Vary"] == "Accept"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (answer.json["id"], answer.json["type"]) == (address, "Tombstone")
    assert answer.json["formerType"] == "Event"
    assert "Sprachcafé" not in answer.text + page.text
    assert (await guest.read("/c/wien/outbox"))["totalItems"] == 0
    assert (await guest.get(f"{address}.ics")).status in (404, 410)


async def test_what_never_was_is_not_found(guest: Guest):
    for path in ("/e/", "/n/", "/a/"):
        for short in ("0" * 26, "x", "0" * 25 + "U"):
            assert (await guest.get(path + short, Accept=ACTIVITY_JSON)).status == 404
            assert (await guest.get(path + short, Accept="text/html")).status == 404


async def test_whoever_has_a_document_is_not_sent_it_again(guest: Guest):
    address = await publish(guest)
    for path in (address, "/c/wien", "/events.ics", "/events.atom"):
        first = await guest.get(path, Accept=ACTIVITY_JSON)
        again = await guest.get(path, Accept=ACTIVITY_JSON, If_None_Match=first.headers["ETag"])
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    tag = (await guest.get(address, Accept=ACTIVITY_JSON)).headers["ETag"]
    await do(guest.node, "event.update", id=address, document={**EVENT, "capacity": 5})
    changed = await guest.get(address, Accept=ACTIVITY_JSON, If_None_Match=tag)
    assert (changed.status, changed.json["maximumAttendeeCapacity"]) == (200, 5)
