"""Tests of the JSON API over HTTP: what is done with events, the community and lists."""

from __future__ import annotations

import pytest

from node.people.model import Scope
from tests.support.callers import Caller
from tests.support.nodes import EVENT


async def test_a_published_event_has_an_address_where_everybody_finds_it(caller: Caller):
    answer = await caller.post(EVENT)

    assert answer.status == 201
    assert answer.headers["Location"] == answer.json["id"]
    assert answer.json["id"].startswith(f"{caller.node.urls.origin}/e/")
    async with caller.session.get(answer.json["id"]) as page:
        assert page.status == 200


async def test_an_event_comes_back_as_it_was_handed_in(caller: Caller):
    event = (await caller.post(EVENT)).json
    shown = await caller.call("GET", f"/api/v1/events/{event['short_id']}", token=Scope.READ)

    assert shown.status == 200
    assert shown.json == event == (await caller.events())[0]
    assert {key: event[key] for key in EVENT if key not in ("start", "end")} == {
        key: value for key, value in EVENT.items() if key not in ("start", "end")
    }
    assert (event["start"], event["state"]) == ("2031-12-05T18:00:00", "scheduled")


async def test_an_event_gets_new_content_whole(caller: Caller):
    event = (await caller.post(EVENT)).json
    path = f"/api/v1/events/{event['short_id']}"
    changed = {"name": "Kochabend", "start": "2031-12-06T18:00"}

    answer = await caller.call("PUT", path, changed)

    assert answer.status == 200
    assert answer.json["id"] == event["id"]
    assert answer.json["name"] == {"de": "Kochabend"}
    assert answer.json["place"] is None
    assert answer.json["updated"] >= event["updated"]
    assert (await caller.call("GET", path)).json == answer.json


@pytest.mark.parametrize("reason", [None, "Kein Strom."])
async def test_a_cancelled_event_stays_with_its_reason(reason: str | None, caller: Caller):
    event = (await caller.post(EVENT)).json
    path = f"/api/v1/events/{event['short_id']}"
    body = {"reason": reason} if reason else None

    answer = await caller.call("POST", f"{path}/cancel", body)

    assert (answer.status, answer.json["state"]) == (200, "cancelled")
    assert answer.json["reason"] == reason
    assert (await caller.call("PUT", path, EVENT)).status == 409


async def test_a_deleted_event_is_gone_from_the_api(caller: Caller):
    event = (await caller.post(EVENT)).json
    path = f"/api/v1/events/{event['short_id']}"

    answer = await caller.call("DELETE", path)

    assert (answer.status, answer.json["id"]) == (200, event["id"])
    assert await caller.events() == []
    for method, below in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/cancel")):
        document = EVENT if method == "PUT" else None
        assert (await caller.call(method, path + below, document)).status == 404


async def test_the_community_describes_itself_anew(caller: Caller):
    answer = await caller.call(
        "PATCH", "/api/v1/community", {"name": {"de": "Wien", "ar": "فيينا"}}
    )

    assert (answer.status, answer.json["name"]) == (200, {"de": "Wien", "ar": "فيينا"})


async def test_the_lists_are_lists_and_the_status_counts(caller: Caller):
    for path in ("timeline", "following", "followers", "queue", "events"):
        answer = await caller.call("GET", f"/api/v1/{path}", token=Scope.ADMIN)
        assert (answer.status, answer.json) == (200, []), path
    status = (await caller.call("GET", "/api/v1/status", token=Scope.ADMIN)).json
    assert (status["followers"], status["database"]) == (0, "sqlite")


async def test_the_list_of_events_ends_where_it_is_told_to(caller: Caller):
    for _ in range(3):
        await caller.post(EVENT)

    assert len((await caller.call("GET", "/api/v1/events?limit=2")).json) == 2
    for limit in ("0x2", "-1", "99999", "٢", ""):
        answer = await caller.call("GET", f"/api/v1/events?limit={limit}")
        assert (answer.status, set(answer.json["errors"])) == (422, {"limit"}), limit
