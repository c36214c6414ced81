"""What our events look like to the rest: one test for each trap, by its name.

The readers below do what the sources of those programs do, as far as a trap is concerned
(reference: platforms b.1.3, b.2.3, b.3). Mastodon and Mobilizon have files of their own.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from node.events.document import event_document
from node.events.model import State
from tests.node.samples import HOUSE, event
from tests.support.outward import PICTURE, URLS, Json, document

# --- GoToSocial ---


def test_gotosocial_refuses_what_was_updated_before_it_was_published():
    found = document()
    assert found["updated"] >= found["published"]
    fresh = event()
    assert "updated" not in event_document(replace(fresh, updated=fresh.published), URLS)


def test_gotosocial_shows_the_content_and_takes_name_for_the_words():
    found = document()

    assert found["content"].startswith("<p>")
    assert found["attachment"][0]["name"] == "Ein Garten"


def gancio_update(found: Json) -> Json:
    """What Gancio reads of an Update: whatever hangs first is its picture."""
    hung = found["attachment"]
    return {
        "picture": hung[0]["url"] if len(hung) else None,
        "place": (found["location"]["name"], found["location"]["address"]),
        "online": found["location"]["address"].get("url"),
        "tags": [tag["name"] for tag in found["tag"]],
        "text": found["content"] + "",
    }


# --- Gancio ---


@pytest.mark.parametrize("state", [State.SCHEDULED, State.CANCELLED])
def test_gancio_takes_an_update_with_picture_place_and_tags(state: State):
    read = gancio_update(event_document(event(state=state, picture=PICTURE), URLS))

    assert read["picture"].endswith(".jpg")
    assert read["place"][0] == "Haus der Begegnung, 1020 Wien"
    assert read["place"][1]["streetAddress"] == "Praterstraße 1"
    assert read["tags"] == ["#josoor"]


def test_gancio_takes_a_link_for_the_picture_so_there_is_none_without_one():
    found = document(picture=None, online_url="https://meet.example/x")

    assert found["attachment"] == []
    assert gancio_update(found)["picture"] is None


def test_gancio_breaks_at_an_attachment_without_a_media_type():
    hung = document(online_url="https://meet.example/x")["attachment"]

    assert len(hung) == 2
    assert all(isinstance(one["mediaType"], str) for one in hung)
    assert "image" in hung[0]["mediaType"]


def test_gancio_merges_places_by_name_so_ours_names_the_district():
    assert document(place=replace(HOUSE, name="Sporthalle"))["location"]["name"] == (
        "Sporthalle, 1020 Wien"
    )


# --- WordPress with the Event Bridge, FEP-8a8e ---


def test_the_event_bridge_reads_the_fields_of_the_fep():
    found = document()

    assert found["eventStatus"] == "EventScheduled"
    assert found["organizers"]["totalItems"] == 1
    assert found["endTime"] > found["startTime"]
    assert found["image"]["url"] == found["attachment"][0]["url"]


# --- everybody ---


def test_a_hashtag_leads_to_our_page_of_it_in_every_script():
    (tag,) = document(tags=("لغات",))["tag"]

    assert tag["name"] == "#لغات"
    assert tag["href"].isascii()
    assert tag["href"].startswith("https://wien.example/events?tag=%D9")


def test_the_words_for_the_picture_keep_their_languages_with_the_original_first():
    found = document()
    shown = found["attachment"][0]

    assert list(shown["nameMap"]) == ["de", "ar"]
    assert shown["nameMap"][found["josoor:originalLanguage"]] == shown["name"]
