"""Keys are rotated by one operation, and whoever runs the node sees how far it has come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from activitypub.names import ACTIVITY_JSON
from node.community import key_store
from node.context import Context
from node.errors import NotFound
from node.jobs import jobs
from node.services import Node
from tests.support.nodes import EVENT, do, running, until


def _states(keys: list[dict[str, Any]]) -> dict[str, str]:
    return {key["id"].rpartition("/")[2]: key["state"] for key in keys}


async def test_a_rotation_is_told_as_current_retiring_and_retired(tmp_path: Path) -> None:
    async with running(tmp_path / "wien", at_work=False) as wien:
        made = await do(wien, "key.rotate", actor="wien")
        assert made == [
            {"id": f"{wien.urls.community}#main-key-2", "actor": wien.urls.community, "hosts": 0}
        ]
        assert _states(await do(wien, "key.list")) == {
            "relay#main-key": "current",
            "relay#ed25519-key": "current",
            "wien#main-key": "retiring",
            "wien#ed25519-key": "retired",
            "wien#main-key-2": "current",
            "wien#ed25519-key-2": "current",
        }
        await jobs.once(wien.act)
        assert _states(await do(wien, "key.list"))["wien#main-key"] == "retired"


async def test_without_a_name_the_relay_and_the_community_get_new_keys(tmp_path: Path) -> None:
    async with running(tmp_path / "wien", at_work=False) as wien:
        made = await do(wien, "key.rotate")
        assert [one["actor"] for one in made] == [wien.urls.relay, wien.urls.community]
        for one in made:
            assert (await wien.keyring.signing_key(one["actor"])).id == one["id"]


@pytest.mark.parametrize("name", ["relay", "@relay@{authority}", "{origin}/relay"])
async def test_an_actor_is_named_as_people_name_it(tmp_path: Path, name: str) -> None:
    async with running(tmp_path / "wien", at_work=False) as wien:
        wanted = name.format(authority=wien.urls.authority, origin=wien.urls.origin)
        made = await do(wien, "key.rotate", actor=wanted)
        assert [one["actor"] for one in made] == [wien.urls.relay]


async def test_the_keys_of_somebody_else_are_not_ours_to_rotate(tmp_path: Path) -> None:
    async with running(tmp_path / "wien", at_work=False) as wien:
        with pytest.raises(NotFound):
            await do(wien, "key.rotate", actor="berlin")


async def test_another_node_of_ours_never_notices(tmp_path: Path) -> None:
    async with running(tmp_path / "wien") as wien, running(tmp_path / "berlin", "berlin") as berlin:
        await do(berlin, "network.follow", actor=wien.urls.community)
        await until(lambda: _accepted(berlin))
        made = await do(wien, "key.rotate")
        assert {one["hosts"] for one in made} == {1}
        await until(lambda: _all_moved(wien))
        event = await do(wien, "event.publish", document=EVENT)
        await until(lambda: _shown(berlin, event["id"], wien))
        await jobs.once(wien.act)
        states = _states(await do(wien, "key.list"))
        assert states["wien#main-key"] == states["relay#main-key"] == "retired"
        assert await do(berlin, "key.unproven") == [], "the old key has vouched for the new"
        assert [one["state"] for one in await do(berlin, "network.following")] == ["accepted"]


async def _accepted(node: Node) -> bool:
    return [one["state"] for one in await do(node, "network.following")] == ["accepted"]


async def _shown(node: Node, event_id: str, sender: Node) -> bool:
    await _hurry(sender)
    return any(one["id"] == event_id for one in await do(node, "network.timeline"))


async def _all_moved(node: Node) -> bool:
    await _hurry(node)
    keys = await do(node, "key.list")
    return all(key["hosts"] == key["moved"] for key in keys if key["state"] == "retiring")


async def _hurry(node: Node) -> None:
    """A host that was told of a key is given time to read that; nobody has to wait for it here."""
    await do(node, "queue.retry", all=True)


async def test_a_host_is_shown_the_key_that_it_holds_until_it_was_told_of_the_new_one(
    tmp_path: Path,
) -> None:
    async with running(tmp_path / "wien", at_work=False) as wien, ClientSession() as session:
        await wien.act(_berlin_holds_the_first_keys)
        await do(wien, "key.rotate")
        for actor in wien.urls.actors():
            assert await _key_shown(session, actor) == f"{actor}#main-key-2"
            assert await _key_shown(session, actor, "stranger.test") == f"{actor}#main-key-2"
            assert await _key_shown(session, actor, "berlin.test") == f"{actor}#main-key"


async def _berlin_holds_the_first_keys(context: Context) -> None:
    for actor in context.urls.actors():
        await key_store.assume_known(
            context.tx, actor, f"{actor}#main-key", ["berlin.test"], context.now
        )


async def _key_shown(session: ClientSession, actor: str, asker: str | None = None) -> str:
    headers = {"Accept": ACTIVITY_JSON}
    if asker:
        headers["Signature"] = f'keyId="https://{asker}/actor#main-key",signature="AAAA"'
    async with session.get(actor, headers=headers) as answer:
        assert answer.status == 200
        document = await answer.json(content_type=None)
    return str(document["publicKey"]["id"])
