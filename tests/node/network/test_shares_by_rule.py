"""Sharing posts of others by the rule: whose, which and how many, and in which form."""

from __future__ import annotations

import orjson
import pytest

from activitypub.names import PUBLIC
from node.network import sharing
from tests.node.network.sharers import Json, Scene
from tests.support.nodes import do


async def test_by_itself_the_community_shares_nobody(scene: Scene):
    anna = scene.linz.actor("anna")
    await scene.trust(anna)

    await scene.write("Create", anna, scene.post(anna))

    assert await do(scene.wien, "network.sharing") == {"share": "nobody"}
    assert await scene.shared() == []


async def test_a_trusted_post_to_the_community_comes_plain_to_mastodon_and_whole_to_lemmy(
    scene: Scene,
):
    anna = scene.linz.actor("anna")
    await scene.trust(anna)
    await scene.rule("trusted")
    post = scene.post(anna)

    create = await scene.write("Create", anna, post)
    await scene.sent()

    assert await scene.shared() == [post["id"]]
    (plain,) = scene.mastodon.got(scene.fan, "Announce")
    (whole,) = scene.lemmy.got(scene.reader, "Announce")
    assert plain["object"] == post["id"]
    assert whole["object"] == create
    assert plain["id"] != whole["id"]
    assert (whole["actor"], whole["to"]) == (scene.group, [PUBLIC])


@pytest.mark.parametrize(
    "change",
    [
        {"cc": []},
        {"to": ["https://linz.example/followers"]},
        {"inReplyTo": "https://elsewhere.example/1"},
    ],
    ids=["not to the community", "not public", "a reply elsewhere"],
)
async def test_other_posts_of_trusted_people_are_not_shared(scene: Scene, change: Json):
    anna = scene.linz.actor("anna")
    await scene.trust(anna)
    await scene.rule("followed")

    await scene.write("Create", anna, scene.post(anna, **change))

    assert await scene.shared() == []


@pytest.mark.parametrize(
    "change",
    [
        {"cc": [], "audience": "GROUP"},
        {"cc": [], "tag": [{"type": "Mention", "href": "GROUP", "name": "@wien"}]},
        {"to": [PUBLIC, "GROUP"], "cc": []},
    ],
    ids=["audience", "mention", "to"],
)
async def test_each_way_to_address_the_community_counts(scene: Scene, change: Json):
    anna = scene.linz.actor("anna")
    await scene.trust(anna)
    await scene.rule("trusted")
    change = orjson.loads(orjson.dumps(change).replace(b"GROUP", scene.group.encode()))

    await scene.write("Create", anna, scene.post(anna, **change))

    assert len(await scene.shared()) == 1


async def test_strangers_and_those_who_are_only_followed_need_the_wider_rule(scene: Scene):
    anna = scene.linz.actor("anna")
    await do(scene.wien, "network.follow", actor=anna)
    (follow,) = await scene.linz.comes(anna, "Follow")
    await scene.rule("trusted")
    await scene.write("Create", anna, scene.post(anna))
    await scene.rule("followed")
    await scene.write("Create", anna, scene.post(anna))
    assert await scene.shared() == [], "the follow was never accepted"

    await scene.write("Accept", anna, follow["id"])
    await scene.write("Create", anna, scene.post(anna))
    await scene.write("Create", scene.linz.actor("stranger"), scene.post(anna))

    assert len(await scene.shared()) == 1


async def test_an_author_cannot_fill_the_timelines_of_the_followers(scene: Scene):
    anna = scene.linz.actor("anna")
    await scene.trust(anna)
    await scene.rule("trusted")

    for _ in range(sharing.MOST_OF_ONE + 2):
        await scene.write("Create", anna, scene.post(anna))

    assert len(await scene.shared()) == sharing.MOST_OF_ONE
