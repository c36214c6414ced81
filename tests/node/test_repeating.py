"""A client that never saw its answer may ask again: what it asked for was done once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from node import once
from node.services import Node
from tests.support.nodes import EVENT, do, running


@dataclass
class Client:
    """Somebody with a token to write."""

    node: Node
    http: aiohttp.ClientSession
    token: str

    async def publish(self, key: str | None, **changed: Any) -> tuple[int, Any, bool]:
        """Status, document, and whether it is an earlier answer."""
        headers = {"Authorization": f"Bearer {self.token}"} | (
            {} if key is None else {"Idempotency-Key": key}
        )
        url = f"{self.node.urls.origin}/api/v1/events"
        async with self.http.post(url, json={**EVENT, **changed}, headers=headers) as answer:
            return answer.status, await answer.json(), "Idempotency-Replayed" in answer.headers

    async def events(self) -> int:
        return len(await do(self.node, "event.list"))


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with running(tmp_path, at_work=False) as node, aiohttp.ClientSession() as http:
        await do(node, "user.create", name="amal", role="ambassador")
        made = await do(node, "token.create", user="amal", scope="write")
        yield Client(node, http, made["token"])


async def test_the_same_key_brings_the_first_answer_and_no_second_event(client: Client) -> None:
    first = await client.publish("a-key")
    second = await client.publish("a-key")
    assert first[0] == second[0] == 201
    assert first[1] == second[1]
    assert (first[2], second[2]) == (False, True)
    assert await client.events() == 1


async def test_what_may_come_with_a_body_gets_it_under_a_key_too(client: Client) -> None:
    _, event, _ = await client.publish(None)
    headers = {"Authorization": f"Bearer {client.token}", "Idempotency-Key": "a-key"}
    url = f"{client.node.urls.origin}/api/v1/events/{event['short_id']}/cancel"
    async with client.http.post(url, json={"reason": "Kein Strom."}, headers=headers) as answer:
        assert (await answer.json())["reason"] == "Kein Strom."


async def test_without_a_key_each_request_is_one_of_its_own(client: Client) -> None:
    await client.publish(None)
    await client.publish(None)
    assert await client.events() == 2


async def test_of_twenty_at_once_one_publishes(client: Client) -> None:
    answers = await asyncio.gather(*(client.publish("a-key") for _ in range(20)))
    assert {status for status, _, _ in answers} <= {201, 409}
    assert await client.events() == 1


async def test_a_key_with_another_body_is_refused(client: Client) -> None:
    await client.publish("a-key")
    status, document, _ = await client.publish("a-key", capacity=3)
    assert status == 422
    assert document["title"] == "key used before"
    assert await client.events() == 1


async def test_what_failed_may_be_tried_again_under_the_same_key(client: Client) -> None:
    status, document, _ = await client.publish("a-key", start="tomorrow")
    assert status == 422
    assert "start" in str(document)
    assert (await client.publish("a-key"))[0] == 201
    assert await client.events() == 1


async def test_where_only_the_answer_was_lost_nothing_is_done_again(client: Client) -> None:
    await client.publish("a-key")
    await client.node.database.write(
        lambda tx: tx.run("update repeat_key set status = null, body = null")
    )
    assert (await client.publish("a-key"))[0] == 409
    assert await client.events() == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "schlüssel"])
async def test_a_key_that_is_none_is_named(client: Client, key: str) -> None:
    status, document, _ = await client.publish(key)
    assert status == 422
    assert "Idempotency-Key" in str(document)
    assert await client.events() == 0


async def test_a_key_is_forgotten_after_a_day(client: Client) -> None:
    await client.publish("a-key")
    row = await client.node.look(lambda tx: tx.row("select * from repeat_key"))
    assert row
    assert "a-key" not in str(dict(row))
    long_ago = "2020-01-01T00:00:00.000000Z"
    await client.node.database.write(
        lambda tx: tx.run("update repeat_key set at = :at", at=long_ago)
    )
    await client.node.act(once.forget)
    assert await client.node.look(lambda tx: tx.row("select * from repeat_key")) is None
    assert timedelta(hours=24) == once.LIFE
