"""Everything that a node says in a busy hour is written strictly, and means what it should."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from activitypub.activities import Activity
from activitypub.jsonld import expand
from activitypub.objects import Object
from activitypub.registry import read
from activitypub.unread import Why, unread
from tests.interop.ours import Ours, ours
from tests.support.neighbours import Json


@pytest.fixture
async def wien(tmp_path: Path) -> Ours:
    return await ours(tmp_path)


def documents(wien: Ours) -> list[tuple[str, Json]]:
    """What was sent and what is served, each with a name for complaints."""
    sent = [(f"{one['type']} {one['id']}", one) for one in [*wien.sent, *wien.relayed]]
    return [*sent, *wien.served.items()]


def inside(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value in a document with its place."""
    yield path, value
    if isinstance(value, dict):
        for key, each in value.items():
            if key != "@context":
                yield from inside(each, f"{path}.{key}")
    elif isinstance(value, list):
        for each in value:
            yield from inside(each, path)


async def test_the_hour_was_busy(wien: Ours):
    kinds = {one["type"] for one in wien.sent}
    assert kinds >= {"Create", "Update", "Delete", "Accept", "Reject", "Announce", "Undo", "Follow"}
    types = {one["object"]["type"] for one in wien.sent if isinstance(one["object"], dict)}
    assert types >= {"Event", "Note", "Question", "Tombstone", "Group", "Join", "QuoteRequest"}
    assert {one["type"] for one in wien.relayed} >= {"Announce", "Update", "Delete"}
    assert len(wien.served) > 30


async def test_every_word_has_a_meaning_to_a_processor(wien: Ours):
    for name, document in documents(wien):
        assert "_:" not in json.dumps(expand(document)), name


async def test_nothing_is_null_and_every_type_is_one_word(wien: Ours):
    for name, document in documents(wien):
        for path, value in inside(document):
            assert value is not None, (name, path)
            if path.endswith(".type"):
                assert isinstance(value, str), (name, path)


async def test_addressees_tags_and_attachments_are_arrays(wien: Ours):
    for name, document in documents(wien):
        for path, value in inside(document):
            if isinstance(value, dict):
                for key in ("to", "cc", "tag", "attachment"):
                    assert isinstance(value.get(key, []), list), (name, path, key)


async def test_coordinates_are_floats_and_pictures_say_what_they_are(wien: Ours):
    for name, document in documents(wien):
        for path, value in inside(document):
            if path.endswith((".latitude", ".longitude")):
                assert isinstance(value, float), (name, path)
            if isinstance(value, dict) and value.get("type") in ("Document", "Image"):
                assert value.get("mediaType"), (name, path)


async def test_every_map_begins_with_the_main_language(wien: Ours):
    for name, document in documents(wien):
        for path, value in inside(document):
            if isinstance(value, dict) and "contentMap" in value:
                first = next(iter(value["contentMap"].values()))
                assert first == value["content"], (name, path)


async def test_what_was_updated_was_published_before(wien: Ours):
    for name, document in documents(wien):
        for path, value in inside(document):
            if isinstance(value, dict) and "updated" in value and "published" in value:
                assert value["published"] <= value["updated"], (name, path)


async def test_every_activity_has_an_id_of_its_own(wien: Ours):
    ids = [one["id"] for one in wien.sent]
    assert len(ids) == len(set(ids))


async def test_nobody_reads_who_comes(wien: Ours):
    public = [one for one in wien.sent if "Public" in json.dumps(one.get("to", []))]
    events = [one["object"] for one in public if isinstance(one["object"], dict)]
    for each in [*(one for one in events if one["type"] == "Event"), wien.served[wien.event]]:
        assert wien.anna not in json.dumps(each)


async def test_we_understand_all_that_we_say_ourselves(wien: Ours):
    for name, document in documents(wien):
        value = read(document)
        assert isinstance(value, Object)
        assert isinstance(value, Activity) or name.startswith("http"), name
        left = {
            one.path
            for one in unread(value, longest=40_000)
            if one.why not in (Why.FOREIGN, Why.PART)
        }
        assert left == set(), name
