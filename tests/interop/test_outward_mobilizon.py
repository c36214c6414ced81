"""What our events look like to Mobilizon: one test for each trap, by its name.

The reader below does what its source does, as far as a trap is concerned
(reference: platforms b.2.3).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from activitypub.names import PUBLIC
from node.errors import Invalid
from node.events.document import event_document
from node.events.draft import read_draft
from node.events.model import JoinMode, State
from tests.node.samples import HOUSE, event
from tests.support.nodes import EVENT
from tests.support.outward import URLS, Json, document

MOBILIZON_JOIN_MODES = {"free", "restricted", "invite", "external"}
MOBILIZON_STATES = {"TENTATIVE", "CONFIRMED", "CANCELLED"}


def mobilizon_banner(found: Json) -> Json | None:
    """Its banner: what is named so, else `image`, else the first picture."""
    pictures = [one for one in found["attachment"] if one["type"] in ("Document", "Image")]
    named: list[Json] = [one for one in pictures if one.get("name") == "Banner"]
    image: Json = found.get("image", {})
    if named:
        return named[0]
    first: Json | None = next(iter(pictures), None)
    return image if image.get("type") in ("Document", "Image") else first


def test_mobilizon_finds_the_picture_and_keeps_it_once():
    found = document()
    banner = mobilizon_banner(found)

    assert banner is not None
    assert banner["url"] == found["attachment"][0]["url"]
    assert found["attachment"][0]["type"] == "Document"
    assert isinstance(found["image"], dict)


def test_mobilizon_breaks_at_a_null_image_so_there_is_none():
    found = document(picture=None)

    assert "image" not in found
    assert mobilizon_banner(found) is None


@pytest.mark.parametrize("join", JoinMode)
def test_mobilizon_loses_an_event_with_a_join_mode_that_it_does_not_know(join: JoinMode):
    assert document(join=join)["joinMode"] in MOBILIZON_JOIN_MODES


@pytest.mark.parametrize("state", [State.SCHEDULED, State.CANCELLED])
def test_mobilizon_reads_the_state_in_both_spellings(state: State):
    found = event_document(event(state=state), URLS)

    assert found["status"] == found["ical:status"]
    assert found["status"] in MOBILIZON_STATES


def test_mobilizon_takes_one_actor_and_one_author_and_no_list():
    found = document()

    assert all(isinstance(found[key], str) for key in ("actor", "attributedTo", "audience"))


def test_mobilizon_and_gancio_break_at_a_list_of_places():
    assert isinstance(document(online_url="https://meet.example/x")["location"], dict)


def test_mobilizon_passes_over_coordinates_that_are_whole_numbers():
    place = document(place=replace(HOUSE, latitude=48, longitude=16))["location"]

    assert isinstance(place["latitude"], float)


def test_mobilizon_lists_only_what_is_for_everybody_in_to():
    assert document()["to"] == [PUBLIC]


def test_mobilizon_knows_the_room_online_by_its_name():
    links = [
        one
        for one in document(online_url="https://meet.example/x")["attachment"]
        if one["type"] == "Link"
    ]

    assert links == [
        {
            "type": "Link",
            "mediaType": "text/html",
            "href": "https://meet.example/x",
            "name": "Website",
        }
    ]
    secret = document(online_url="https://meet.example/x", exact_address="participants")
    assert "meet.example" not in str(secret)


def test_mobilizon_drops_an_event_with_a_tag_of_one_letter():
    with pytest.raises(Invalid, match="2 to 40"):
        read_draft({**EVENT, "tags": ["x"]}, language="de", timezone="Europe/Vienna")


def test_mobilizon_needs_the_name_of_a_time_zone():
    assert document()["timezone"] == "Europe/Vienna"
