"""`network fetch` says what we understand of any remote document and what not, and keeps nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import PUBLIC
from node.commands.inspecting import in_words
from node.errors import NotFound
from node.services import Node
from node.storage.database import Row, Transaction
from tests.support.neighbours import Neighbour, neighbour
from tests.support.nodes import do, running

Json = dict[str, Any]
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def at_home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Node]:
    folder: Path = tmp_path_factory.mktemp("wien")
    async with running(folder, at_work=False) as node:
        yield node


@pytest_asyncio.fixture(loop_scope="module")
async def berlin() -> AsyncIterator[Neighbour]:
    async with neighbour() as peer:
        yield peer


def an_event(berlin: Neighbour, **more: Any) -> Json:
    author = berlin.actor("berlin")
    berlin.documents["/berlin"]["followers"] = f"{author}/followers"
    return {
        "@context": [*OBJECT_CONTEXT, "https://elsewhere.example/context"],
        **berlin.event(author),
        "nameMap": {"de": "Straßenfest", "ar": "مهرجان"},
        "endTime": "2031-06-01T18:00:00Z",
        "timezone": "Europe/Berlin",
        "joinMode": "free",
        "maximumAttendeeCapacity": 30,
        "location": {
            "type": "Place",
            "name": "Hof",
            "address": {"type": "PostalAddress", "addressLocality": "Berlin"},
            "latitude": 52.5,
        },
        "attachment": [
            {"type": "Document", "mediaType": "image/png", "url": "https://b.example/1.png"}
        ],
        **more,
    }


async def inspected(node: Node, berlin: Neighbour, document: Json) -> Json:
    found: Json = await do(node, "network.fetch", url=berlin.serve(document))
    return found


async def test_an_event_is_told_with_author_audience_time_place_and_picture(
    at_home: Node, berlin: Neighbour
):
    found = await inspected(at_home, berlin, an_event(berlin))
    said = found["understood"]
    assert found["understood_as"] == "Event"
    assert said["author"] == {"id": f"{berlin.origin}/berlin", "believed": True, "followed": False}
    assert said["audience"]["visibility"] == "public"
    assert said["times"]["start"].startswith("2031-06-01T15:00:00")
    assert said["place"] == {"name": "Hof", "address": "Berlin", "latitude": 52.5}
    assert said["picture"]["url"] == "https://b.example/1.png"
    assert said["languages"]["in"] == ["de", "ar"]
    assert said["joining"] == {"mode": "free", "capacity": 30}
    assert "on_create" in [each["listener"] for each in found["heard_by"]]


async def test_each_place_that_is_not_understood_has_its_reason(at_home: Node, berlin: Neighbour):
    document = an_event(
        berlin,
        isOutdoors=True,
        startTime="soon",
        content="a" * 50_000,
        replies={"type": "Collection", "id": "https://elsewhere.example/replies"},
        url=[{"type": "Link", "href": "https://b.example/1", "mediaType": "text/html"}],
    )
    document["location"]["floor"] = 3
    found = await inspected(at_home, berlin, document)
    reasons = {each["path"]: each["why"] for each in found["ignored"]}
    assert reasons == {
        "@context": "unknown context",
        "isOutdoors": "unknown term",
        "location.floor": "unknown term",
        "startTime": "odd shape",
        "content": "over the bound",
        "replies": "foreign origin",
        "url": "read in part",
    }


async def test_a_poll_for_followers_is_told_with_its_votes(at_home: Node, berlin: Neighbour):
    author = berlin.actor("anna")
    berlin.documents["/anna"]["followers"] = f"{author}/followers"
    poll = {
        "id": berlin.new_id(),
        "type": "Question",
        "attributedTo": author,
        "to": [f"{author}/followers"],
        "content": "<p>Wann?</p>",
        "inReplyTo": "https://c.example/1",
        "endTime": "2031-06-01T15:00:00Z",
        "oneOf": [
            {"type": "Note", "name": "Sa", "replies": {"type": "Collection", "totalItems": 2}},
            {"type": "Note", "name": "So"},
        ],
    }
    said = (await inspected(at_home, berlin, poll))["understood"]
    assert said["audience"]["visibility"] == "followers"
    assert said["poll"]["options"] == [{"name": "Sa", "votes": 2}, {"name": "So", "votes": 0}]
    assert said["conversation"] == {"in_reply_to": "https://c.example/1"}


async def test_an_author_elsewhere_is_not_believed(at_home: Node, berlin: Neighbour):
    note = {
        "id": berlin.new_id(),
        "type": "Note",
        "attributedTo": "http://127.0.0.1:9/anna",
        "to": [PUBLIC],
        "content": "<p>a</p>",
    }
    said = (await inspected(at_home, berlin, note))["understood"]
    assert said["author"]["believed"] is False
    assert said["author"]["trouble"]


async def test_an_actor_is_told_with_handle_and_keys(at_home: Node, berlin: Neighbour):
    found = await do(at_home, "network.fetch", url=berlin.actor("berlin"))
    said = found["understood"]["actor"]
    assert said["handle"] == f"@berlin@{berlin.host}"
    assert said["keys"] == [f"{berlin.origin}/berlin#main-key"]


async def test_an_activity_is_told_with_what_it_is_about(at_home: Node, berlin: Neighbour):
    author = berlin.actor("berlin")
    activity = berlin.activity("Create", author, berlin.event(author))
    said = (await inspected(at_home, berlin, activity))["understood"]
    assert said["about"]["kind"]["type"] == "Event"
    assert said["about"]["texts"]["name"] == "Straßenfest"


async def test_prefixed_words_are_read_with_a_processor(at_home: Node, berlin: Neighbour):
    author = berlin.actor("berlin")
    note = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": berlin.new_id(),
        "type": "as:Note",
        "as:attributedTo": {"id": author},
        "as:content": "<p>Hallo</p>",
    }
    found = await inspected(at_home, berlin, note)
    assert found["translated"] is True
    assert found["understood"]["texts"] == {"content": "Hallo"}


async def test_nothing_is_kept(at_home: Node, berlin: Neighbour):
    await inspected(at_home, berlin, an_event(berlin))
    for table in ("remote_object", "remote_actor", "inbox_activity"):
        assert await at_home.look(partial(_rows, table=table)) == [], table


async def _rows(tx: Transaction, table: str) -> list[Row]:
    return await tx.rows(f"select 1 from {table}")


async def test_what_is_not_there_is_said_in_a_sentence(at_home: Node, berlin: Neighbour):
    with pytest.raises(NotFound, match="was not found"):
        await do(at_home, "network.fetch", url=f"{berlin.origin}/nothing")


async def test_the_words_name_every_part_and_cannot_move_the_cursor(
    at_home: Node, berlin: Neighbour
):
    document = an_event(berlin, name="A\x1b[2J", colour="red")
    text = in_words(await inspected(at_home, berlin, document))
    assert "\x1b" not in text
    assert "  place         name: Hof" in text
    assert "  colour: unknown term" in text
    assert "node.network.federate.on_create" in text
