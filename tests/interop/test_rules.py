"""What a node says in a busy hour, as microblogs, forums and video sites read it (`rules/`)."""

from __future__ import annotations

from pathlib import Path

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
from tests.interop.rules import gotosocial, lemmy, mastodon, others
from tests.interop.rules.verdict import shows

NEW, OLD = [4.5, 4.6], [4.3, 4.4]


@pytest.fixture
async def wien(tmp_path: Path) -> Ours:
    return await ours(tmp_path)


# --- Mastodon ------------------------------------------------------------------------------------


async def test_mastodon_can_follow_the_community_and_sees_a_group(wien: Ours):
    group = shows(mastodon.actor(wien.document(wien.community)))
    assert group["group"]
    assert group["key_found_by_id"]
    assert group["followers"] == f"{wien.community}/followers"
    assert group["url"].startswith(wien.community.partition("/c/")[0])
    assert shows(mastodon.read(wien.first("Accept", "Follow")))["does"] == "Accept"


@pytest.mark.parametrize("version", OLD + NEW)
async def test_mastodon_shows_title_summary_and_link_of_an_event(wien: Ours, version: float):
    shown = shows(mastodon.read(created(wien), version))
    assert "<h2>Sprachcafé</h2>" in shown["text"]
    assert "18:00" in shown["text"]
    assert shown["link"] == wien.event
    assert (shown["visibility"], shown["language"], shown["warning"]) == ("public", "de", "")
    assert shown["quotable"]
    assert mastodon.unknown_tags(shown["text"]) == set()


@pytest.mark.parametrize("version", NEW)
async def test_mastodon_since_4_5_shows_a_changed_and_a_cancelled_event(wien: Ours, version: float):
    before = created(wien)["object"]
    assert "<p>Abgesagt" in shows(mastodon.read(cancelled(wien), version, before))["text"]
    assert shows(mastodon.read(pictured(wien), version, before))["media"]


@pytest.mark.parametrize("version", OLD)
async def test_mastodon_before_4_5_hears_of_changes_in_replies(wien: Ours, version: float):
    before = created(wien)["object"]
    assert not mastodon.read(cancelled(wien), version, before).kept
    told = [shows(mastodon.read(one, version))["text"] for one in replies_to_event(wien)]
    assert any("Neuer Termin" in text for text in told)
    assert any("Abgesagt" in text for text in told)


async def test_mastodon_shows_the_picture_with_its_words(wien: Ours):
    (media,) = shows(mastodon.read(pictured(wien)))["media"]
    assert media["alt"] == "Ein Tisch"


async def test_mastodon_shows_the_poll_and_keeps_its_votes(wien: Ours):
    asked = wien.first("Create", "Question")
    shown = shows(mastodon.read(asked))
    assert len(set(shown["poll"]["options"])) == 3
    assert shown["poll"]["ends"]
    assert shown["visibility"] == "unlisted"
    *_, last = wien.every("Update", "Question")
    again = mastodon.read(last, 4.5, asked["object"])
    assert again.kept, again.why


async def test_mastodon_shows_a_direct_answer_to_whom_it_is_for(wien: Ours):
    shown = shows(mastodon.read(direct(wien)))
    assert (shown["visibility"], shown["mentions"]) == ("direct", [wien.anna])


async def test_mastodon_shows_what_the_community_answers(wien: Ours):
    shown = shows(mastodon.read(answer(wien)))
    assert shown["visibility"] == "public"
    assert shown["mentions"] == [wien.anna]
    assert shown["reply_to"]
    assert mastodon.unknown_tags(shown["text"]) == set()


async def test_mastodon_shows_what_the_community_shares_and_takes_it_back(wien: Ours):
    shared = shows(mastodon.read(wien.first("Announce")))
    assert shared["shared"].startswith("http")
    assert shows(mastodon.read(wien.first("Undo", "Announce")))


async def test_mastodon_drops_what_the_community_deletes(wien: Ours):
    for each in wien.every("Delete", "Tombstone"):
        assert shows(mastodon.read(each))["object"] == each["object"]["id"]


async def test_mastodon_is_not_disturbed_by_the_answers_to_a_join(wien: Ours):
    assert not mastodon.read({**wien.first("Accept", "Join"), "type": "Ignore"}).kept
    assert shows(mastodon.read(wien.first("Accept", "Join")))


# --- GoToSocial ----------------------------------------------------------------------------------


async def test_gotosocial_can_follow_the_community(wien: Ours):
    assert shows(gotosocial.actor(wien.document(wien.community)))["locked"] is False


async def test_gotosocial_shows_the_words_of_an_event_behind_its_summary(wien: Ours):
    shown = shows(gotosocial.read(created(wien)))
    assert "<strong>reden</strong>" in shown["text"]
    assert "Freitag" in shown["warning"]
    assert (shown["visibility"], shown["language"]) == ("public", "de")


async def test_gotosocial_takes_changes_and_the_cancellation(wien: Ours):
    before = created(wien)["object"]
    assert "Abgesagt" in shows(gotosocial.read(cancelled(wien), before))["warning"]
    assert len(shows(gotosocial.read(pictured(wien), before))["media"]) == 1


async def test_gotosocial_shows_poll_answer_and_message(wien: Ours):
    assert len(shows(gotosocial.read(wien.first("Create", "Question")))["poll"]) == 3
    assert shows(gotosocial.read(answer(wien)))["visibility"] == "public"
    assert shows(gotosocial.read(direct(wien)))["visibility"] == "private"


async def test_gotosocial_drops_what_is_deleted(wien: Ours):
    assert shows(gotosocial.read(wien.first("Delete", "Tombstone")))["does"] == "Delete"


# --- Lemmy ---------------------------------------------------------------------------------------


async def test_lemmy_can_subscribe_to_the_group(wien: Ours):
    assert shows(lemmy.community(wien.document(wien.community)))["title"]


async def test_lemmy_drops_what_no_person_has_written(wien: Ours):
    for each in (created(wien), answer(wien), wien.first("Create", "Question")):
        assert not lemmy.read(each).kept
    assert not lemmy.read(wien.first("Announce")).kept


# --- Pixelfed and PeerTube -----------------------------------------------------------------------


async def test_pixelfed_shows_no_event_but_what_is_told_in_replies(wien: Ours):
    assert not others.pixelfed(created(wien)).kept
    assert shows(others.pixelfed(replies_to_event(wien)[-1]))["text"]
    assert shows(others.pixelfed(answer(wien)))["text"]
    assert shows(others.pixelfed(wien.first("Delete", "Tombstone")))


async def test_peertube_takes_comments_on_its_videos_alone(wien: Ours):
    assert not others.peertube(created(wien)).kept
    said = answer(wien)
    assert not others.peertube(said).kept
    video = frozenset({said["object"]["inReplyTo"]})
    assert shows(others.peertube(said, videos=video))["comment"]
    assert shows(others.peertube(wien.first("Accept", "Follow")))
