"""A limited server, a trusted one, and the list of those who alone are let in."""

from __future__ import annotations

import aiohttp
import pytest

from node.errors import NotFound, Unavailable
from node.ids import stamp
from node.moderation.ruling import renew
from tests.node.moderation.scenes import Scene
from tests.support.nodes import EVENT, do

# --- limited ---


async def test_e10_a_limited_follow_waits_and_nothing_is_sent_meanwhile(scene: Scene):
    carol, anna = scene.bad.actor("carol"), scene.good.actor("anna")
    await scene.block(scene.bad.host, "limit")
    await scene.good.follow(anna, scene.wien.urls.community)
    follow = scene.bad.activity("Follow", carol, scene.wien.urls.community)
    assert await scene.hears(scene.bad, follow) == "done"
    await do(scene.wien, "event.publish", document=EVENT)
    await scene.good.comes(anna, "Create")
    await scene.settled()
    assert scene.bad.arrivals == []
    assert [each["id"] for each in await do(scene.wien, "network.pending")] == [carol]
    assert [each["id"] for each in await do(scene.wien, "network.followers")] == [anna]


async def test_e10_who_is_approved_follows_and_is_told(scene: Scene):
    carol = scene.bad.actor("carol")
    await scene.block(scene.bad.host, "limit")
    follow = scene.bad.activity("Follow", carol, scene.wien.urls.community)
    await scene.hears(scene.bad, follow)
    await do(scene.wien, "network.approve", actor=f"@carol@{scene.bad.host}")
    (accept,) = await scene.bad.comes(carol, "Accept")
    assert accept["object"]["id"] == follow["id"]
    await do(scene.wien, "event.publish", document=EVENT)
    await scene.bad.comes(carol, "Create")
    assert await do(scene.wien, "network.pending") == []


async def test_e10_who_is_rejected_is_told_and_does_not_follow(scene: Scene):
    carol = scene.bad.actor("carol")
    await scene.block(scene.bad.host, "limit")
    await scene.hears(scene.bad, scene.bad.activity("Follow", carol, scene.wien.urls.community))
    await do(scene.wien, "network.reject", actor=carol)
    await scene.bad.comes(carol, "Reject")
    assert await do(scene.wien, "network.followers") == []
    with pytest.raises(NotFound):
        await do(scene.wien, "network.approve", actor=carol)


async def test_e10_who_follows_no_more_does_not_wait_any_longer(scene: Scene):
    carol = scene.bad.actor("carol")
    await scene.block(scene.bad.host, "limit")
    follow = scene.bad.activity("Follow", carol, scene.wien.urls.community)
    await scene.hears(scene.bad, follow)
    await scene.hears(scene.bad, scene.bad.activity("Undo", carol, follow))
    assert await do(scene.wien, "network.pending") == []


async def test_who_followed_before_she_was_limited_still_does(scene: Scene):
    carol = scene.bad.actor("carol")
    await scene.bad.follow(carol, scene.wien.urls.community)
    await scene.block(scene.bad.host, "limit")
    event = await do(scene.wien, "event.publish", document=EVENT)
    (create,) = await scene.bad.comes(carol, "Create")
    assert create["object"]["id"] == event["id"]


async def timeline_of_the_api(scene: Scene) -> list[str]:
    await do(scene.wien, "user.create", name="maryam", role="ambassador")
    token = (await do(scene.wien, "token.create", user="maryam", scope="read"))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get(f"{scene.wien.urls.origin}/api/v1/timeline") as answer:
            return [each["id"] for each in await answer.json()]


async def test_what_a_limited_server_publishes_is_shown_to_staff_alone(scene: Scene):
    carol = await scene.follow(scene.bad, "carol")
    before = await scene.publishes(scene.bad, carol, name="Kirmes der Carol")
    await scene.block(scene.bad.host, "limit")
    after = await scene.publishes(scene.bad, carol, name="Jahrmarkt der Carol")
    assert set(await scene.timeline()) == {before["id"], after["id"]}
    for path in ("/", "/network"):
        assert "der Carol" not in await scene.page(path)
    assert await timeline_of_the_api(scene) == []
    await do(scene.wien, "block.remove", target=scene.bad.host)
    assert "Jahrmarkt der Carol" in await scene.page("/network")


# --- trusted ---


async def test_a_stranger_does_not_write_into_the_calendar(scene: Scene):
    carol = scene.bad.actor("carol")
    event = scene.bad.activity("Create", carol, scene.bad.event(carol))
    assert await scene.hears(scene.bad, event) == "refused:not-followed"


@pytest.mark.parametrize("whole_server", [True, False])
async def test_who_is_trusted_writes_into_the_calendar_unfollowed(scene: Scene, whole_server: bool):
    anna = scene.good.actor("anna")
    await scene.block(scene.good.host if whole_server else anna, "trust")
    event = await scene.publishes(scene.good, anna)
    assert await scene.timeline() == [event["id"]]


async def test_trust_in_one_actor_is_no_trust_in_another(scene: Scene):
    anna, dora = scene.good.actor("anna"), scene.good.actor("dora")
    await scene.block(anna, "trust")
    event = scene.good.activity("Create", dora, scene.good.event(dora))
    assert await scene.hears(scene.good, event) == "refused:not-followed"


# --- the allow-list ---


async def test_m17_who_is_not_on_the_list_may_not_post(scene: Scene):
    carol, anna = scene.bad.actor("carol"), scene.good.actor("anna")
    await scene.block(scene.good.host, "allow")
    await do(scene.wien, "block.mode", mode="allow-list")
    follow = scene.bad.activity("Follow", carol, scene.wien.urls.community)
    assert await scene.bad.told(scene.inbox, follow) == 403
    assert await scene.count("remote_actor") == 0
    await scene.good.follow(anna, scene.wien.urls.community)


async def test_m17_nothing_is_fetched_from_or_delivered_to_who_is_not_on_it(scene: Scene):
    carol = scene.bad.actor("carol")
    await scene.bad.follow(carol, scene.wien.urls.community)
    await scene.settled()
    before = len(scene.bad.arrivals)
    await do(scene.wien, "block.mode", mode="allow-list")
    await do(scene.wien, "event.publish", document=EVENT)
    await scene.settled()
    assert len(scene.bad.arrivals) == before
    with pytest.raises((NotFound, Unavailable)):
        await do(scene.wien, "network.fetch", url=carol)


async def test_the_list_comes_and_goes_without_ending_follows(scene: Scene):
    carol = scene.bad.actor("carol")
    await scene.bad.follow(carol, scene.wien.urls.community)
    ended = await do(scene.wien, "block.mode", mode="allow-list")
    assert ended["followers_ended"] == 0
    assert (await do(scene.wien, "block.mode"))["mode"] == "allow-list"
    await do(scene.wien, "block.mode", mode="open")
    await do(scene.wien, "event.publish", document=EVENT)
    await scene.bad.comes(carol, "Create")


async def test_whom_we_follow_is_on_the_list(scene: Scene):
    anna = await scene.follow(scene.good, "anna")
    await do(scene.wien, "block.mode", mode="allow-list")
    event = await scene.publishes(scene.good, anna)
    assert await scene.timeline() == [event["id"]]


async def test_the_rules_are_read_again_when_another_process_has_changed_them(scene: Scene):
    async def elsewhere(tx):
        await tx.run(
            "insert into host_rule (host, standing, created, updated) "
            "values ('evil.test', 'suspended', :at, :at)",
            at=stamp(scene.wien.clock.now()),
        )

    await scene.wien.database.write(elsewhere)
    assert not scene.wien.policy.blocked("evil.test")
    await renew(scene.wien)
    assert scene.wien.policy.blocked("evil.test")
