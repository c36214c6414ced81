"""What comes to a channel: follows, blocks, reports and messages."""

from __future__ import annotations

from tests.node.community.channel_scene import BOTH, Scene
from tests.support.neighbours import outcome
from tests.support.nodes import do, until


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
