"""Tests of the same by the JSON API: health, the queue, translations, handing a role over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession

from node.people.model import Role
from node.services import Node
from tests.node.desk import scenes
from tests.support.browsers import account
from tests.support.nodes import EVENT, do

Call = Callable[..., Awaitable[tuple[int, Any]]]


@pytest.fixture
async def call(node: Node) -> Call:
    await account(node, "amal", Role.AMBASSADOR)
    token = (await do(node, "token.create", user="amal", scope="admin"))["token"]

    async def ask(method: str, path: str, document: Any = None) -> tuple[int, Any]:
        url = f"{node.urls.origin}/api/v1{path}"
        async with ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
            async with session.request(method, url, json=document) as answer:
                return answer.status, await answer.json(content_type=None)

    return ask


async def test_health_tells_checks_with_their_mends_and_versions(call: Call):
    status, found = await call("GET", "/health")
    assert status == 200
    assert {"check", "state", "says", "mend"} == set(found["checks"][0])
    assert {"Josoor", "Python", "SQLite", "OpenSSL"} == set(found["versions"])
    assert found["backup"] is None


async def test_the_queue_is_retried_and_given_up_and_wrong_fields_are_named(call: Call, node: Node):
    await scenes.stuck_deliveries(node, 2)
    await scenes.arrivals(node, 2)
    status, rows = await call("GET", "/queue/arrivals?parked=1")
    assert (status, len(rows)) == (200, 2)
    _, rest = await call("GET", f"/queue/arrivals?parked=1&after={rows[0]['id']}")
    assert rest == rows[1:]
    assert await call("POST", "/queue/retry", {"host": "server0.example"}) == (200, {"retried": 1})
    found = await call("POST", "/queue/discard", {"all": True, "arrivals": True})
    assert found == (200, {"id": None, "discarded": 2})
    for wrong in ({"all": "yes"}, {"id": 5}, {"everything": True}):
        status, problem = await call("POST", "/queue/discard", wrong)
        assert (status, list(problem["errors"])) == (422, list(wrong))
    assert (await call("POST", "/queue/discard", {}))[0] == 409


async def test_what_lacks_a_language_is_told_and_what_is_still_right_is_confirmed(
    call: Call, node: Node
):
    made = await do(node, "event.publish", document=EVENT)
    said = {**EVENT["description"], "de": "Wir reden!"}
    await do(node, "event.update", id=made["id"], document={**EVENT, "description": said})
    _, gaps = await call("GET", "/translations")
    [gap] = [each for each in gaps if each["kind"] == "event"]
    assert gap["outdated"] == ["ar", "en"]
    path = f"/events/{gap['id']}/translated"
    status, event = await call("POST", path, {"language": "ar"})
    assert (status, event["outdated"]) == (200, ["en"])
    assert (await call("POST", path, {"language": "ar"}))[0] == 404
    assert (await call("POST", path, {"tongue": "ar"}))[0] == 422
    assert (await call("POST", path, {}))[0] == 422


async def test_a_role_is_handed_over(call: Call, node: Node):
    lina = await account(node, "lina", Role.COORDINATOR)
    await account(node, "olena", Role.MEMBER)
    path = f"/users/{lina.id}/hand-over"
    status, person = await call("POST", path, {"to": "olena", "then": "volunteer"})
    assert (status, person["name"], person["role"]) == (200, "olena", "coordinator")
    roles = {each["name"]: each["role"] for each in await do(node, "user.list")}
    assert roles == {"amal": "ambassador", "lina": "volunteer", "olena": "coordinator"}
    assert (await call("POST", path, {"to": "lina"}))[0] == 409
    assert (await call("POST", path, {"to": "nobody"}))[0] == 404
    assert (await call("POST", path, {"to": "olena", "then": "queen"}))[0] == 422
