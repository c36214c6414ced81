"""What a node says in a busy hour, as calendars read it, and what they would drop (`rules/`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.interop.ours import (
    Ours,
    answer,
    cancelled,
    created,
    direct,
    ours,
    pictured,
    replies_to_event,
)
from tests.interop.rules import (
    friendica,
    gancio,
    gotosocial,
    mastodon,
    mobilizon,
    others,
    wordpress,
)
from tests.interop.rules.verdict import shows
from tests.support.neighbours import Json


@pytest.fixture
async def wien(tmp_path: Path) -> Ours:
    return await ours(tmp_path)


# --- Mobilizon -----------------------------------------------------------------------------------


async def test_mobilizon_can_follow_the_group_and_the_relay(wien: Ours):
    group = shows(mobilizon.actor(wien.document(wien.community)))
    assert group["followable"]
    assert len(group["collections"]) == 6
    relay = wien.community.partition("/c/")[0] + "/relay"
    assert shows(mobilizon.actor(wien.document(relay)))["followable"]


async def test_mobilizon_keeps_an_event_whole(wien: Ours):
    shown = shows(mobilizon.read(created(wien)))
    assert (shown["state"], shown["category"]) == ("CONFIRMED", "LANGUAGE_CULTURE")
    assert shown["join"] == "free"
    assert shown["located"]
    assert shown["public"]
    assert shown["place"] == "Haus der Begegnung, 1020 Wien"


async def test_mobilizon_lists_an_event_since_the_relay_announces_its_id(wien: Ours):
    announced = next(one for one in wien.relayed if one["type"] == "Announce")
    assert shows(mobilizon.read(announced)) == {
        "does": "Announce",
        "object": wien.event,
        "listed": True,
    }


async def test_mobilizon_takes_changes_the_cancellation_and_the_picture(wien: Ours):
    assert shows(mobilizon.read(cancelled(wien)))["state"] == "CANCELLED"
    assert shows(mobilizon.read(pictured(wien)))["banner"]
    assert {one["type"] for one in wien.relayed} >= {"Update", "Delete"}


async def test_mobilizon_is_answered_with_the_join_and_a_reason(wien: Ours):
    accepted = wien.first("Accept", "Join")
    assert accepted["object"]["actor"] == wien.anna
    assert accepted["object"]["object"] == wien.event
    refused = wien.first("Reject", "Join")
    assert "Plätze" in refused["content"]
    assert shows(mobilizon.read(accepted))
    assert shows(mobilizon.read(refused))


async def test_mobilizon_shows_answers_and_leaves_the_poll(wien: Ours):
    assert shows(mobilizon.read(answer(wien)))["private"] is False
    assert shows(mobilizon.read(direct(wien)))["private"] is True
    assert not mobilizon.read(wien.first("Create", "Question")).kept


async def test_mobilizon_drops_what_is_deleted(wien: Ours):
    gone = wien.first("Delete", "Tombstone", formerType="Event")
    assert shows(mobilizon.read(gone))["does"] == "Delete"


# --- Gancio --------------------------------------------------------------------------------------


async def test_gancio_takes_an_event_with_its_place_and_tags(wien: Ours):
    shown = shows(gancio.read(created(wien)))
    assert shown["place"] == "Haus der Begegnung, 1020 Wien"
    assert shown["picture"] is None
    assert shown["tags"]


async def test_gancio_takes_changes_and_the_picture(wien: Ours):
    assert shows(gancio.read(pictured(wien)))["picture"].startswith("http")
    assert shows(gancio.read(cancelled(wien)))


async def test_gancio_knows_no_state_so_the_name_or_text_must_say_cancelled(wien: Ours):
    shown = shows(gancio.read(cancelled(wien)))
    assert "state" not in shown
    assert "Abgesagt" in cancelled(wien)["object"]["summary"]


async def test_gancio_deletes_by_the_former_type(wien: Ours):
    gone = wien.first("Delete", "Tombstone", formerType="Event")
    assert shows(gancio.read(gone))["deletes"] == gone["object"]["id"]


async def test_gancio_keeps_what_the_community_says_below_an_event(wien: Ours):
    assert shows(gancio.read(replies_to_event(wien)[-1]))["resource_of"] == wien.event
    assert not gancio.read(created(wien), trusted=False).kept


async def test_gancio_knows_neither_poll_nor_answers_to_a_join(wien: Ours):
    assert not gancio.read(wien.first("Create", "Question")).kept
    assert not gancio.read(wien.first("Reject", "Join")).kept


# --- Friendica and Hubzilla ----------------------------------------------------------------------


async def test_friendica_puts_an_event_into_its_calendar(wien: Ours):
    shown = shows(friendica.read(created(wien)))
    assert shown["title"] == "Sprachcafé"
    assert shown["start"] < shown["end"]
    assert shown["place"]
    assert shows(friendica.read(pictured(wien)))["pictures"]


async def test_friendica_takes_changes_and_shows_the_cancellation_as_a_warning(wien: Ours):
    assert "Abgesagt" in shows(friendica.read(cancelled(wien)))["warning"]


async def test_friendica_shows_answers_poll_and_message(wien: Ours):
    assert shows(friendica.read(answer(wien)))["public"]
    assert shows(friendica.read(direct(wien)))["public"] is False
    assert shows(friendica.read(wien.first("Create", "Question")))["text"]
    assert shows(friendica.read(wien.first("Delete", "Tombstone")))


async def test_hubzilla_puts_an_event_into_its_calendar(wien: Ours):
    shown = shows(others.hubzilla(created(wien)))
    assert (shown["title"], bool(shown["end"])) == ("Sprachcafé", True)
    assert shows(others.hubzilla(cancelled(wien)))["title"]
    assert shows(others.hubzilla(answer(wien)))["text"]
    assert shows(others.hubzilla(wien.first("Delete", "Tombstone")))


# --- WordPress -----------------------------------------------------------------------------------


async def test_the_event_bridge_takes_an_event_of_a_source(wien: Ours):
    shown = shows(wordpress.read(created(wien)))
    assert shown["name"] == "Sprachcafé"
    assert shown["address"]["addressLocality"] == "Wien"
    assert shows(wordpress.read(pictured(wien)))["picture"]
    assert shows(wordpress.read(cancelled(wien)))


async def test_wordpress_takes_comments_on_its_own_posts_alone(wien: Ours):
    said = answer(wien)
    assert not wordpress.read(said).kept
    own = frozenset({said["object"]["inReplyTo"]})
    assert "Apfelkuchen" in shows(wordpress.read(said, own=own))["comment"]
    assert shows(wordpress.read(wien.first("Delete", "Tombstone")))


# --- the readers themselves ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"location": [{"type": "Place"}]}, "a list of places"),
        ({"status": None}, "a null status"),
        ({"joinMode": "none"}, "an unknown join mode"),
        ({"attributedTo": ["a"]}, "no actor found"),
        ({"image": None}, "a list or null for the image"),
        ({"attachment": [{"type": "PropertyValue", "name": "a"}]}, "a field of a profile"),
        ({"tag": [{"type": "Hashtag", "name": "#a"}]}, "a tag of one letter"),
        ({"name": "ab"}, "the name is too short"),
    ],
    ids=str,
)
async def test_mobilizon_would_lose_an_event_written_otherwise(wien: Ours, change: Json, why: str):
    verdict = mobilizon.event(created(wien)["object"] | change)
    assert not verdict.kept
    assert verdict.why.startswith(why)


async def test_the_other_readers_would_drop_what_is_written_otherwise(wien: Ours):
    act = created(wien)

    def with_object(**change: Any) -> Json:
        return act | {"object": act["object"] | change}

    assert not gancio.read(with_object(attachment=[{"type": "Link"}])).kept
    assert not gancio.read(with_object(location=[{}]) | {"type": "Update"}).kept
    assert not gancio.read(with_object(attachment=[{"href": "x"}]) | {"type": "Update"}).kept
    assert not gotosocial.read(with_object(updated="2000-01-01T00:00:00Z")).kept
    assert not gotosocial.read(with_object(attributedTo="https://else.example/a")).kept
    assert not friendica.read(with_object(attachment=[{"url": "x"}])).kept
    assert not wordpress.read(with_object(to=[], cc=[])).kept
    assert not mastodon.read(with_object(type="Proposal")).kept
    blank = {"content": "", "contentMap": {}, "attachment": [], "name": ""}
    assert not mastodon.read(with_object(type="Note", **blank)).kept
    assert not mastodon.read({key: act[key] for key in act if key != "@context"}).kept
    assert not mastodon.read(wien.first("Announce") | {"to": [], "cc": []}).kept
