"""Language channels: further actors that share what the community publishes in one language."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from activitypub.names import ACTIVITY_JSON, PUBLIC
from node.errors import Conflict, Invalid, NotFound
from node.invariants import findings
from node.services import Node
from node.storage.buried import destroy_keys
from tests.support.neighbours import Neighbour, neighbour, outcome
from tests.support.nodes import EVENT, do, running, until

Json = dict[str, Any]
GERMAN = {**EVENT, "name": {"de": "Gartentag"}, "description": {"de": "Mit Spaten."}, "shifts": []}
BOTH = {**GERMAN, "name": {"de": "Gartentag", "ar": "يوم الحديقة"}}


@dataclass(frozen=True, slots=True)
class Scene:
    """Vienna with a channel in Arabic; a server of the kind of Mastodon with people on it."""

    wien: Node
    mastodon: Neighbour

    @property
    def channel(self) -> str:
        return f"{self.wien.urls.origin}/c/wien-ar"

    async def fan(self, name: str = "fan") -> str:
        """Somebody there who follows the channel."""
        fan = self.mastodon.actor(name)
        await self.mastodon.follow(fan, self.channel)
        return fan

    async def get(self, url: str, accept: str = ACTIVITY_JSON) -> tuple[int, Any]:
        async with (
            ClientSession(headers={"Accept": accept}) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            is_json = "json" in answer.content_type
            return answer.status, await answer.json(content_type=None) if is_json else answer

    async def sound(self) -> bool:
        node = self.wien
        engine = node.database.engine
        found = await node.look(lambda tx: findings(tx, engine, node.clock.now()))
        return [each for each in found if each.many] == []


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with running(tmp_path / "wien") as wien, neighbour() as mastodon:
        await do(wien, "channel.add", language="ar")
        yield Scene(wien, mastodon)


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


async def test_rules_about_others_hold_for_channels(scene: Scene) -> None:
    fan = await scene.fan()
    await do(scene.wien, "block.add", target=scene.mastodon.host, level="limit")
    other = scene.mastodon.actor("other")
    follow = scene.mastodon.activity("Follow", other, scene.channel)
    await scene.mastodon.insists(f"{scene.channel}/inbox", follow)
    waiting = await until(lambda: do(scene.wien, "network.pending"))
    assert [each["id"] for each in waiting] == [other]
    await do(scene.wien, "network.approve", actor=other)
    accept = (await scene.mastodon.comes(other, "Accept"))[0]
    assert accept["actor"] == scene.channel
    await do(scene.wien, "block.add", target=scene.mastodon.host, level="suspend")
    (channel,) = await do(scene.wien, "channel.list")
    assert channel["followers"] == 0
    await do(scene.wien, "event.publish", document=BOTH)
    assert scene.mastodon.got(fan, "Announce") == []
    assert await scene.sound()


async def test_who_blocks_the_channel_or_undoes_her_follow_follows_it_no_more(
    scene: Scene,
) -> None:
    fan, other = await scene.fan(), await scene.fan("other")
    block = scene.mastodon.activity("Block", fan, scene.channel)
    follow = {"type": "Follow", "actor": other, "object": scene.channel}
    undo = scene.mastodon.activity("Undo", other, follow)
    for activity in (block, undo):
        await scene.mastodon.insists(f"{scene.wien.urls.origin}/inbox", activity)
        assert await outcome(scene.wien, activity["id"]) == "done"
    assert [each["followers"] for each in await do(scene.wien, "channel.list")] == [0]


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


async def test_what_the_community_says_of_itself_is_said_by_its_channels(scene: Scene) -> None:
    fan = await scene.fan()
    description = {"de": "Alle.", "ar": "الجميع."}
    await do(scene.wien, "community.describe", document={"description": description})
    update = (await scene.mastodon.comes(fan, "Update"))[0]
    assert update["object"]["summaryMap"] == {"ar": "<p>الجميع.</p>"}


async def test_a_report_about_a_channel_is_a_report_about_us(scene: Scene) -> None:
    reporter = scene.mastodon.actor("reporter")
    flag = scene.mastodon.activity("Flag", reporter, scene.channel, content="zu laut")
    await scene.mastodon.insists(f"{scene.wien.urls.origin}/inbox", flag)
    assert await outcome(scene.wien, flag["id"]) == "done"
    (report,) = await do(scene.wien, "report.list")
    assert report["actor"] == scene.channel


async def test_what_is_written_to_a_channel_comes_to_the_team(scene: Scene) -> None:
    writer = scene.mastodon.actor("writer")
    note = {
        "id": scene.mastodon.new_id(),
        "type": "Note",
        "attributedTo": writer,
        "to": [scene.channel],
        "content": "<p>سؤال</p>",
        "tag": [{"type": "Mention", "href": scene.channel, "name": "@wien-ar"}],
        "published": "2026-06-01T10:00:00Z",
    }
    create = scene.mastodon.activity("Create", writer, note, to=[scene.channel])
    await scene.mastodon.insists(f"{scene.channel}/inbox", create)
    assert await outcome(scene.wien, create["id"]) == "done"
    (message,) = await do(scene.wien, "conversation.list")
    assert message["author"] == writer
