"""Attacks on doors that are not there, on passkeys, and on a node that would start with a weak key."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from keys.errors import VaultRefused
from node.app import open_node
from node.config import load_config
from node.people.model import Role
from node.routes import ROUTES
from node.routing.policies import ENTRY_FORM
from node.services import Node
from tests.support.browsers import Browser, account
from tests.support.nodes import do, free_port, running, settings


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        yield node


OAUTH = (
    "/oauth/authorize?response_type=code&client_id=x&redirect_uri=https://evil.test/",
    "/oauth/token",
    "/oauth/revoke",
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/api/v1/apps",
)


async def test_j11_no_program_gets_a_token_by_way_of_a_redirect(node: Node):
    async with Browser(node) as browser:
        for path in OAUTH:
            for method in ("GET", "POST"):
                shown = await browser.ask(method, path)
                assert shown.status == 404, (method, path)
                assert "evil.test" not in shown.headers.get("Location", "")


async def test_j12_nobody_comes_in_by_what_another_service_says_of_her():
    told_by_us = {"/sign-in", "/sign-in/passkey", "/sign-in/passkey/done", "/join", "/recover"}
    told_by_us.add("/recover/mail")
    assert {route.path for route in ROUTES if route.policy is ENTRY_FORM} == told_by_us
    named = [route.path for route in ROUTES if re.search(r"oauth|oidc|saml|callback", route.path)]
    assert named == []


async def test_j21_a_token_in_an_address_opens_nothing_and_nothing_streams(node: Node):
    await account(node, "amal", Role.AMBASSADOR)
    token = (await do(node, "token.create", user="amal", scope="admin"))["token"]
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Origin": "https://evil.test",
    }
    async with Browser(node) as browser:
        for name in ("access_token", "token", "authorization", "bearer"):
            shown = await browser.ask("GET", f"/api/v1/status?{name}={token}")
            assert shown.status == 401, name
        for path in ("/api/v1/streaming", "/api/v1/streaming/user", "/", "/api/v1/status"):
            shown = await browser.ask("GET", f"{path}?access_token={token}", **upgrade)
            assert shown.status in (200, 401, 404), path
            assert "event-stream" not in shown.headers.get("Content-Type", "")


@pytest.mark.parametrize("secret", [b"", b"secret", b"x" * 31, b"x" * 33, b"x" * 32])
async def test_j22_no_node_starts_with_a_master_key_that_is_weak_or_not_its_own(
    secret: bytes, tmp_path: Path
):
    folder = tmp_path / "wien"
    async with running(folder, at_work=False):
        pass
    file = folder / "secret.key"
    assert len(file.read_bytes()) == 32
    file.write_bytes(secret)

    with pytest.raises(VaultRefused):
        async with open_node(load_config(settings(folder, free_port()))):
            raise AssertionError("it started")
