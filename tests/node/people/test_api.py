"""Tests of the JSON API on people: the same actions as the pages, with whoever holds the token."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from node.people.model import Role
from node.services import Node
from tests.support.browsers import Browser, account, signed_in
from tests.support.nodes import do, running


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        await account(node, "amal", Role.AMBASSADOR)
        yield node


class Caller:
    """A program with the token of somebody."""

    def __init__(self, node: Node, token: str) -> None:
        self.node, self.token = node, token

    async def __call__(self, method: str, path: str, document: Any = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.node.urls.origin}/api/v1{path}"
        async with ClientSession(headers=headers) as session:
            async with session.request(method, url, json=document) as answer:
                return answer.status, await answer.json(content_type=None)


async def caller(node: Node, name: str = "amal") -> Caller:
    made = await do(node, "token.create", user=name, scope="admin")
    return Caller(node, made["token"])


async def test_a_role_is_given_for_a_time_and_the_log_says_by_whom(node: Node):
    lina = await account(node, "lina", Role.MEMBER)
    call = await caller(node)

    status, person = await call(
        "POST", f"/users/{lina.id}/role", {"role": "moderator", "until": "2031-03-31"}
    )

    assert (status, person["role"], person["role_until"]) == (
        200, "moderator", "2031-03-31T23:59:59Z",
    )  # fmt: skip
    _, notes = await call("GET", f"/audit?about={lina.id}")
    (amal,) = [one for one in (await call("GET", "/users"))[1] if one["name"] == "amal"]
    assert (notes[0]["verb"], notes[0]["actor"]) == ("role moderator", amal["id"])


async def test_an_account_is_closed_and_opened_again(node: Node):
    call = await caller(node)
    async with signed_in(node, "lina", Role.MEMBER) as browser:
        (lina,) = [one for one in (await call("GET", "/users"))[1] if one["name"] == "lina"]
        assert len((await call("GET", "/sessions?user=lina"))[1]) == 1

        status, person = await call("POST", f"/users/{lina['id']}/disable")

        assert (status, person["disabled"]) == (200, True)
        assert (await browser.sign_in("lina")).status == 403
        assert (await call("POST", f"/users/{lina['id']}/enable"))[0] == 200
        assert (await browser.sign_in("lina")).status == 303


async def test_a_session_is_ended_by_its_id(node: Node):
    call = await caller(node)
    async with signed_in(node, "lina", Role.MEMBER) as browser:
        ((_, (session,)),) = [await call("GET", "/sessions?user=lina")]

        assert await call("DELETE", f"/sessions/{session['id']}") == (200, {"ended": 1})

        assert (await browser.get("/me")).status == 303
        assert (await call("DELETE", f"/sessions/{session['id']}"))[0] == 404


async def test_links_are_told_once_and_listed_without_their_secrets(node: Node):
    lina = await account(node, "lina", Role.MEMBER)
    call = await caller(node)

    status, made = await call("POST", "/users/invitations", {"role": "volunteer", "days": 3})
    _, listed = await call("GET", "/users/invitations")
    _, reset = await call("POST", f"/users/{lina.id}/reset-link")

    assert (status, [one["id"] for one in listed]) == (201, [made["id"]])
    assert "url" not in listed[0]
    async with Browser(node) as browser:
        for url in (made["url"], reset["url"]):
            assert (await browser.get(url.removeprefix(node.urls.origin))).status == 200


async def test_who_may_not_manage_people_is_refused_whatever_the_token_opens(node: Node):
    lina = await account(node, "lina", Role.COORDINATOR)
    call = await caller(node, "lina")

    assert (await call("POST", f"/users/{lina.id}/role", {"role": "ambassador"}))[0] == 403
    assert (await call("GET", "/users"))[0] == 403
    assert (await call("POST", "/users/invitations", {"role": "ambassador"}))[0] == 403
    assert (await call("POST", "/users/invitations", {"role": "member"}))[0] == 201


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/users/invitations", {"role": "queen"}),
        ("/users/invitations", {"days": 91}),
        ("/users/invitations", {"uses": "many"}),
        ("/users/invitations", {"by_name": "amal"}),
    ],
)
async def test_what_is_wrong_is_named(path: str, document: dict[str, Any], node: Node):
    status, problem = await (await caller(node))("POST", path, document)

    assert (status, problem["title"]) == (422, "invalid")
