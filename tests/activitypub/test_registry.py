"""A declared object is written strictly and read tolerantly."""

from __future__ import annotations

from dataclasses import replace

from activitypub.activities import Announce, Create, Flag, Join, Undo, object_id
from activitypub.actors import Group, Multikey, PublicKey
from activitypub.collections import Collection
from activitypub.names import PUBLIC
from activitypub.objects import Event, Image, Link, Note, Object, Place, PostalAddress
from activitypub.registry import read, write
from activitypub.shapes import Text

WIEN = "https://wien.example/c/wien"


def test_an_event_is_written_as_peers_want_it():
    event = Event(
        id="https://wien.example/e/1",
        name=Text("Café", {"de": "Café", "ar": "مقهى"}, "de"),
        attributed_to=(WIEN,),
        to=(PUBLIC,),
        status="CONFIRMED",
        location=Place(name=Text("Haus"), latitude=48, longitude=16.5),
        image=Image(url="https://wien.example/x.webp", media_type="image/webp"),
        attachment=(Link(href="https://meet.example", media_type="text/html"),),
        organizers=Collection(total_items=1, items=(WIEN,)),
        extra={"josoor:room": "1"},
    )
    written = write(event)
    assert written["attributedTo"] == WIEN  # Mobilizon finds no actor in an array
    assert written["to"] == [PUBLIC]
    assert written["status"] == written["ical:status"] == "CONFIRMED"
    assert isinstance(written["location"]["latitude"], float)
    assert written["organizers"] == {"type": "Collection", "totalItems": 1, "items": [WIEN]}
    assert written["josoor:room"] == "1"
    assert None not in written.values()
    assert "@context" not in written
    assert read(written) == event


def test_an_actor_is_written_with_its_keys_and_its_shared_inbox():
    group = Group(
        id=WIEN,
        preferred_username="wien",
        inbox=f"{WIEN}/inbox",
        shared_inbox="https://wien.example/inbox",
        public_keys=(PublicKey(id=f"{WIEN}#main-key", owner=WIEN, pem="PEM"),),
        assertion_methods=(
            Multikey(id=f"{WIEN}#ed25519-key", controller=WIEN, public_key_multibase="z6Mk"),
        ),
    )
    written = write(group)
    assert written["endpoints"] == {"sharedInbox": "https://wien.example/inbox"}
    assert written["publicKey"]["publicKeyPem"] == "PEM"
    assert written["assertionMethod"][0]["type"] == "Multikey"
    assert read(written) == group


def test_a_shared_inbox_at_the_top_level_is_found():
    actor = read({"type": "Person", "sharedInbox": "https://a.example/inbox"})
    assert actor.shared_inbox == "https://a.example/inbox"


def test_an_actor_may_list_several_keys_and_strange_ones_are_left_out():
    keys = [{"id": "a#1", "owner": "a", "publicKeyPem": "P"}, "https://a.example/key", {"id": 5}]
    actor = read({"type": "Person", "publicKey": keys})
    assert actor.public_keys == (PublicKey(id="a#1", owner="a", pem="P"),)
    assert write(actor)["publicKey"] == keys


def test_the_object_of_an_activity_is_the_first_of_its_objects():
    assert Announce(object="https://a.example/1").objects == ("https://a.example/1",)
    assert Flag(objects=("a", "b")).object == "a"
    assert write(Flag(objects=("a", "b")))["object"] == ["a", "b"]
    assert write(Announce(object="a"))["object"] == "a"
    assert replace(Announce(object="a"), object="b").objects == ("b",)


def test_the_object_has_an_id_embedded_or_not():
    assert object_id(Announce(object="a")) == "a"
    assert object_id(Create(object=Note(id="a"))) == "a"
    assert object_id(Create(object=Note())) is None
    assert object_id(Create()) is None


def test_activities_can_be_matched_by_their_parts():
    raw = {"type": "Undo", "actor": "a", "object": {"type": "Join", "object": "e"}}
    match read(raw):
        case Undo(actor=str(who), object=Join(object=event)):
            assert (who, event) == ("a", "e")
        case _:
            raise AssertionError("an Undo of a Join was expected")


def test_an_unknown_type_is_an_object_with_all_its_properties():
    raw = {"type": "Pod", "id": "a", "status": False, "podList": "b"}
    todo = read(raw)
    assert type(todo) is Object
    assert todo.type == "Pod"
    assert write(todo) == raw


def test_a_changed_field_is_written_in_place_of_what_was_kept():
    event = read({"type": "Event", "location": [{"type": "VirtualLocation"}, {"type": "Place"}]})
    moved = replace(event, location=Place(name=Text("Neu")))
    assert write(moved)["location"] == {"type": "Place", "name": "Neu"}
    assert len(write(event)["location"]) == 2


def test_a_postal_address_is_read_by_its_parts():
    place = read({"type": "Place", "address": {"type": "PostalAddress", "postalCode": "1020"}})
    assert place.address == PostalAddress(postal_code="1020")
    assert read({"type": "Place", "address": "Gasse 1"}).address == "Gasse 1"


def test_translation_states_are_words_by_language():
    note = read({"type": "Note", "josoor:translationState": {"ar": "machine"}})
    assert note.translation_state == {"ar": "machine"}
    assert read({"type": "Note", "josoor:translationState": {"ar": 5}}).translation_state is None
