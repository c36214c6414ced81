"""What our events look like to each of the others: one test for each trap, by its name.

The readers below do what the sources of those programs do, as far as a trap is concerned
(reference: mastodon 3.4 and 3.5, platforms b.1.3, b.2.3, b.3).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activitypub.names import PUBLIC
from node.errors import Invalid
from node.events.document import event_document
from node.events.draft import read_draft
from node.events.model import JoinMode, PictureRef, State
from node.events.notices import Change, change_between, notice
from node.services import Node
from node.urls import Urls
from tests.node.samples import HOUSE, event
from tests.support.neighbours import Neighbour, neighbour
from tests.support.nodes import EVENT, do, running, until

Json = dict[str, Any]
URLS = Urls("https://wien.example", "wien")
PICTURE = PictureRef(media="0" * 26, alt={"de": "Ein Garten", "ar": "حديقة"})
MOBILIZON_JOIN_MODES = {"free", "restricted", "invite", "external"}
MOBILIZON_STATES = {"TENTATIVE", "CONFIRMED", "CANCELLED"}


def document(**draft: Any) -> Json:
    return event_document(event(**{"picture": PICTURE, **draft}), URLS)


# --- Mastodon 4.3 to 4.6 ---


def mastodon(found: Json) -> Json:
    """What Mastodon makes of a converted object: name, summary and link, and of attachments."""
    media = [
        {"url": one["url"], "type": one["mediaType"], "alt": one.get("summary") or one.get("name")}
        for one in found["attachment"][:4]
        if one.get("url")
    ]
    text = "\n\n".join([f"<h2>{found['name']}</h2>", found["summary"], found["url"]])
    language = next(iter(found.get("contentMap") or found.get("nameMap") or found["summaryMap"]))
    return {"text": text, "media": media, "language": language}


def test_mastodon_shows_the_title_the_summary_and_the_link():
    text = mastodon(document())["text"]

    assert "<h2>Kochabend</h2>" in text
    assert "18:00" in text
    assert "Haus der Begegnung, 1020 Wien" in text
    assert text.endswith("https://wien.example/e/kochabend")


def test_mastodon_runs_what_is_not_a_paragraph_together_so_the_summary_is_one():
    assert re.fullmatch(r"<p>[^<]+</p>", document()["summary"])


def test_mastodon_previews_the_first_link_so_the_summary_has_none():
    assert "://" not in document(online_url="https://meet.example/x")["summary"]


def test_mastodon_shows_the_picture_with_the_words_for_it():
    (media,) = mastodon(document())["media"]

    assert media == {
        "url": f"https://wien.example/media/{'0' * 26}.jpg",
        "type": "image/jpeg",
        "alt": "Ein Garten",
    }


def test_mastodon_takes_the_first_key_of_the_map_for_the_language():
    assert mastodon(document(name={"de": "a", "ar": "b"}))["language"] == "de"


def test_mastodon_before_4_5_learns_of_a_cancellation_from_a_reply():
    found = event(state=State.CANCELLED, reason="Kein Strom.")
    note = notice(found, Change.CANCELLED, "n1", found.updated, URLS)

    assert (note["type"], note["inReplyTo"]) == ("Note", "https://wien.example/e/kochabend")
    assert note["to"] == [PUBLIC]
    assert note["cc"] == ["https://wien.example/c/wien/followers"]
    assert "Abgesagt: Kochabend" in note["content"]


@pytest.mark.parametrize(
    ("draft", "change", "word"),
    [
        ({"end": event().draft.end + timedelta(hours=1)}, Change.TIME, "Neuer Termin: Kochabend"),
        ({"place": replace(HOUSE, name="Park")}, Change.PLACE, "Neuer Ort: Kochabend"),
        (
            {"place": None, "timezone": "Europe/Berlin"},
            Change.BOTH,
            "Neuer Termin und Ort: Kochabend",
        ),
    ],
)
def test_mastodon_before_4_5_learns_of_another_time_or_place_from_a_reply(
    draft: Json, change: Change, word: str
):
    changed = event(**draft)

    assert change_between(event_document(event(), URLS), event_document(changed, URLS)) is change
    note = notice(changed, change, "n1", changed.updated, URLS)
    assert note["content"].startswith(f"<p>{word}")
    assert list(note["contentMap"]) == ["de", "ar"]


@pytest.mark.parametrize(
    "draft",
    [
        {"description": {"de": "Anders."}},
        {"name": {"de": "Anders"}},
        {"tags": ("neu",)},
        {"picture": None},
        {"capacity": 5},
        {"accessibility": ()},
    ],
)
def test_nobody_is_told_in_a_reply_of_a_change_that_moves_nobody(draft: Json):
    before, after = event_document(event(), URLS), event_document(event(**draft), URLS)

    assert change_between(before, after) is None


def test_of_a_secret_address_that_changes_nobody_is_told():
    hidden = event(exact_address="participants")
    moved = event(exact_address="participants", place=replace(HOUSE, street="Geheimweg 7"))

    assert change_between(event_document(hidden, URLS), event_document(moved, URLS)) is None


def test_nothing_was_told_before_so_nothing_has_changed():
    assert change_between({}, document()) is None


def test_mastodon_4_5_takes_a_change_only_with_a_newer_updated():
    found = event()
    later = event_document(replace(found, updated=found.updated + timedelta(seconds=1)), URLS)

    assert later["updated"] > event_document(found, URLS)["updated"]


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


# --- Mobilizon ---


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


# --- Gancio ---


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


# --- who gets what ---


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien") as node:
        yield node


@pytest.fixture
async def others() -> AsyncIterator[Neighbour]:
    async with neighbour() as server:
        yield server


async def counted(node: Node) -> None:
    """Once nothing waits to be sent."""

    async def empty() -> bool:
        row = await node.look(
            lambda tx: tx.row("select count(*) as number from delivery where state = 'due'")
        )
        return row is not None and row["number"] == 0

    await until(empty)


def kinds(server: Neighbour, actor: str) -> list[str]:
    path = f"{actor.removeprefix(server.origin)}/inbox"
    found = [each.document for each in server.arrivals if each.path == path]
    return [each["type"] for each in found if each["type"] != "Accept"]


async def test_nobody_who_follows_the_community_and_the_relay_gets_an_event_twice(
    wien: Node, others: Neighbour
):
    both, people, calendar = (others.actor(name) for name in ("both", "people", "calendar"))
    await others.follow(both, wien.urls.community)
    await others.follow(people, wien.urls.community)
    await others.follow(both, wien.urls.relay)
    await others.follow(calendar, wien.urls.relay)

    await do(wien, "event.publish", document=EVENT)
    await counted(wien)

    assert kinds(others, both) == ["Create"]
    assert kinds(others, people) == ["Create"]
    assert kinds(others, calendar) == ["Announce"]


async def test_mobilizon_lists_only_what_its_relay_was_told_of_though_a_group_of_it_follows_too(
    wien: Node, others: Neighbour
):
    group, relay = others.actor("group"), others.actor("relay")
    for path in ("/group", "/relay"):
        others.documents[path]["endpoints"] = {"sharedInbox": f"{others.origin}/inbox"}
    others.documents["/relay"]["type"] = "Application"
    await others.follow(group, wien.urls.community)
    await others.follow(relay, wien.urls.relay)

    await do(wien, "event.publish", document=EVENT)
    await counted(wien)

    shared = [each.document["type"] for each in others.arrivals if each.path == "/inbox"]
    assert sorted(shared) == ["Announce", "Create"]


async def test_a_change_and_a_deletion_reach_whoever_follows_the_relay(
    wien: Node, others: Neighbour
):
    calendar, people = others.actor("calendar"), others.actor("people")
    await others.follow(calendar, wien.urls.relay)
    await others.follow(people, wien.urls.community)
    made = await do(wien, "event.publish", document=EVENT)
    await counted(wien)

    changed = {**EVENT, "name": {"de": "Anders"}}
    await do(wien, "event.update", id=made["id"], document=changed)
    await counted(wien)
    await do(wien, "event.delete", id=made["id"])
    await counted(wien)

    assert kinds(others, calendar) == ["Announce", "Update", "Delete"]
    assert kinds(others, people) == ["Create", "Update", "Delete"]


async def test_another_time_is_told_in_one_reply_that_is_corrected_and_deleted_with_its_event(
    wien: Node, others: Neighbour
):
    people = others.actor("people")
    await others.follow(people, wien.urls.community)
    made = await do(wien, "event.publish", document=EVENT)
    await counted(wien)
    for hour in (19, 20):
        changed = {**EVENT, "start": f"2031-12-05T{hour}:00"}
        await do(wien, "event.update", id=made["id"], document=changed)
        await counted(wien)
    await do(wien, "event.delete", id=made["id"])
    await counted(wien)

    about = [
        (each.document["type"], each.document["object"]["type"])
        for each in others.arrivals
        if each.document["type"] != "Accept"
    ]
    assert about == [
        ("Create", "Event"),
        ("Update", "Event"),
        ("Create", "Note"),
        ("Update", "Event"),
        ("Update", "Note"),
        ("Delete", "Tombstone"),
        ("Delete", "Tombstone"),
    ]
    notes = [one["object"] for one in others.got(people, "Create")[1:]]
    (updated,) = [one for one in others.got(people, "Update") if one["object"]["type"] == "Note"]
    assert updated["object"]["id"] == notes[0]["id"]
    assert updated["object"]["updated"] >= updated["object"]["published"]
    assert "20:00" in updated["object"]["content"]


async def test_of_an_event_that_is_over_no_change_is_told_in_a_reply(wien: Node, others: Neighbour):
    people = others.actor("people")
    await others.follow(people, wien.urls.community)
    past = {**EVENT, "start": "2020-12-05T18:00", "end": "2020-12-05T21:00"}
    made = await do(wien, "event.publish", document=past)
    await counted(wien)
    await do(wien, "event.update", id=made["id"], document={**past, "end": "2020-12-05T22:00"})
    await counted(wien)

    assert [one["object"]["type"] for one in others.got(people, "Create")] == ["Event"]
