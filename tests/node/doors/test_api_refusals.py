"""Tests of what the JSON API refuses, and that a refusal keeps nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest

from tests.support.callers import Caller
from tests.support.nodes import EVENT


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"start": None}, "start"),
        ({"end": "2031-12-05T17:00"}, "end"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"colour": "blue"}, "colour"),
        ({"capacity": -1}, "capacity"),
        ({"capacity": 10**18}, "capacity"),
        ({"place": "Wien"}, "place"),
        ({"place": {"name": "a", "latitude": 99}}, "place.latitude"),
        ({"online_url": "javascript:alert(1)"}, "online_url"),
        ({"tags": "josoor"}, "tags"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_kept(
    change: dict[str, Any], named: str, caller: Caller
):
    answer = await caller.post({**EVENT, **change})

    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.json["errors"]) == {named}
    assert named in answer.json["detail"]
    assert {"type", "title", "status", "detail"} <= set(answer.json)
    assert await caller.events() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"3",
        b'{"name": NaN}',
        b'{"name": "a", "name": "b"}',
        b'{"name": "\\ud800", "start": "2031-12-05T18:00"}',
        b'\xff{"name": "a"}',
        b"[" * 5000,
        b'{"a":' * 100 + b"1" + b"}" * 100,
    ],
)
async def test_broken_json_is_refused(body: bytes, caller: Caller):
    answer = await caller.call("POST", "/api/v1/events", body=body)

    assert answer.status in (400, 422)
    assert await caller.events() == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "text/html"])
async def test_another_content_type_is_refused(kind: str, caller: Caller):
    body = json.dumps(EVENT).encode()
    answer = await caller.call("POST", "/api/v1/events", body=body, kind=kind)

    assert (answer.status, answer.json["status"]) == (415, 415)
    assert await caller.events() == []


@pytest.mark.parametrize("told", [True, False])
async def test_a_body_of_two_megabytes_is_refused_whether_its_length_was_told_or_not(
    told: bool, caller: Caller
):
    whole = json.dumps({**EVENT, "description": "a" * 2_000_000}).encode()

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(whole), 65536):
            yield whole[start : start + 65536]

    answer = await caller.call("POST", "/api/v1/events", body=BytesIO(whole) if told else pieces())

    assert (answer.status, answer.json["status"]) == (413, 413)
    assert await caller.events() == []


async def test_a_refused_change_leaves_the_event_as_it_was(caller: Caller):
    event = (await caller.post(EVENT)).json
    path = f"/api/v1/events/{event['short_id']}"

    assert (await caller.call("PUT", path, {**EVENT, "end": "2031-12-05T17:00"})).status == 422
    assert (await caller.call("POST", f"{path}/cancel", {"reason": 3})).status == 422
    assert (await caller.call("POST", f"{path}/cancel", {"why": "a"})).status == 422
    assert (await caller.call("POST", f"{path}/cancel", {"reason": "a" * 501})).status == 422
    assert (await caller.call("GET", path)).json == event


@pytest.mark.parametrize("query", ["type=%00", "type=Event%27", "before=yesterday", "limit=%D9%A1"])
async def test_a_question_about_the_timeline_in_another_form_is_refused_by_name(
    query: str, caller: Caller
):
    answer = await caller.call("GET", f"/api/v1/timeline?{query}")
    assert answer.status == 422
    assert list(answer.json["errors"]) == [query.partition("=")[0]]


async def test_following_nobody_is_refused_by_name(caller: Caller):
    for document in ({}, {"actor": ""}, {"actor": 3}, {"actor": "@"}, {"actor": "no handle"}):
        answer = await caller.call("POST", "/api/v1/following", document)
        assert answer.status in (404, 422), (document, answer)
    assert (await caller.call("DELETE", "/api/v1/following?actor=x@y.test")).status == 404


async def test_what_is_not_there_is_not_found_in_the_same_words_for_everybody(caller: Caller):
    for path in ("/api/v1/nothing", "/api/v2/events", "/api/v1/events/x"):
        answer = await caller.call("GET", path)
        assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")


async def test_a_method_that_a_path_does_not_know_is_refused(caller: Caller):
    answer = await caller.call("PATCH", "/api/v1/events", EVENT)

    assert answer.status == 405
    assert "POST" in answer.headers["Allow"]
