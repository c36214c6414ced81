"""A server on Fedify follows us, believes what we send, and is believed by us."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from node.services import Node
from tests.interop.peers.fedify_peer import FedifyPeer, Json, NotInstallable, fedify_peer, install
from tests.support.nodes import EVENT, do, running, until


@pytest.fixture(scope="module")
def folder() -> Path:
    try:
        return install()
    except NotInstallable as absent:
        if os.environ.get("JOSOOR_REQUIRE_PEERS") == "1":
            pytest.fail(str(absent))
        pytest.skip(f"the peer on Fedify cannot run: {absent}")


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien") as node:
        yield node


@pytest.fixture
async def dora(folder: Path) -> AsyncIterator[FedifyPeer]:
    async with fedify_peer(folder) as peer:
        yield peer


async def heard(dora: FedifyPeer, kind: str, place: int = 0) -> Json:
    """The activity, as soon as Fedify has believed it."""

    async def there() -> Json | None:
        return await dora.heard(kind, place)

    return dict(await until(there))


async def follow(dora: FedifyPeer, wien: Node) -> Json:
    """Fedify finds our community by its handle and follows it; our Accept as Fedify read it."""
    urls = wien.urls
    account = await dora.control("find", account=urls.account, origin=urls.community)
    assert account == {"actor": urls.community, "known": True}
    asked = await dora.control("follow", actor=account["actor"])
    accept = await heard(dora, "Accept")
    assert accept["object"]["id"] == asked["id"]
    return accept


async def test_fedify_follows_and_believes_our_accept(wien: Node, dora: FedifyPeer):
    accept = await follow(dora, wien)
    assert accept["actor"] == wien.urls.community
    assert [one["id"] for one in await do(wien, "network.followers")] == [dora.actor]


async def test_fedify_believes_every_step_in_the_life_of_an_event(wien: Node, dora: FedifyPeer):
    await follow(dora, wien)
    event = await do(wien, "event.publish", document=EVENT)
    created = (await heard(dora, "Create"))["object"]
    assert (created["type"], created["id"]) == ("Event", event["id"])
    assert created["startTime"] == "2031-12-05T17:00:00Z"

    other = {**EVENT, "start": "2031-12-05T19:00"}
    await do(wien, "event.update", id=event["id"], document=other)
    changed = (await heard(dora, "Update"))["object"]
    assert (changed["id"], changed["startTime"]) == (event["id"], "2031-12-05T18:00:00Z")

    await do(wien, "event.cancel", id=event["id"], reason="Glatteis")
    cancelled = (await heard(dora, "Update", 1))["object"]
    assert cancelled["id"] == event["id"]
    assert "cancelled" in str(cancelled).lower()

    posts: list[Json] = (await dora.control("journal"))["posts"]
    assert len(posts) >= 4
    key = f"{wien.urls.community}#main-key"
    assert [(it["valid"], it.get("key"), it["status"]) for it in posts] == [(True, key, 202)] * len(
        posts
    )


async def test_a_note_that_fedify_signs_is_shown_once_we_follow(wien: Node, dora: FedifyPeer):
    following = await do(wien, "network.follow", actor=dora.handle)
    assert following["id"] == dora.actor

    async def accepted() -> bool:
        return [one["state"] for one in await do(wien, "network.following")] == ["accepted"]

    await until(accepted)
    note = await dora.control("note", content="<p>Guten Morgen, Wien</p>")

    async def shown() -> Any:
        return await do(wien, "network.timeline")

    (thing,) = await until(shown)
    assert (thing["id"], thing["type"], thing["author"]) == (note["id"], "Note", dora.actor)
    assert "Guten Morgen" in thing["object"]["content"]


async def test_fedify_says_no_to_what_nobody_signed(dora: FedifyPeer):
    unsigned = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{dora.actor}/follows/1",
        "type": "Follow",
        "actor": dora.actor,
        "object": dora.actor,
    }
    assert await dora.post(unsigned) == 401
    journal = await dora.control("journal")
    assert [one["valid"] for one in journal["posts"]] == [False]
    assert journal["heard"] == []
