"""Language channels from the command line and through the API."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from node.services import Node
from tests.support.nodes import do, free_port, running, settings


def josoor(folder: Path, port: int, *words: str) -> tuple[int, str, str]:
    """Exit code, standard output and errors of a command."""
    done = subprocess.run(
        [sys.executable, "-m", "node", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **settings(folder, port)},
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        await do(node, "user.create", name="amal", role="ambassador")
        yield node


async def ask(node: Node, method: str, query: str = "", body: Any = None) -> tuple[int, Any]:
    token = (await do(node, "token.create", user="amal", scope="admin"))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, f"{node.urls.origin}/api/v1/channels{query}", json=body) as answer,
    ):
        return answer.status, await answer.json(content_type=None)


def test_a_channel_is_opened_shown_and_closed_by_commands(tmp_path: Path) -> None:
    folder, port = tmp_path / "data", free_port()
    words = ("--name", "Josoor Wien", "--language", "de", "--timezone", "Europe/Vienna")
    assert josoor(folder, port, "init", "--handle", "wien", *words)[0] == 0
    code, said, wrong = josoor(folder, port, "channel", "add", "ar")
    assert (code, said) == (0, f"@wien-ar@localhost:{port} shares what is told in ar\n"), wrong
    code, said, _ = josoor(folder, port, "channel", "list", "--json")
    (listed,) = json.loads(said)
    assert (listed["language"], listed["followers"]) == ("ar", 0)
    assert listed["name"] == "Josoor Wien · العربية"
    code, _, wrong = josoor(folder, port, "channel", "add", "ar")
    assert (code, "already" in wrong) == (1, True)
    assert josoor(folder, port, "channel", "remove", "ar")[0] == 0
    assert "No channels yet." in josoor(folder, port, "channel", "list")[1]


async def test_a_channel_is_opened_shown_and_closed_by_the_api(wien: Node) -> None:
    status, made = await ask(wien, "POST", body={"language": "ar", "name": "فيينا"})
    assert (status, made["name"], made["id"]) == (201, "فيينا", wien.urls.channel("wien-ar"))
    assert await ask(wien, "GET") == (200, [made])
    assert (await ask(wien, "POST", body={"language": "ar"}))[0] == 409
    assert (await ask(wien, "DELETE", "?language=ar"))[0] == 200
    assert await ask(wien, "GET") == (200, [])


@pytest.mark.parametrize(
    "body", [{}, {"language": "?"}, {"language": "ar", "nmae": "x"}, {"language": "ar", "name": 1}]
)
async def test_what_is_no_channel_is_complained_of_field_by_field(wien: Node, body: Any) -> None:
    status, problem = await ask(wien, "POST", body=body)
    assert (status, list(problem["errors"]) != []) == (422, True)
