"""Two nodes, or a node and a neighbour, come to mean the same follows again (FEP-8fcf, R15)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from activitypub.names import ACTIVITY_JSON
from federation.followers.synchronisation import digest_of, read_header
from keys.http_signatures import parse, sign
from keys.message import Request
from node.services import Node
from node.storage.database import Transaction
from node.storage.digests import StoredDigests
from tests.support.neighbours import Neighbour, key_of, neighbour
from tests.support.nodes import EVENT, do, running, until

Json = dict[str, Any]
HEADER = "Collection-Synchronization"


@pytest.fixture
async def wien(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien") as node:
        yield node


@pytest.fixture
async def there() -> AsyncIterator[Neighbour]:
    async with neighbour() as server:
        yield server


def announced(there: Neighbour) -> list[str]:
    """The headers with which events came."""
    return [
        each.headers[HEADER]
        for each in there.arrivals
        if each.document["type"] == "Create" and HEADER in each.headers
    ]


async def test_what_followers_get_brings_the_signed_digest_of_those_who_live_there(
    wien: Node, there: Neighbour
) -> None:
    anna, bert = there.actor("anna"), there.actor("bert")
    for each in (anna, bert):
        await there.follow(each, wien.urls.community)
    await do(wien, "event.publish", document=EVENT)
    await there.comes(anna, "Create")
    found = read_header(announced(there)[0])
    assert found is not None
    assert (found.digest, found.collection) == (
        digest_of([anna, bert]),
        f"{wien.urls.community}/followers",
    )
    arrival = next(each for each in there.arrivals if HEADER in each.headers)
    request = Request(
        method="POST", url=f"{there.origin}{arrival.path}", headers=tuple(arrival.headers.items())
    )
    assert HEADER.lower() in parse(request).covered
    accepts = [each for each in there.arrivals if each.document["type"] == "Accept"]
    assert {HEADER in each.headers for each in accepts} == {False}


async def test_the_digest_follows_who_comes_and_goes(wien: Node, there: Neighbour) -> None:
    anna, bert = there.actor("anna"), there.actor("bert")
    digests = StoredDigests(wien.database)
    us = wien.urls.community
    await there.follow(anna, us)
    assert (await digests.digest(us, there.host)).value == digest_of([anna])
    follow = await there.follow(bert, us)
    assert (await digests.digest(us, there.host)).value == digest_of([anna, bert])
    undo = there.activity("Undo", bert, {key: follow[key] for key in ("id", "type", "object")})
    await there.insists(f"{us}/inbox", undo)

    async def gone() -> bool:
        return (await digests.digest(us, there.host)).number == 1

    await until(gone)
    assert (await digests.digest(us, there.host)).value == digest_of([anna])


async def test_followers_from_before_their_hosts_were_noted_are_counted(
    wien: Node, there: Neighbour
) -> None:
    us, anna = wien.urls.community, there.actor("anna")
    await there.follow(anna, us)

    async def as_before(tx: Transaction) -> None:
        await tx.run("update follower set host = null")
        await tx.run("delete from follower_digest")

    await wien.database.write(as_before)
    assert (await StoredDigests(wien.database).digest(us, there.host)).value == digest_of([anna])


async def get(url: str, who: str | None) -> tuple[int, Json]:
    """What a request by this actor is answered, unsigned for None."""
    request = Request(method="GET", url=url, headers=(("Accept", ACTIVITY_JSON),))
    if who is not None:
        key = key_of(who.rpartition("/")[2])
        request = sign(request, key_id=f"{who}#main-key", key=key, now=datetime.now(UTC))
    async with aiohttp.ClientSession() as session, session.get(url, headers=request.headers) as it:
        return it.status, orjson.loads(await it.read())


async def test_only_a_server_is_told_who_of_its_people_follows(
    wien: Node, there: Neighbour
) -> None:
    us = wien.urls.community
    url = f"{us}/followers_synchronization"
    async with neighbour() as elsewhere:
        anna, zoe, eve = there.actor("anna"), there.actor("zoe"), elsewhere.actor("eve")
        stranger = elsewhere.actor("mallory")
        await there.follow(anna, us)
        assert (await get(url, eve))[0] == 404
        await elsewhere.follow(eve, us)
        status, document = await get(url, zoe)
        assert (status, document["orderedItems"], document["id"]) == (200, [anna], url)
        assert (await get(url, stranger))[1]["orderedItems"] == [eve]
        assert (await get(url, None))[0] == 404
        assert (await get(f"{wien.urls.relay}/followers_synchronization", zoe))[0] == 404
        # signed with a key that is not hers
        there.documents["/zoe"]["publicKey"]["publicKeyPem"] = "x"
        assert (await get(url, there.actor("nobody")))[0] == 200
        there.documents.pop("/nobody")
        forged = f"{there.origin}/forged"
        assert (await get(url, forged))[0] == 404


async def test_a_node_whose_memory_is_older_is_followed_again(tmp_path: Path, wien: Node) -> None:
    """R15: Graz was restored from a backup and has forgotten who follows; one event mends it."""
    async with running(tmp_path / "graz", "graz") as graz, neighbour() as there:
        await do(wien, "network.follow", actor=graz.urls.community)

        async def accepted() -> bool:
            return [each["state"] for each in await do(wien, "network.following")] == ["accepted"]

        await until(accepted)
        # Somebody else of Wien's host still follows, so that Graz has a reason to write there.
        ghost = f"{wien.urls.origin}/c/ghost"

        async def restore(tx: Transaction) -> None:
            await tx.run("update follower set actor = :ghost, host = null", ghost=ghost)
            await tx.run("delete from follower_digest")

        await graz.database.write(restore)
        await do(graz, "event.publish", document=EVENT)

        async def follows_again() -> bool:
            return any(each["id"] == wien.urls.community for each in await followers(graz))

        await until(follows_again)
        await until(accepted)
        digests = StoredDigests(graz.database)
        held = await digests.on_host(graz.urls.community, wien.urls.authority)
        assert wien.urls.community in held
        assert there.arrivals == []


async def followers(node: Node) -> list[Json]:
    found: list[Json] = await do(node, "network.followers")
    return found


async def test_a_node_that_has_forgotten_its_follow_takes_it_back(
    tmp_path: Path, wien: Node
) -> None:
    """R15: Wien was restored from a backup; what it does not know of any more is ended."""
    async with running(tmp_path / "graz", "graz") as graz:
        await do(wien, "network.follow", actor=graz.urls.community)
        assert await until(lambda: followers(graz))

        async def restore(tx: Transaction) -> None:
            await tx.run("delete from following")

        await wien.database.write(restore)
        await do(graz, "event.publish", document=EVENT)

        async def let_go() -> bool:
            return await followers(graz) == []

        assert await until(let_go)
