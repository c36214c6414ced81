"""Tests of node/doors/guard.py: who may is asked again when the body has come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from node.people import store
from node.people.model import Person, Role
from node.services import Node
from tests.support.browsers import Browser, account, signed_in
from tests.support.edge import connected
from tests.support.nodes import EVENT, do, running
from tests.support.pictures import picture

Meanwhile = Callable[[], Awaitable[object]]
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        yield node


@pytest.fixture
async def amal(node: Node) -> AsyncIterator[Browser]:
    await account(node, "lina", Role.AMBASSADOR)
    async with signed_in(node, "amal", Role.AMBASSADOR) as browser:
        await browser.get("/desk/people")
        yield browser


async def held_back(
    node: Node, path: str, body: bytes, meanwhile: Meanwhile, **headers: str
) -> tuple[int, str]:
    """Status and head of the answer to a POST of which half comes after `meanwhile`."""
    site = urlsplit(node.urls.origin)
    reader, writer = await connected(site.port or 80)
    said = {"Host": site.netloc, "Content-Length": str(len(body))}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    half = len(body) // 2
    writer.write("\r\n".join([*lines, "", ""]).encode() + body[:half])
    await asyncio.sleep(0.2)  # the guard has asked, and waits for the rest
    await meanwhile()
    writer.write(body[half:])
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)).decode()
    writer.close()
    return int(head.split(" ", 2)[1]), head


async def makes_moderator(node: Node, amal: Browser, meanwhile: Meanwhile) -> tuple[int, str, Role]:
    """What a slow form to make Cee a moderator is answered, and the role that she has then."""
    cee = await account(node, "cee", Role.MEMBER)
    body = urlencode({"csrf": amal.csrf, "id": cee.id, "role": "moderator"}).encode()
    status, head = await held_back(
        node,
        "/desk/people/role",
        body,
        meanwhile,
        Cookie=f"session={amal.cookie}",
        Sec_Fetch_Site="same-origin",
        Content_Type=FORM,
    )
    return status, head, (await _person(node, "cee")).role


async def _person(node: Node, name: str) -> Person:
    found = await node.look(partial(store.by_name, name=name))
    assert found is not None
    return found


async def _nothing() -> None:
    pass


async def test_a_form_that_takes_its_time_is_taken_from_whoever_still_may(
    node: Node, amal: Browser
):
    status, _, role = await makes_moderator(node, amal, _nothing)

    assert (status, role) == (303, Role.MODERATOR)


async def test_whose_account_is_closed_while_her_form_comes_in_does_nothing_more(
    node: Node, amal: Browser
):
    status, head, role = await makes_moderator(
        node, amal, partial(do, node, "user.disable", name="amal")
    )

    assert (status, role) == (303, Role.MEMBER)
    assert "Location: /sign-in" in head


async def test_whose_role_ends_while_her_form_comes_in_finds_nothing_there(
    node: Node, amal: Browser
):
    her = await _person(node, "amal")

    async def ends() -> None:
        # as a role that was given for a time: no session ends with it
        await node.act(
            lambda context: store.set_role(context.tx, her.id, Role.MEMBER, None, since=context.now)
        )

    status, _, role = await makes_moderator(node, amal, ends)

    assert (status, role) == (HTTPStatus.NOT_FOUND, Role.MEMBER)


@pytest.mark.parametrize("operation", ["token.revoke", "user.disable"])
@pytest.mark.parametrize("what", ["events", "media"])
async def test_a_token_that_ends_while_the_body_comes_in_opens_nothing(
    node: Node, amal: Browser, what: str, operation: str
):
    made = await do(node, "token.create", user="amal", scope="write")
    about = {"name": "amal"} if operation == "user.disable" else {"id": made["id"]}
    body = picture() if what == "media" else json.dumps(EVENT).encode()
    status, _ = await held_back(
        node,
        f"/api/v1/{what}",
        body,
        partial(do, node, operation, **about),
        Authorization=f"Bearer {made['token']}",
        Content_Type="image/jpeg" if what == "media" else "application/json",
    )

    assert status == HTTPStatus.UNAUTHORIZED
    assert await do(node, "event.list") == []
    assert not [one for one in (node.config.data / "media").rglob("*") if one.is_file()]
