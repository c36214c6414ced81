"""What is not believed at the inbox: each refusal with its reason, and nothing kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from node.services import Node
from tests.interop.peers.apsig_peer import Json, apsig_peer
from tests.support.bad_posts import ASKED, KEY, UNASKED, Post, Scene, by_rfc_9421
from tests.support.nodes import running


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with running(tmp_path / "wien", at_work=False) as wien, apsig_peer("carol", KEY) as carol:
        yield Scene(carol, wien)


async def count(wien: Node, table: str) -> int:
    row = await wien.look(lambda tx: tx.row(f"select count(*) as many from {table}"))
    assert row is not None
    return int(row["many"])


def _name(value: Any) -> str:
    return getattr(value, "__name__", str(value)).replace("_", "-")


async def refused(scene: Scene, make: Callable[[Scene], Post]) -> tuple[int, Json]:
    """What the node answers, having kept nothing."""
    post = make(scene)
    answer = await scene.carol.post(post.url, post.body, post.headers)
    assert await count(scene.wien, "inbox_activity") == 0
    return answer


@pytest.mark.parametrize(("make", "status", "title"), UNASKED, ids=_name)
async def test_refused_without_asking_anybody(
    scene: Scene, make: Callable[[Scene], Post], status: int, title: str
):
    answered, problem = await refused(scene, make)
    assert (answered, problem["title"], problem["status"]) == (status, title, status)
    assert scene.carol.fetched == []
    assert await count(scene.wien, "remote_actor") == 0


@pytest.mark.parametrize(("make", "status", "title"), ASKED, ids=_name)
async def test_refused_once_the_owner_of_the_key_was_asked(
    scene: Scene, make: Callable[[Scene], Post], status: int, title: str
):
    answered, problem = await refused(scene, make)
    assert (answered, problem["title"], problem["status"]) == (status, title, status)
    assert 1 <= len(scene.carol.fetched) <= 2


async def test_rfc_9421_done_right_is_taken_in(scene: Scene):
    post = by_rfc_9421(scene, "content-digest")
    assert await scene.carol.post(post.url, post.body, post.headers) == (202, {})
    assert await count(scene.wien, "inbox_activity") == 1


async def test_a_whole_address_instead_of_a_path_is_refused(scene: Scene):
    post = scene.signed()
    where = urlsplit(scene.inbox)
    head = [f"POST {scene.inbox} HTTP/1.1", f"Content-Length: {len(post.body)}"]
    head += [f"{name}: {value}" for name, value in post.headers.items()]
    reader, writer = await asyncio.open_connection("127.0.0.1", where.port)
    writer.write("\r\n".join([*head, "Connection: close", "", ""]).encode() + post.body)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["title"] == "absolute form"
    assert await count(scene.wien, "inbox_activity") == 0


async def test_a_long_body_that_does_not_tell_its_length_is_refused(scene: Scene):
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 32 * 1024

    status, problem = await scene.carol.post(scene.inbox, endless(), scene.signed().headers)
    assert (status, problem["status"]) == (413, 413)
    assert await count(scene.wien, "inbox_activity") == 0


async def test_the_same_post_twenty_times_at_once_is_thanked_for_and_kept_once(scene: Scene):
    post = scene.signed()
    answers = await asyncio.gather(
        *(scene.carol.post(post.url, post.body, post.headers) for _ in range(20))
    )
    assert answers == [(202, {})] * 20
    assert await count(scene.wien, "inbox_activity") == 1
    assert await count(scene.wien, "remote_actor") == 1
    assert scene.carol.fetched == [urlsplit(scene.carol.id).path]
