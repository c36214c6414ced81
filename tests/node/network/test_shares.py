"""Sharing posts of others by hand: who gets what, once, and how it ends."""

from __future__ import annotations

import pytest

from activitypub.names import PUBLIC
from federation.policy import Standing
from node.errors import Conflict, NotFound
from tests.node.network.sharers import Json, Scene
from tests.support.nodes import do


async def test_what_is_shared_by_hand_reaches_everybody_once_and_its_author(scene: Scene):
    anna = scene.linz.actor("anna")
    post = scene.linz.serve(scene.post(anna))

    made = await do(scene.wien, "network.share", url=post)
    await scene.sent()

    assert (made["id"], made["author"], made["by_rule"]) == (post, anna, False)
    for server, actor in (
        (scene.mastodon, scene.fan),
        (scene.lemmy, scene.reader),
        (scene.linz, anna),
    ):
        (announce,) = server.got(actor, "Announce")
        assert announce["object"] == post
        assert announce["to"] == [PUBLIC]
        assert announce["cc"] == [f"{scene.group}/followers", anna]
    timeline = await do(scene.wien, "network.timeline")
    assert [each["id"] for each in timeline] == [post]


async def test_sharing_twice_sends_once(scene: Scene):
    post = scene.linz.serve(scene.post(scene.linz.actor("anna")))
    for _ in range(2):
        await do(scene.wien, "network.share", url=post)
        await scene.sent()

    assert len(scene.mastodon.got(scene.fan, "Announce")) == 1


async def test_what_is_not_shared_any_more_is_undone_with_what_was_sent(scene: Scene):
    post = scene.linz.serve(scene.post(scene.linz.actor("anna")))
    await do(scene.wien, "network.share", url=post)
    await scene.sent()

    await do(scene.wien, "network.unshare", url=post)
    await scene.sent()

    (announce,) = scene.mastodon.got(scene.fan, "Announce")
    (undo,) = scene.mastodon.got(scene.fan, "Undo")
    assert undo["object"]["id"] == announce["id"]
    assert (undo["object"]["type"], undo["object"]["object"]) == ("Announce", post)
    assert await scene.shared() == []
    with pytest.raises(NotFound):
        await do(scene.wien, "network.unshare", url=post)


@pytest.mark.parametrize(
    "change",
    [{"to": ["https://elsewhere.example/followers"], "cc": []}, {"type": "Place"}],
    ids=["private", "a place"],
)
async def test_what_is_not_public_or_no_post_is_not_shared(scene: Scene, change: Json):
    post = scene.linz.serve(scene.post(scene.linz.actor("anna"), **change))

    with pytest.raises(Conflict):
        await do(scene.wien, "network.share", url=post)
    assert await scene.shared() == []


async def test_nothing_of_somebody_limited_is_shared(scene: Scene):
    anna = scene.linz.actor("anna")
    await scene.trust(anna, Standing.LIMITED)

    with pytest.raises(Conflict):
        await do(scene.wien, "network.share", url=scene.linz.serve(scene.post(anna)))


async def test_our_own_is_not_shared(scene: Scene):
    with pytest.raises(Conflict):
        await do(scene.wien, "network.share", url=f"{scene.wien.urls.origin}/e/{'0' * 26}")
