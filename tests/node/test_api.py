"""Tests of the JSON API over HTTP: what is done, what is refused, and that a refusal keeps nothing."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from node.people.model import Scope
from node.routes import ROUTES, Route
from node.routing.policies import Open
from node.services import Node
from node.urls import ID_PATTERN
from tests.support.nodes import EVENT, do, running

NO_ID = "0" * 26
PUBLIC_ROUTES = {
    ("GET", "/"),
    ("GET", "/events"),
    ("GET", "/network"),
    ("GET", "/report"),
    ("POST", "/report"),
    ("GET", "/report/{secret}"),
    ("GET", "/follow"),
    ("POST", "/follow"),
    ("GET", "/about"),
    # signed by the server of followers, else 404
    ("GET", "/c/{handle}/followers_synchronization"),
    ("GET", "/relay/followers_synchronization"),
    ("GET", "/setup/{secret}"),
    ("POST", "/setup/{secret}"),
    ("GET", "/setup/{secret}/legal"),
    ("POST", "/setup/{secret}/legal"),
    ("GET", "/setup/{secret}/you"),
    ("POST", "/setup/{secret}/you/passkey"),
    ("POST", "/join/{secret}/passkey"),
    ("POST", "/sign-in/passkey"),
    ("POST", "/sign-in/passkey/done"),
    ("POST", "/setup/{secret}/you"),
    ("GET", "/imprint"),
    ("GET", "/privacy"),
    ("GET", "/static/{name}"),
    ("GET", "/media/{id}.jpg"),
    ("GET", "/media/{id}-480.jpg"),
    ("GET", "/favicon.ico"),
    ("GET", "/robots.txt"),
    ("GET", "/.well-known/security.txt"),
    ("GET", "/events.ics"),
    ("GET", "/events.atom"),
    ("GET", "/events.json"),
    ("GET", "/e/{id}.ics"),
    ("GET", "/c/{handle}"),
    # what a member shows to everybody, and her own actor if she asked for one
    ("GET", "/m/{id}"),
    ("GET", "/p/{id}"),
    ("GET", "/p/{id}/{collection}"),
    ("GET", "/p/{id}/posts/{post:[0-9a-hjkmnp-tv-z]{26}}"),
    ("GET", "/p/{id}/a/{activity:[0-9a-hjkmnp-tv-z]{26}}"),
    ("GET", "/p/{id}/followers_synchronization"),
    ("POST", "/p/{id}/inbox"),
    ("GET", "/relay"),
    ("GET", "/e/{id}"),
    ("POST", "/e/{id}/rsvp"),
    # whoever has the link
    ("GET", "/rsvp/{secret}"),
    ("POST", "/rsvp/{secret}"),
    ("GET", "/n/{id}"),
    ("GET", "/r/{id}"),
    ("GET", "/s/{id}"),
    ("GET", "/{kind:[a-z]}/{id}/{collection}"),
    ("GET", "/a/{id}"),
    ("GET", "/c/{handle}/{collection}"),
    ("GET", "/relay/{collection}"),
    ("POST", "/inbox"),
    ("POST", "/c/{handle}/inbox"),
    ("POST", "/relay/inbox"),
    ("GET", "/.well-known/webfinger"),
    ("GET", "/.well-known/host-meta"),
    ("GET", "/.well-known/host-meta.json"),
    ("GET", "/.well-known/change-password"),
    ("GET", "/.well-known/nodeinfo"),
    ("GET", "/nodeinfo/2.0"),
    ("GET", "/nodeinfo/2.1"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/api/openapi.json"),
    ("GET", "/q/{id}"),
    # signing in, and coming in with a secret that one was given
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/join"),
    ("POST", "/join"),
    ("GET", "/join/{secret}"),
    ("POST", "/join/{secret}"),
    ("GET", "/reset/{secret}"),
    ("POST", "/reset/{secret}"),
    ("GET", "/recover"),
    ("POST", "/recover"),
    # a link to a new password by e-mail, and the links in mails: a button behind each
    ("GET", "/recover/mail"),
    ("POST", "/recover/mail"),
    ("GET", "/mail/confirm/{secret}"),
    ("POST", "/mail/confirm/{secret}"),
    ("GET", "/mail/stop/{secret}"),
    ("POST", "/mail/stop/{secret}"),
}
"""What everybody may ask for. A new path is added here only after somebody has thought about it."""
GUARDED = [route for route in ROUTES if route.scope]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `json` is None for an empty body."""

    status: int
    headers: Mapping[str, str]
    json: Any


class Caller:
    """A program that calls the API of a node, with a token for each scope."""

    def __init__(self, node: Node, session: ClientSession, tokens: Mapping[Scope, str]) -> None:
        self.node, self.session, self.tokens = node, session, tokens

    async def call(
        self,
        method: str,
        path: str,
        document: Any = None,
        *,
        token: str | Scope | None = Scope.WRITE,
        body: Any = None,
        kind: str = "application/json",
    ) -> Answer:
        """The answer; `document` goes as JSON, `body` as it is."""
        headers = {"Content-Type": kind} if document is not None or body is not None else {}
        if token is not None:
            secret = self.tokens[token] if isinstance(token, Scope) else token
            headers["Authorization"] = f"Bearer {secret}"
        data = json.dumps(document).encode() if document is not None else body
        url = self.node.urls.origin + path
        async with self.session.request(method, url, data=data, headers=headers) as response:
            text = await response.read()
            return Answer(response.status, response.headers, json.loads(text) if text else None)

    async def post(self, document: Any) -> Answer:
        """The answer to publishing this."""
        return await self.call("POST", "/api/v1/events", document)

    async def events(self) -> Any:
        """What is published."""
        return (await self.call("GET", "/api/v1/events", token=Scope.READ)).json


@pytest.fixture
async def caller(tmp_path: Path) -> AsyncIterator[Caller]:
    async with running(tmp_path / "wien", at_work=False) as node, ClientSession() as session:
        await do(node, "user.create", name="amal", role="ambassador")
        tokens = {
            scope: (await do(node, "token.create", user="amal", scope=scope.value))["token"]
            for scope in Scope
        }
        yield Caller(node, session, tokens)


def template(route: Route) -> tuple[str, str]:
    """Method and path of a route, without the patterns of its parameters."""
    path = route.path.replace(ID_PATTERN, "{id}")
    before, found, after = path.partition("{collection:")
    return route.method, before + "{collection}" + after.partition("}")[2] if found else path


def address(route: Route) -> str:
    """A path that a guarded route answers."""
    return route.path.replace(ID_PATTERN, NO_ID).replace("{participation}", NO_ID)


# what is done


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


# who may


@pytest.mark.parametrize("token", [None, "", "josoor_wrong", "ö", "a" * 8000])
async def test_without_a_token_that_is_known_nothing_is_done(token: str | None, caller: Caller):
    answer = await caller.call("POST", "/api/v1/events", EVENT, token=token)

    assert (answer.status, answer.json["status"]) == (401, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert await caller.events() == []


async def test_a_token_that_may_only_read_does_not_write(caller: Caller):
    answer = await caller.call("POST", "/api/v1/events", EVENT, token=Scope.READ)

    assert answer.status == 403
    assert await caller.events() == []


async def test_a_revoked_token_opens_nothing(caller: Caller):
    for token in await do(caller.node, "token.list"):
        await do(caller.node, "token.revoke", id=token["id"])

    for scope in Scope:
        assert (await caller.call("GET", "/api/v1/events", token=scope)).status == 401


@pytest.mark.parametrize("route", GUARDED, ids=lambda route: f"{route.method} {route.path}")
async def test_each_route_opens_to_its_scope_and_to_no_smaller_one(route: Route, caller: Caller):
    assert route.scope
    for token in (None, "josoor_wrong"):
        assert (await caller.call(route.method, address(route), token=token)).status == 401
    for scope in Scope:
        answer = await caller.call(route.method, address(route), token=scope)
        if scope.covers(route.scope):
            assert answer.status not in (401, 403, 405, 500), (scope, answer)
        else:
            assert answer.status == 403, (scope, answer)


async def test_a_member_s_token_reads_and_does_nothing_else(caller: Caller):
    await do(caller.node, "user.create", name="sara", role="ambassador")
    read, admin = [
        (await do(caller.node, "token.create", user="sara", scope=scope))["token"]
        for scope in ("read", "admin")
    ]
    await do(caller.node, "user.role", name="sara", role="member")

    for route in GUARDED:
        gone = await caller.call(route.method, address(route), token=admin)
        answer = await caller.call(route.method, address(route), token=read)
        assert gone.status == 401, route.path
        assert (answer.status == 403) == (route.scope is not Scope.READ), route.path


def test_no_path_is_open_to_everybody_that_is_not_on_the_list():
    assert {template(route) for route in ROUTES if isinstance(route.policy, Open)} == PUBLIC_ROUTES


def test_every_route_of_the_api_asks_for_a_token():
    assert {template(route) for route in GUARDED} == {
        template(route) for route in ROUTES if route.path.startswith("/api/v1/")
    }


# what is refused


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


# the description


async def described(caller: Caller) -> Any:
    return (await caller.call("GET", "/api/openapi.json", token=None)).json


async def test_the_description_lists_exactly_the_routes_of_the_api(caller: Caller):
    found = await described(caller)

    assert {(method.upper(), path) for path, item in found["paths"].items() for method in item} == {
        template(route) for route in ROUTES if route.path.startswith("/api/v1/")
    }


async def test_the_description_is_whole(caller: Caller):
    found = await described(caller)
    operations = [one for item in found["paths"].values() for one in item.values()]

    assert found["openapi"].startswith("3.1.")
    assert {"title", "version"} <= set(found["info"])
    assert len({one["operationId"] for one in operations}) == len(operations)
    for path, item in found["paths"].items():
        for one in item.values():
            assert one["summary"]
            assert one["security"] == [{"token": []}]
            assert all("description" in answer for answer in one["responses"].values())
            named = {each["name"] for each in one["parameters"] if each["in"] == "path"}
            assert named == set(re.findall(r"\{(\w+)\}", path))
    assert found["components"]["securitySchemes"]["token"] == {"type": "http", "scheme": "bearer"}


async def test_every_reference_in_the_description_leads_somewhere(caller: Caller):
    found = await described(caller)

    def references(part: Any) -> set[str]:
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        own = {part["$ref"]} if isinstance(part, dict) and "$ref" in part else set()
        return own.union(*map(references, inner))

    names = {one.removeprefix("#/components/schemas/") for one in references(found)}
    assert names <= set(found["components"]["schemas"])


async def test_the_description_knows_every_field_of_an_event(caller: Caller):
    found = await described(caller)
    event = (await caller.post(EVENT)).json
    schema = found["components"]["schemas"]["EventDraft"]

    assert set(schema["properties"]) == set(event) - {
        "id", "short_id", "state", "reason", "outdated", "published", "updated",
    }  # fmt: skip
    assert (schema["required"], schema["additionalProperties"]) == (["name", "start"], False)
