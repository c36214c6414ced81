"""What other servers send is read without raising and written again without loss."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from activitypub.activities import Activity, Create, object_id
from activitypub.actors import Actor, Application, Group, Person
from activitypub.names import PUBLIC
from activitypub.objects import Event, Note, Object, Place, Tombstone, locations
from activitypub.parsing import parse
from activitypub.registry import read, write
from tests.interop.losing import lost
from tests.interop.posting import HERE, OURS, SHARED, pasture

CORPUS = SHARED / "corpora" / "real-servers"
REAL = sorted(CORPUS.rglob("*.json"))


def document(name: str) -> dict[str, Any]:
    """The document of a file such as `mastodon/follow`."""
    return parse((HERE / f"{name}.json").read_bytes())


def one(raw: Any) -> Any:
    """The id that a value plainly is, None where it is not plain."""
    if isinstance(raw, dict):
        raw = raw.get("id")
    return raw if isinstance(raw, str) and raw else None


def loss(raw: dict[str, Any]) -> list[str]:
    """What is lost on the way back; whatever is plain in the document comes out right."""
    value = read(raw)
    assert isinstance(value, Object)
    if isinstance(raw.get("type"), str):
        assert value.type == raw["type"]
    if isinstance(raw.get("id"), str):
        assert value.id == raw["id"]
    if isinstance(value, Activity):
        assert value.actor == one(raw.get("actor"))
        if not isinstance(raw.get("object"), list):
            assert object_id(value) == one(raw.get("object"))
    again = write(value)
    assert read(again) == value
    return list(lost(raw, again))


@pytest.mark.parametrize("path", OURS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_document_of_each_software_is_read_and_written_without_loss(path: Path):
    assert loss(parse(path.read_bytes())) == []


@pytest.mark.parametrize("path", REAL or [None], ids=str)
def test_a_document_of_a_real_server_is_read_and_written_without_loss(path: Path | None):
    if path is None:
        pytest.skip("the collection of real servers' documents is not beside the project")
    found = json.loads(path.read_bytes())
    for each in found if isinstance(found, list) else [found]:
        assert loss(each) == []


def test_the_oddities_of_the_fediverse_pasture_are_read_and_written_without_loss():
    examples = pasture()
    assert len(examples) > 100
    for example in examples:
        note = {"type": "Note", "id": "https://a.example/1", "to": [PUBLIC], **example}
        assert loss(note) == []
        assert loss({"type": "Create", "actor": "https://a.example/a", "object": note}) == []


# --- what each document says ---------------------------------------------------------------------


def test_a_mastodon_actor_has_its_key_and_its_inboxes():
    actor = read(document("mastodon/actor_person"))
    assert isinstance(actor, Person)
    assert actor.preferred_username == "anna"
    assert actor.shared_inbox == "https://mastodon.example/inbox"
    (key,) = actor.public_keys
    assert (key.id, key.owner) == (f"{actor.id}#main-key", actor.id)


def test_a_mastodon_undo_embeds_the_follow():
    undo = read(document("mastodon/undo_follow"))
    assert undo.object.type == "Follow"
    assert undo.object.object == "https://wien.josoor.example/c/wien"


def test_a_mastodon_reply_knows_its_parent_and_its_language():
    reply = read(document("mastodon/create_note_reply")).object
    assert isinstance(reply, Note)
    assert reply.in_reply_to == "https://wien.josoor.example/e/1"
    assert reply.content is not None
    assert reply.content.original == "de"
    assert reply.summary is None


def test_a_mastodon_delete_names_a_tombstone_or_the_actor_itself():
    assert isinstance(read(document("mastodon/delete_note")).object, Tombstone)
    gone = read(document("mastodon/delete_actor"))
    assert gone.object == gone.actor


def test_the_mobilizon_relay_with_its_null_endpoints_is_an_application():
    relay = read(document("mobilizon/actor_application_relay"))
    assert isinstance(relay, Application)
    assert relay.shared_inbox == "https://mz.example/inbox"
    assert None not in write(relay).values()


def test_a_mobilizon_group_keeps_its_endpoints():
    group = read(document("mobilizon/actor_group"))
    assert isinstance(group, Group)
    assert write(group)["endpoints"]["events"] == "https://mz.example/@integration_wien/events"


def test_a_mobilizon_event_is_read_whole():
    event = read(document("mobilizon/create_event")).object
    assert isinstance(event, Event)
    assert event.status == "CONFIRMED"
    assert event.start_time is not None
    assert event.start_time.isoformat() == "2026-05-01T18:00:00+02:00"
    assert isinstance(event.location, Place)
    assert event.location.address.address_locality == "Wien"  # type: ignore[union-attr]
    assert [each.type for each in event.attachment][:2] == ["PropertyValue", "Document"]
    assert event.maximum_attendee_capacity == 30


def test_a_mobilizon_update_has_the_id_of_its_create():
    create, update = (
        read(document("mobilizon/create_event")),
        read(document("mobilizon/update_event")),
    )
    assert update.id == create.id
    assert update.object != create.object


def test_a_mobilizon_announce_embeds_or_names_its_event():
    by_group = read(document("mobilizon/announce_by_group"))
    by_relay = read(document("mobilizon/announce_by_relay"))
    assert isinstance(by_group.object, Event)
    assert by_relay.object == object_id(by_group)


def test_a_mobilizon_join_carries_words_to_the_organiser():
    assert read(document("mobilizon/join")).participation_message == "Bringe Kuchen mit"


def test_a_hybrid_gancio_event_is_at_its_place_and_keeps_its_link():
    event = read(document("gancio/update_event_hybrid")).object
    assert isinstance(event.location, Place)
    assert [each.type for each in locations(event) if isinstance(each, Object)] == [
        "VirtualLocation",
        "Place",
    ]
    assert len(write(event)["location"]) == 2
    assert event.end_time is None


def test_a_gancio_delete_embeds_the_whole_event():
    delete = read(document("gancio/delete_event_embedded"))
    assert isinstance(delete.object, Event)
    assert object_id(delete) == "https://gancio.example/federation/m/42"


def test_a_gancio_actor_has_no_followers_collection():
    actor = read(document("gancio/actor_application"))
    assert isinstance(actor, Actor)
    assert actor.followers is None


def test_several_gotosocial_votes_come_in_one_create():
    create = read(document("gotosocial/create_votes"))
    assert isinstance(create, Create)
    assert [each.name.value for each in create.objects] == ["Ja", "Mit Kindern"]  # type: ignore[union-attr]
    assert create.object == create.objects[0]
    assert create.to == ("https://wien.josoor.example/c/wien",)


def test_a_friendica_event_has_its_time_in_utc():
    event = read(document("friendica/create_event")).object
    assert event.start_time.isoformat() == "2026-05-01T16:00:00+00:00"
    assert event.adjusts is True


def test_a_wordpress_location_in_an_array_is_a_place():
    event = read(document("wordpress/event"))
    assert event.location.name.value == "Vereinslokal"
    assert event.name.by_language == {"de": "Deutsch üben"}
