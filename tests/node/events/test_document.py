"""Tests of node/events/document.py: an event in the shape that all peers accept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from activitypub.jsonld import expand
from activitypub.names import PUBLIC
from activitypub.objects import Event as RemoteEvent
from activitypub.objects import Place as RemotePlace
from activitypub.objects import PostalAddress
from activitypub.registry import read, write
from node.events.document import event_document, tombstone
from node.events.model import Event, JoinMode, PictureRef, Place, State
from node.events.notices import Change, notice
from node.urls import Urls
from tests.node.samples import HOUSE, event

URLS = Urls("https://wien.example", "wien")
ADDRESS = "https://wien.example/e/kochabend"
COMMUNITY = "https://wien.example/c/wien"
PICTURE = PictureRef(media="0" * 26, alt={"de": "Ein Garten", "ar": "حديقة"}, focus=(0, 0.5))
REQUIRED = {
    "@context", "id", "type", "actor", "attributedTo", "organizers", "name", "nameMap", "summary",
    "content", "contentMap", "mediaType", "inLanguage", "startTime", "endTime", "timezone",
    "status", "ical:status", "eventStatus", "category", "joinMode", "maximumAttendeeCapacity",
    "anonymousParticipationEnabled", "repliesModerationOption", "commentsEnabled", "isOnline",
    "location", "attachment", "audience", "tag", "to", "cc", "published", "updated", "url",
}  # fmt: skip
"""The keys of platforms.md b.3 that say something about this event."""


def document(**draft: Any) -> dict[str, Any]:
    return event_document(event(**draft), URLS)


def cancelled(**more: Any) -> Event:
    return event(state=State.CANCELLED, reason="Kein <b>Strom</b>.", sequence=1, **more)


def values(found: Any) -> Iterator[Any]:
    """Everything inside a document, however deep; not its context."""
    yield found
    inner = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    for one in inner:
        yield from values(one)


def test_the_shape_is_the_one_that_mobilizon_and_gancio_read():
    found = document()

    assert set(found) >= REQUIRED
    assert (found["id"], found["url"], found["type"]) == (ADDRESS, ADDRESS, "Event")
    assert found["actor"] == found["attributedTo"] == COMMUNITY
    assert found["organizers"] == {"type": "Collection", "totalItems": 1, "items": [COMMUNITY]}
    assert found["to"] == [PUBLIC]
    assert found["cc"] == [f"{COMMUNITY}/followers"]
    assert found["startTime"] == "2026-12-05T18:00:00+01:00"
    assert found["endTime"] == "2026-12-05T21:00:00+01:00"
    assert (found["published"], found["updated"]) == (
        "2026-11-01T12:00:00Z",
        "2026-11-02T12:00:00Z",
    )
    assert (found["timezone"], found["inLanguage"]) == ("Europe/Vienna", "de")
    assert found["tag"] == [
        {"type": "Hashtag", "name": "#josoor", "href": "https://wien.example/events?tag=josoor"}
    ]


@pytest.mark.parametrize(
    "draft",
    [
        {},
        {"place": None, "capacity": None, "tags": (), "languages_spoken": (), "description": {}},
        {"place": Place(name="Park")},
        {"join": JoinMode.EXTERNAL, "external_url": "https://tickets.example/"},
        {"exact_address": "participants", "online_url": "https://meet.example/x"},
        {"picture": PICTURE, "online_url": "https://meet.example/x"},
    ],
)
def test_nothing_is_null_and_every_type_is_a_plain_word(draft: dict[str, Any]):
    found = document(**draft)
    found.pop("@context")

    assert None not in list(values(found))
    assert all(isinstance(one.get("type"), str) for one in found["tag"])
    assert all(isinstance(found[key], list) for key in ("to", "cc", "tag", "attachment"))


def test_the_languages_keep_their_order_with_the_original_first():
    found = document(
        name={"de": "Kochabend", "ar": "أمسية طبخ", "uk": "Вечір"},
        description={"de": "a", "ar": "b"},
    )

    assert found["name"] == "Kochabend"
    assert list(found["nameMap"]) == list(found["summaryMap"]) == ["de", "ar", "uk"]
    assert list(found["contentMap"]) == ["de", "ar"]
    assert found["content"] == found["contentMap"]["de"]
    assert found["josoor:originalLanguage"] == "de"
    assert found["josoor:translationState"] == {"de": "human", "ar": "human", "uk": "human"}


def test_the_summary_says_when_and_where_in_one_paragraph_without_links():
    for line in document(online_url="https://meet.example/x")["summaryMap"].values():
        assert line.startswith("<p>")
        assert line.endswith("</p>")
        assert line.count("<") == 2
        assert "://" not in line
    summary = document()["summary"]
    assert "Haus der Begegnung" in summary
    assert "18:00" in summary


def test_nobody_writes_tags_into_the_summary():
    place = replace(HOUSE, name="<script>alert(1)</script> & Co")

    assert "&lt;script&gt;" in document(place=place)["summary"]
    assert "<script>" not in str(
        document(place=place, description={"de": "<script>x</script>"})["content"]
    )


def test_without_a_description_the_content_is_the_summary():
    found = document(description={})

    assert found["content"] == found["summary"]
    assert found["contentMap"] == found["summaryMap"]


def test_coordinates_are_floats_and_come_in_pairs():
    place = document(place=replace(HOUSE, latitude=48, longitude=16))["location"]

    assert [(type(place[key]), place[key]) for key in ("latitude", "longitude")] == [
        (float, 48.0),
        (float, 16.0),
    ]
    assert "latitude" not in document(place=replace(HOUSE, longitude=None))["location"]


def test_the_place_is_one_object_with_a_distinctive_name():
    place = document()["location"]

    assert place["type"] == "Place"
    assert place["name"] == "Haus der Begegnung, 1020 Wien"
    assert place["address"] == {
        "type": "PostalAddress",
        "streetAddress": "Praterstraße 1",
        "postalCode": "1020",
        "addressLocality": "Wien",
        "addressCountry": "AT",
    }


def test_an_address_for_participants_only_is_nowhere_in_the_document():
    found = document(exact_address="participants", online_url="https://meet.example/geheim")

    text = str(found)
    for secret in ("Praterstra", "Haus der Begegnung", "48.21", "16.37", "geheim"):
        assert secret not in text
    assert found["location"]["name"] == "1020 Wien"
    assert found["isOnline"] is True


def test_both_status_fields_say_that_it_takes_place():
    found = document()

    assert (found["status"], found["ical:status"]) == ("CONFIRMED", "CONFIRMED")
    assert found["eventStatus"] == "EventScheduled"


def test_a_cancelled_event_says_so_in_every_status_field_and_in_its_summary():
    found = event_document(cancelled(), URLS)

    assert (found["status"], found["ical:status"]) == ("CANCELLED", "CANCELLED")
    assert found["eventStatus"] == "EventCancelled"
    assert found["summary"].startswith("<p>Abgesagt")
    assert found["name"] == "Kochabend"


def test_the_note_of_a_cancellation_replies_to_the_event_with_its_name_and_the_reason():
    found = cancelled()
    note = notice(found, Change.CANCELLED, "n1", found.updated, URLS)

    assert (note["id"], note["inReplyTo"]) == ("https://wien.example/n/n1", ADDRESS)
    assert note["to"] == [PUBLIC]
    assert note["content"].startswith("<p>Abgesagt: Kochabend")
    assert "Kein &lt;b&gt;Strom&lt;/b&gt;." in note["content"]
    assert list(note["contentMap"]) == ["de", "ar"]
    assert None not in list(values({**note, "@context": []}))


def test_a_tombstone_keeps_the_address_and_nothing_of_the_text():
    found = tombstone(event(state=State.DELETED), URLS)
    found.pop("@context")

    assert found == {
        "id": ADDRESS,
        "type": "Tombstone",
        "formerType": "Event",
        "deleted": "2026-11-02T12:00:00Z",
    }


@pytest.mark.parametrize(
    ("join", "mode"),
    [
        (JoinMode.FREE, "free"),
        (JoinMode.RESTRICTED, "restricted"),
        (JoinMode.EXTERNAL, "external"),
        (JoinMode.NONE, "external"),
    ],
)
def test_mobilizon_never_sees_a_join_mode_that_it_does_not_know(join: JoinMode, mode: str):
    found = document(join=join)

    assert found["joinMode"] == mode
    assert ("externalParticipationUrl" in found) == (mode == "external")


def test_an_event_as_it_was_published_says_nothing_of_a_change():
    found = event()

    assert "updated" not in event_document(replace(found, updated=found.published), URLS)


def test_every_key_means_something_to_a_json_ld_processor():
    found = document(join=JoinMode.EXTERNAL, external_url="https://tickets.example/")
    whole = expand(found)
    assert isinstance(whole[0], dict)
    for key in set(found) - {"@context"}:
        without = expand({name: value for name, value in found.items() if name != key})
        assert without != whole, f"{key} means nothing"


@pytest.mark.parametrize("key", ["address", "name", "latitude", "longitude"])
def test_every_key_of_the_place_means_something(key: str):
    found = document()
    whole = expand(found)
    del found["location"][key]

    assert expand(found) != whole


def test_what_we_write_is_what_we_would_read_from_others():
    found = document()
    understood = read(found)

    assert isinstance(understood, RemoteEvent)
    assert understood.name
    assert dict(understood.name.by_language) == {"de": "Kochabend", "ar": "أمسية طبخ"}
    assert understood.start_time == datetime(2026, 12, 5, 17, 0, tzinfo=UTC)
    assert (understood.join_mode, understood.timezone) == ("free", "Europe/Vienna")
    assert isinstance(understood.location, RemotePlace)
    assert isinstance(understood.location.address, PostalAddress)
    assert understood.location.latitude == 48.21
    del found["@context"]
    assert not any(found.get(key) for key in understood.extra)


def test_writing_again_what_was_read_loses_no_key():
    found = document()

    assert set(write(read(found))) >= set(found) - {"@context", "attachment"}
