"""What a channel tells those who follow it: what the community publishes in its language."""

from __future__ import annotations

from activitypub.names import PUBLIC
from tests.node.community.channel_scene import BOTH, GERMAN, Scene
from tests.support.nodes import EVENT, do


async def test_who_follows_the_channel_is_told_of_what_is_in_its_language_only(
    scene: Scene,
) -> None:
    fan = await scene.fan()
    await do(scene.wien, "event.publish", document=GERMAN)
    arabic = await do(scene.wien, "event.publish", document=BOTH)
    announce = (await scene.mastodon.comes(fan, "Announce"))[0]
    assert announce["object"] == arabic["id"]
    assert announce["actor"] == scene.channel
    assert announce["to"] == [PUBLIC]
    assert announce["cc"] == [f"{scene.channel}/followers"]
    assert len(scene.mastodon.got(fan, "Announce")) == 1
    assert scene.mastodon.got(fan, "Create") == []
    assert await scene.sound()


async def test_a_translation_that_comes_later_is_shared_then(scene: Scene) -> None:
    fan = await scene.fan()
    event = await do(scene.wien, "event.publish", document=GERMAN)
    await do(scene.wien, "event.update", id=event["id"], document=BOTH)
    announce = (await scene.mastodon.comes(fan, "Announce"))[0]
    assert announce["object"] == event["id"]
    assert scene.mastodon.got(fan, "Update") == []
    await do(scene.wien, "event.update", id=event["id"], document={**BOTH, "capacity": 9})
    update = (await scene.mastodon.comes(fan, "Update"))[0]
    assert update["object"]["maximumAttendeeCapacity"] == 9
    assert len(scene.mastodon.got(fan, "Announce")) == 1


async def test_a_language_that_is_taken_away_is_shared_no_more(scene: Scene) -> None:
    fan = await scene.fan()
    event = await do(scene.wien, "event.publish", document=BOTH)
    announce = (await scene.mastodon.comes(fan, "Announce"))[0]
    await do(scene.wien, "event.update", id=event["id"], document=GERMAN)
    undo = (await scene.mastodon.comes(fan, "Undo"))[0]
    assert undo["actor"] == scene.channel
    assert undo["object"] == {key: announce[key] for key in announce if key != "@context"}
    _, outbox = await scene.get(f"{scene.channel}/outbox")
    assert outbox["totalItems"] == 0
    assert await scene.sound()


async def test_a_deleted_event_is_deleted_where_only_the_channel_told_of_it(scene: Scene) -> None:
    fan = await scene.fan()
    event = await do(scene.wien, "event.publish", document=BOTH)
    await scene.mastodon.comes(fan, "Announce")
    await do(scene.wien, "event.delete", id=event["id"])
    deleted = (await scene.mastodon.comes(fan, "Delete"))[0]
    assert (deleted["actor"], deleted["object"]["id"]) == (scene.wien.urls.community, event["id"])
    _, outbox = await scene.get(f"{scene.channel}/outbox?page=1")
    assert outbox["orderedItems"] == []
    assert await scene.sound()


async def test_that_an_event_is_off_is_shared_too(scene: Scene) -> None:
    fan = await scene.fan()
    event = await do(scene.wien, "event.publish", document=BOTH)
    await scene.mastodon.comes(fan, "Announce")
    await do(scene.wien, "event.cancel", id=event["id"], reason=None)
    _, shared = await scene.mastodon.comes(fan, "Announce", 2)
    status, note = await scene.get(shared["object"])
    assert (status, note["type"], note["inReplyTo"]) == (200, "Note", event["id"])
    assert "ar" in note["contentMap"]
    await do(scene.wien, "event.delete", id=event["id"])
    gone = {each["object"]["id"] for each in await scene.mastodon.comes(fan, "Delete", 2)}
    assert gone == {event["id"], note["id"]}


async def test_whoever_follows_both_gets_the_event_and_a_share_of_the_same_id(
    scene: Scene,
) -> None:
    fan = await scene.fan()
    await scene.mastodon.follow(fan, scene.wien.urls.community)
    event = await do(scene.wien, "event.publish", document=BOTH)
    assert (await scene.mastodon.comes(fan, "Create"))[0]["object"]["id"] == event["id"]
    assert (await scene.mastodon.comes(fan, "Announce"))[0]["object"] == event["id"]
    kinds = [each.document["type"] for each in scene.mastodon.arrivals]
    assert kinds.index("Create") < kinds.index("Announce")


async def test_a_new_channel_begins_with_what_is_still_to_come(scene: Scene) -> None:
    await do(scene.wien, "event.publish", document=BOTH)
    event = await do(scene.wien, "event.publish", document={**EVENT, "name": {"de-AT": "Jause"}})
    await do(
        scene.wien,
        "event.publish",
        document={**BOTH, "name": {"ar": "حديقة"}, "description": {"ar": "حديقة"}},
    )
    made = await do(scene.wien, "channel.add", language="de-AT", name="Wien auf Österreichisch")
    assert made["name"] == "Wien auf Österreichisch"
    _, page = await scene.get(f"{made['id']}/outbox?page=1")
    assert [each["object"] for each in page["orderedItems"]] == [event["id"]]
    _, featured = await scene.get(f"{made['id']}/featured")
    assert featured["orderedItems"] == [event["id"]]
    status, served = await scene.get(page["orderedItems"][0]["id"])
    assert (status, served["type"], served["actor"]) == (200, "Announce", made["id"])


async def test_rotation_reaches_those_who_follow_the_channel_alone(scene: Scene) -> None:
    fan = await scene.fan()
    (rotated,) = await do(scene.wien, "key.rotate", actor="@wien-ar")
    assert rotated == {"id": f"{scene.channel}#main-key-2", "actor": scene.channel, "hosts": 1}
    update = (await scene.mastodon.comes(fan, "Update"))[0]
    assert update["actor"] == scene.channel
    assert update["object"]["publicKey"]["id"] == f"{scene.channel}#main-key-2"
    # under the key that the server holds; what follows is held back until it has read the new one
    signature = scene.mastodon.arrivals[-1].headers["Signature"]
    assert f'keyId="{scene.channel}#main-key"' in signature
    everybody = [each["actor"] for each in await do(scene.wien, "key.rotate")]
    urls = scene.wien.urls
    assert everybody == [urls.relay, scene.channel, urls.community]


async def test_what_the_community_says_of_itself_is_said_by_its_channels(scene: Scene) -> None:
    fan = await scene.fan()
    description = {"de": "Alle.", "ar": "الجميع."}
    await do(scene.wien, "community.describe", document={"description": description})
    update = (await scene.mastodon.comes(fan, "Update"))[0]
    assert update["object"]["summaryMap"] == {"ar": "<p>الجميع.</p>"}
