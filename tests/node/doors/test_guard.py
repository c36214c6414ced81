"""Tests of who may: what is open to everybody, and which token opens which route of the API."""

from __future__ import annotations

import pytest

from node.people.model import Scope
from node.routes import ROUTES, Route
from node.routing.policies import Open
from node.urls import ID_PATTERN
from tests.support.callers import Caller, template
from tests.support.nodes import EVENT, do

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


def address(route: Route) -> str:
    """A path that a guarded route answers."""
    return route.path.replace(ID_PATTERN, NO_ID).replace("{participation}", NO_ID)


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
