"""A change of keys at a real node: announced by an earlier key, or unproven."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from activitypub.names import ACTIVITY_JSON
from federation.ports import KeyUse
from keys.http_signatures import sign
from keys.message import Request
from keys.serialisation import public_pem
from node.services import Node
from tests.support.neighbours import Neighbour, key_of, neighbour, outcome
from tests.support.nodes import EVENT, do, running, until

Json = dict[str, Any]
OLD, NEW = "anna", "bert"


@pytest.fixture
async def anna() -> AsyncIterator[Neighbour]:
    async with neighbour() as server:
        yield server


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien") as node:
        yield node


def shows(anna: Neighbour, key: str) -> Json:
    """From now on Anna's document shows this key; the document."""
    document = anna.documents["/anna"]
    pem = public_pem(key_of(key).public_key())
    anna.documents["/anna"] = {
        **document,
        "publicKey": {**document["publicKey"], "publicKeyPem": pem},
    }
    return anna.documents["/anna"]


async def says(wien: Node, anna: Neighbour, key: str, kind: str, about: Any) -> str:
    """What came of an activity of Anna's that she signed with this key."""
    me = f"{anna.origin}/anna"
    activity = anna.activity(kind, me, about)
    body = orjson.dumps(activity)
    request = sign(
        Request(
            method="POST",
            url=wien.urls.shared_inbox,
            headers=(("Content-Type", ACTIVITY_JSON),),
            body=body,
        ),
        key_id=f"{me}#main-key",
        key=key_of(key),
        now=datetime.now(UTC),
    )
    async with (
        aiohttp.ClientSession() as session,
        session.post(request.url, data=body, headers=request.headers) as answer,
    ):
        assert answer.status == 202
    return await outcome(wien, activity["id"])


async def unproven(wien: Node) -> list[str]:
    return [each["id"] for each in await do(wien, "key.unproven")]


async def test_a_new_key_that_the_old_one_announced_is_proven(wien: Node, anna: Neighbour) -> None:
    me = anna.actor("anna")
    await says(wien, anna, OLD, "Follow", wien.urls.community)
    document = shows(anna, NEW)
    assert await says(wien, anna, OLD, "Update", document) == "done"
    await says(wien, anna, NEW, "Follow", wien.urls.community)
    held = await wien.actors.actor(me)
    assert held.keys[0].text == document["publicKey"]["publicKeyPem"]
    assert await unproven(wien) == []


async def test_an_announcement_that_comes_before_the_document_shows_it_counts(
    wien: Node, anna: Neighbour
) -> None:
    anna.actor("anna")
    await says(wien, anna, OLD, "Follow", wien.urls.community)
    document = shows(anna, NEW)
    shows(anna, OLD)
    await says(wien, anna, OLD, "Update", document)
    shows(anna, NEW)
    await says(wien, anna, NEW, "Follow", wien.urls.community)
    assert await unproven(wien) == []


async def test_who_comes_back_with_new_keys_alone_is_heard_and_unproven(
    wien: Node, anna: Neighbour
) -> None:
    me = anna.actor("anna")
    await says(wien, anna, OLD, "Follow", wien.urls.community)
    document = shows(anna, NEW)
    assert await says(wien, anna, NEW, "Follow", wien.urls.community) == "done"
    assert await unproven(wien) == [me]
    # With the new key anybody at that address can say that it is the right one.
    assert await says(wien, anna, NEW, "Update", document) == "done"
    assert await unproven(wien) == [me]
    assert await wien.actors.doubtful([me]) == {me}


async def test_an_update_that_announces_no_keys_lets_nobody_exchange_them(
    wien: Node, anna: Neighbour
) -> None:
    me = anna.actor("anna")
    await says(wien, anna, OLD, "Follow", wien.urls.community)
    await says(wien, anna, OLD, "Update", anna.documents["/anna"])
    shows(anna, NEW)
    await says(wien, anna, NEW, "Follow", wien.urls.community)
    assert await unproven(wien) == [me]


async def test_another_node_of_ours_that_rotates_its_keys_stays_proven(
    wien: Node, tmp_path: Path
) -> None:
    async with running(tmp_path / "berlin", "berlin") as berlin:
        await do(wien, "network.follow", actor=f"@{berlin.urls.account}")
        await until(lambda: _accepted(wien))
        before = (await wien.actors.actor(berlin.urls.community)).keys
        await do(berlin, "key.rotate", actor=berlin.urls.community)
        await until(lambda: _has_announced(wien, berlin.urls.community))
        await do(berlin, "event.publish", document=EVENT)
        # A host that has just been told of a key is left alone for a while.
        await do(berlin, "queue.retry", all=True)
        await until(lambda: do(wien, "network.timeline"))
        after = (await wien.actors.actor(berlin.urls.community)).keys
        assert after
        assert not {key.text for key in before if key.use is KeyUse.SIGNING} & {
            key.text for key in after if key.use is KeyUse.SIGNING
        }
        assert await unproven(wien) == []


async def _accepted(node: Node) -> bool:
    return any(each["state"] == "accepted" for each in await do(node, "network.following"))


async def _has_announced(node: Node, actor_id: str) -> bool:
    return bool((await node.actors.actor(actor_id)).announced)
