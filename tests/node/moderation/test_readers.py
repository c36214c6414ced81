"""Who may read our documents: those whom we suspend learn nothing, nor those not on the list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from keys.serialisation import public_pem
from tests.node.moderation.scenes import Scene, moderated
from tests.support.neighbours import key_of
from tests.support.nodes import EVENT, do, running

STUB = {"@context", "id", "type", "preferredUsername", "inbox", "publicKey", "assertionMethod"}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with moderated(tmp_path, at_work=False) as scene:
        yield scene


async def an_event(scene: Scene) -> str:
    return str((await do(scene.wien, "event.publish", document=EVENT))["id"])


async def test_k06_a_suspended_server_reads_the_same_as_if_nothing_were_there(scene: Scene):
    event, carol = await an_event(scene), scene.bad.actor("carol")
    absent = event[:-26] + "0" * 26
    assert (await scene.get(event, carol))[0] == 200
    await scene.block(scene.bad.host)
    status, answer = await scene.get(event, carol)
    assert (status, answer) == await scene.get(absent)
    assert status == 404


@pytest.mark.parametrize("name", ["other", "relay", "users/instance.actor"])
async def test_k06_every_actor_of_a_suspended_server_is_meant(scene: Scene, name: str):
    event = await an_event(scene)
    await scene.block(scene.bad.host)
    assert (await scene.get(event, scene.bad.actor(name)))[0] == 404
    assert (await scene.get(event, scene.good.actor("anna")))[0] == 200


async def test_k06_a_suspended_actor_is_meant_alone(scene: Scene):
    event, carol = await an_event(scene), scene.bad.actor("carol")
    await scene.block(carol)
    assert (await scene.get(event, carol))[0] == 404
    assert (await scene.get(event, scene.bad.actor("dora")))[0] == 200


async def test_k06_collections_and_activities_are_not_there_either(scene: Scene):
    await an_event(scene)
    carol, community = scene.bad.actor("carol"), scene.wien.urls.community
    row = await scene.wien.look(lambda tx: tx.row("select id from outgoing where kind = 'Create'"))
    assert row is not None
    places = [f"{community}/outbox", f"{community}/followers", str(row["id"])]
    assert [(await scene.get(place, carol))[0] for place in places] == [200, 200, 200]
    await scene.block(scene.bad.host)
    assert [(await scene.get(place, carol))[0] for place in places] == [404, 404, 404]


async def test_k07_who_is_suspended_gets_no_more_of_an_actor_than_its_keys(scene: Scene):
    carol = scene.bad.actor("carol")
    await scene.block(scene.bad.host)
    for actor in scene.wien.urls.actors():
        status, document = await scene.get(actor, carol)
        assert (status, set(document)) == (200, STUB)


async def test_nobody_is_asked_for_a_key_where_everybody_may_read(scene: Scene):
    event, carol = await an_event(scene), scene.bad.actor("carol")
    await scene.get(event, carol)
    assert await scene.count("remote_actor") == 0


# --- the allow-list ---


async def test_m17_documents_are_only_for_those_on_the_list(scene: Scene):
    event, anna, carol = await an_event(scene), scene.good.actor("anna"), scene.bad.actor("carol")
    await scene.block(scene.good.host, "allow")
    await do(scene.wien, "block.mode", mode="allow-list")
    assert (await scene.get(event, anna))[0] == 200
    for reader in (carol, None):
        assert (await scene.get(event, reader))[0] == 403
    assert await scene.count("remote_actor", f"id = '{carol}'") == 0


async def test_m17_a_name_on_the_list_without_its_signature_is_not_enough(scene: Scene):
    event, anna = await an_event(scene), scene.good.actor("anna")
    await scene.block(scene.good.host, "allow")
    await do(scene.wien, "block.mode", mode="allow-list")
    another = public_pem(key_of("somebody else").public_key())
    scene.good.documents["/anna"]["publicKey"]["publicKeyPem"] = another
    assert (await scene.get(event, anna))[0] == 403


async def test_k07_a_stranger_gets_no_more_of_an_actor_than_its_keys(scene: Scene):
    await scene.block(scene.good.host, "allow")
    await do(scene.wien, "block.mode", mode="allow-list")
    for actor in scene.wien.urls.actors():
        status, document = await scene.get(actor)
        assert (status, set(document)) == (200, STUB)
    whole = (await scene.get(scene.wien.urls.community, scene.good.actor("anna")))[1]
    assert {"name", "summary", "outbox"} <= set(whole)


async def test_pages_and_feeds_stay_public_in_allow_list_mode(scene: Scene):
    event = await an_event(scene)
    await do(scene.wien, "block.mode", mode="allow-list")
    path = event.removeprefix(scene.wien.urls.origin)
    for each in ("/", "/events", "/events.ics", path):
        assert await scene.page(each)


async def test_two_nodes_that_both_have_a_list_can_begin_with_each_other(tmp_path: Path):
    """Each must check the other's key, and neither may wait for the other with its own."""
    async with running(tmp_path / "wien") as wien, running(tmp_path / "graz", "graz") as graz:
        for node, other in ((wien, graz), (graz, wien)):
            await do(node, "block.add", target=other.urls.authority, level="allow")
            await do(node, "block.mode", mode="allow-list")
        found = await do(wien, "network.follow", actor=graz.urls.community)
        assert found["name"]
        assert found["name"] != "graz"
