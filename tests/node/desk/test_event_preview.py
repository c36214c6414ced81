"""Tests of node/desk/event_preview.py."""

from __future__ import annotations

from node.people.model import Role
from node.services import Node
from tests.support.browsers import Browser, signed_in
from tests.support.clicking import Walker
from tests.support.nodes import EVENT, do

_OVER = "This day is over already."


async def test_a_new_event_in_the_past_goes_out_only_after_its_writer_was_asked(
    node: Node, desk: Walker
):
    await desk.open("/desk/events/new?template=evening")
    await desk.send("Publish at once", date="2020-12-05")

    assert _OVER in desk.page.shown.text
    assert await do(node, "event.list") == []
    await desk.send("Publish")
    (event,) = await do(node, "event.list")
    assert event["start"].startswith("2020-12-05")


async def test_an_event_to_come_is_not_asked_about(node: Node, desk: Walker):
    await desk.open("/desk/events/new?template=evening")
    await desk.send("Look at it", date="2031-12-05")

    assert _OVER not in desk.page.shown.text


async def test_only_who_may_publish_finds_the_way_from_an_event_to_the_desk(
    node: Node, desk: Walker
):
    event = await do(node, "event.publish", document=EVENT)
    path = f"/e/{event['short_id']}"
    async with signed_in(node, "laila", Role.MEMBER) as laila, Browser(node) as guest:
        for other in (laila, guest):
            assert "/desk" not in (await other.get(path)).text

    await desk.open(path)

    assert desk.page.links["Change"] == f"/desk/events/{event['short_id']}"
    assert (await desk.follow("Who comes")).shown.status == 200
