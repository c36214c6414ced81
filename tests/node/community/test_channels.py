"""Language channels: how one is made, found, shown and removed."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession

from node.errors import Conflict, Invalid, NotFound
from node.storage.buried import destroy_keys
from tests.node.community.channel_scene import BOTH, Scene
from tests.support.nodes import do, until


async def test_a_channel_is_found_by_its_handle_and_belongs_to_the_community(scene: Scene) -> None:
    urls = scene.wien.urls
    status, found = await scene.get(
        f"{urls.origin}/.well-known/webfinger?resource=acct:wien-ar@{urls.authority}"
    )
    assert (status, found["subject"]) == (200, f"acct:wien-ar@{urls.authority}")
    own = next(link["href"] for link in found["links"] if link["rel"] == "self")
    status, actor = await scene.get(own)
    assert (status, actor["id"], actor["type"]) == (200, scene.channel, "Group")
    assert actor["preferredUsername"] == "wien-ar"
    assert actor["attributedTo"] == urls.community
    assert actor["nameMap"] == {"ar": "جسور wien · العربية"}
    assert actor["publicKey"]["owner"] == scene.channel
    assert actor["assertionMethod"][0]["controller"] == scene.channel
    _, community = await scene.get(urls.community)
    field = community["attachment"][-1]
    assert field["name"] == "العربية"
    assert scene.channel in field["value"]
    assert "alsoKnownAs" not in community


async def test_a_removed_channel_tells_those_who_follow_it_and_answers_gone(scene: Scene) -> None:
    fan = await scene.fan()
    neighbour_of_wien = scene.mastodon.actor("reader")
    await scene.mastodon.follow(neighbour_of_wien, scene.wien.urls.community)
    event = await do(scene.wien, "event.publish", document=BOTH)
    await scene.mastodon.comes(fan, "Announce")
    await do(scene.wien, "channel.remove", language="ar")
    delete = (await scene.mastodon.comes(fan, "Delete"))[0]
    assert (delete["actor"], delete["object"]) == (scene.channel, scene.channel)
    update = (await scene.mastodon.comes(neighbour_of_wien, "Update"))[-1]
    assert scene.channel not in str(update["object"]["attachment"])
    status, tombstone = await scene.get(scene.channel)
    assert (status, tombstone["type"]) == (410, "Tombstone")
    urls = scene.wien.urls
    for path in (
        f"{scene.channel}/outbox",
        f"{urls.origin}/.well-known/webfinger?resource={scene.channel}",
    ):
        assert (await scene.get(path))[0] == 404
    assert await do(scene.wien, "channel.list") == []
    assert (await scene.get(event["id"]))[0] == 200
    assert await scene.sound()


async def test_the_keys_of_a_removed_channel_last_until_all_were_told(scene: Scene) -> None:
    await scene.fan()
    await do(scene.wien, "channel.remove", language="ar")

    async def destroyed() -> bool:
        await scene.wien.act(lambda context: destroy_keys(context.tx, context.now))
        return scene.channel not in [each["actor"] for each in await do(scene.wien, "key.list")]

    await until(destroyed)
    assert len([each for each in scene.mastodon.arrivals if each.document["type"] == "Delete"]) == 1
    assert await scene.sound()
    assert (await scene.get(scene.channel))[0] == 410


async def test_what_a_removed_channel_told_of_is_still_deleted_where_it_told(
    scene: Scene,
) -> None:
    fan = await scene.fan()
    event = await do(scene.wien, "event.publish", document=BOTH)
    await scene.mastodon.comes(fan, "Announce")
    await do(scene.wien, "channel.remove", language="ar")
    await scene.mastodon.comes(fan, "Delete")

    async def destroyed() -> int:
        return await scene.wien.act(lambda context: destroy_keys(context.tx, context.now))

    await until(destroyed)
    await do(scene.wien, "event.delete", id=event["id"])
    deleted = (await scene.mastodon.comes(fan, "Delete", 2))[-1]
    assert deleted["object"]["id"] == event["id"]
    assert await scene.sound()


async def test_a_channel_that_was_removed_comes_back_under_another_address(scene: Scene) -> None:
    await do(scene.wien, "channel.remove", language="ar")
    again = await do(scene.wien, "channel.add", language="ar")
    assert again["id"] == f"{scene.channel}-2"
    assert (await scene.get(scene.channel))[0] == 410
    assert (await scene.get(again["id"]))[0] == 200


async def test_there_is_one_channel_in_a_language_and_none_in_what_is_no_language(
    scene: Scene,
) -> None:
    with pytest.raises(Conflict):
        await do(scene.wien, "channel.add", language="ar")
    with pytest.raises(Invalid):
        await do(scene.wien, "channel.add", language="Arabic!")
    with pytest.raises(Invalid):
        await do(scene.wien, "channel.add")
    with pytest.raises(NotFound):
        await do(scene.wien, "channel.remove", language="fa")
    with pytest.raises(NotFound):
        await do(scene.wien, "key.rotate", actor="wien-fa")


async def test_a_channel_shows_numbers_and_never_who(scene: Scene) -> None:
    await scene.fan()
    _, followers = await scene.get(f"{scene.channel}/followers")
    assert (followers["totalItems"], followers["orderedItems"]) == (0, [])
    _, following = await scene.get(f"{scene.channel}/following")
    assert following["totalItems"] == 0
    status, _ = await scene.get(f"{scene.channel}/followers_synchronization")
    assert status == 404


async def test_the_home_page_names_the_channels_and_a_channel_leads_there(scene: Scene) -> None:
    status, answer = await scene.get(scene.channel, "text/html")
    assert (status, answer.headers["Location"]) == (303, "/?lang=ar")
    async with ClientSession() as session, session.get(f"{scene.wien.urls.origin}/") as answer:
        assert f"@wien-ar@{scene.wien.urls.authority}" in await answer.text()
