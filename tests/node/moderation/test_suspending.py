"""A suspended server or actor: nothing comes in, nothing goes out, nothing is shown or told."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import orjson
import pytest

from activitypub.names import ACTIVITY_JSON
from federation.policy import Rules, Standing
from node.errors import Conflict, Invalid, NotFound, Unavailable
from tests.node.moderation.scenes import Scene, moderated
from tests.support.neighbours import outcome, status
from tests.support.nodes import EVENT, do, until


async def test_e23_its_post_is_refused_before_anything_is_fetched(scene: Scene):
    actor = scene.bad.actor("carol")
    await scene.block(scene.bad.host)
    follow = scene.bad.activity("Follow", actor, scene.wien.urls.community)
    assert await scene.bad.told(scene.inbox, follow) == 403
    assert await scene.count("inbox_activity") == 0
    assert await scene.count("remote_actor") == 0


async def test_e23_a_suspended_actor_is_refused_and_others_of_its_server_are_not(scene: Scene):
    carol, dora = scene.bad.actor("carol"), scene.bad.actor("dora")
    await scene.block(carol)
    follow = scene.bad.activity("Follow", carol, scene.wien.urls.community)
    assert await scene.bad.told(scene.inbox, follow) == 403
    await scene.bad.follow(dora, scene.wien.urls.community)


async def test_e23_what_others_share_of_it_is_not_taken_in(scene: Scene):
    anna, carol = await scene.follow(scene.good, "anna"), scene.bad.actor("carol")
    event = scene.bad.serve(scene.bad.event(carol))
    await scene.block(scene.bad.host)
    share = scene.good.activity("Announce", anna, event)
    assert await scene.hears(scene.good, share) == "refused:blocked"
    assert await scene.timeline() == []


async def test_e23_what_others_share_of_a_suspended_actor_is_not_taken_in(scene: Scene):
    anna, carol = await scene.follow(scene.good, "anna"), scene.bad.actor("carol")
    event = scene.bad.serve(scene.bad.event(carol))
    await scene.block(carol)
    await scene.hears(scene.good, scene.good.activity("Announce", anna, event))
    assert await scene.count("remote_object") == 0


async def test_e23_what_others_pass_on_of_a_suspended_actor_has_no_effect(scene: Scene):
    """An Update of an old object, sent by somebody else of the same server."""
    carol, dora = scene.bad.actor("carol"), await scene.follow(scene.bad, "dora")
    event = scene.bad.event(carol)
    scene.bad.serve(event)
    await scene.block(carol)
    passed_on = scene.bad.activity("Update", dora, event)
    assert (await scene.hears(scene.bad, passed_on)).startswith("refused")
    assert await scene.count("remote_object") == 0


async def test_nothing_is_fetched_from_it(scene: Scene):
    event = scene.bad.serve(scene.bad.event(scene.bad.actor("carol")))
    await scene.block(scene.bad.host)
    with pytest.raises(NotFound):
        await do(scene.wien, "network.fetch", url=event)
    with pytest.raises((NotFound, Unavailable)):
        await do(scene.wien, "network.follow", actor=f"{scene.bad.origin}/carol")
    assert await scene.count("following") == 0


async def test_what_waits_for_it_is_cancelled_at_once(scene: Scene):
    carol, anna = scene.bad.actor("carol"), scene.good.actor("anna")
    await scene.bad.follow(carol, scene.wien.urls.community)
    await scene.good.follow(anna, scene.wien.urls.community)
    scene.bad.answer = status(503)
    await do(scene.wien, "event.publish", document=EVENT)
    await scene.good.comes(anna, "Create")

    async def tried() -> int:
        return await scene.count("delivery", "state = 'due' and attempts > 0")

    await until(tried)
    ended = await scene.block(scene.bad.host)
    assert ended["deliveries_cancelled"] >= 1
    assert await scene.count("delivery", "state = 'due'") == 0
    assert await scene.count("delivery", "state = 'cancelled' and reason = 'blocked'") >= 1


async def test_the_rules_are_asked_again_when_something_is_sent(scene: Scene):
    """A delivery that was written while another process made the rule."""
    carol = scene.bad.actor("carol")
    await scene.bad.follow(carol, scene.wien.urls.community)
    await scene.settled()
    before = len(scene.bad.arrivals)
    scene.wien.policy.replace(Rules(hosts={scene.bad.host: Standing.SUSPENDED}))
    await do(scene.wien, "event.publish", document=EVENT)
    await scene.settled()
    assert len(scene.bad.arrivals) == before
    assert await scene.count("delivery", "state = 'cancelled' and reason = 'blocked'") == 1


async def test_follows_in_both_directions_end_without_a_word(scene: Scene):
    carol = await scene.follow(scene.bad, "carol")
    anna = await scene.follow(scene.good, "anna")
    await scene.bad.follow(carol, scene.wien.urls.community)
    await scene.good.follow(anna, scene.wien.urls.community)
    await scene.settled()
    before = len(scene.bad.arrivals)
    ended = await scene.block(scene.bad.host)
    assert (ended["followers_ended"], ended["follows_ended"]) == (1, 1)
    await do(scene.wien, "event.publish", document=EVENT)
    await scene.good.comes(anna, "Create")
    await scene.settled()
    assert len(scene.bad.arrivals) == before
    followers = await do(scene.wien, "network.followers")
    assert [each["id"] for each in followers] == [anna]
    assert [each["id"] for each in await do(scene.wien, "network.following")] == [anna]


async def test_e21_nobody_anywhere_hears_of_our_block(scene: Scene):
    carol = await scene.follow(scene.bad, "carol")
    await scene.good.follow(scene.good.actor("anna"), scene.wien.urls.community)
    await scene.settled()
    sent = await scene.count("outgoing")
    await scene.block(scene.bad.host)
    await scene.block(carol)
    await do(scene.wien, "block.remove", target=carol)
    assert await scene.count("outgoing") == sent


async def test_what_is_kept_of_it_is_hidden_and_shown_again_when_the_rule_goes(scene: Scene):
    carol, anna = await scene.follow(scene.bad, "carol"), await scene.follow(scene.good, "anna")
    hidden = await scene.publishes(scene.bad, carol, name="Kirmes der Carol")
    seen = await scene.publishes(scene.good, anna, name="Annas Straßenfest")
    await scene.block(scene.bad.host)
    assert await scene.timeline() == [seen["id"]]
    for path in ("/", "/network"):
        assert "Kirmes der Carol" not in await scene.page(path)
        assert "Annas Straßenfest" in await scene.page(path)
    await do(scene.wien, "block.remove", target=scene.bad.host)
    assert set(await scene.timeline()) == {hidden["id"], seen["id"]}
    assert [each["id"] for each in await do(scene.wien, "network.following")] == [anna]


async def test_what_a_suspended_actor_shared_is_hidden(scene: Scene):
    carol, anna = await scene.follow(scene.bad, "carol"), scene.good.actor("anna")
    event = scene.good.serve(scene.good.event(anna))
    assert await scene.hears(scene.bad, scene.bad.activity("Announce", carol, event)) == "done"
    assert await scene.timeline() == [event]
    await scene.block(carol)
    assert await scene.timeline() == []


async def test_what_came_before_and_was_not_heard_yet_has_no_effect(tmp_path: Path):
    async with moderated(tmp_path, at_work=False) as scene:
        carol = scene.bad.actor("carol")
        follow = scene.bad.activity("Follow", carol, scene.wien.urls.community)
        await scene.bad.insists(scene.inbox, follow)
        await scene.block(scene.bad.host)
        assert await outcome(scene.wien, follow["id"]) == "refused:blocked"


async def test_k10_the_refusal_does_not_tell_who_is_meant(scene: Scene):
    carol, dora = scene.bad.actor("carol"), scene.good.actor("dora")
    await scene.block(scene.bad.host, reason="Hetze", comment="von Anna gemeldet")
    await scene.block(dora)
    bodies = set()
    for server, actor in ((scene.bad, carol), (scene.good, dora)):
        body = orjson.dumps(server.activity("Follow", actor, scene.wien.urls.community))
        async with aiohttp.ClientSession() as session:
            headers = {"Content-Type": ACTIVITY_JSON}
            async with session.post(scene.inbox, data=body, headers=headers) as answer:
                assert answer.status == 403
                bodies.add(await answer.read())
    assert len(bodies) == 1
    text = bodies.pop().decode().lower()
    assert not [word for word in ("block", "suspend", "hetze", "anna") if word in text]


async def test_k10_the_rules_are_for_admins_only(scene: Scene):
    async with aiohttp.ClientSession() as session:
        for path in ("/api/v1/blocks", "/api/v1/blocks/export", "/api/v1/reports"):
            async with session.get(scene.wien.urls.origin + path) as answer:
                assert answer.status == 401


@pytest.mark.parametrize("target", ["com", "co.uk", "a b.test", "evil*.test", "", "ftp://a.test/x"])
async def test_what_no_rule_can_be_about_is_refused_with_a_reason(scene: Scene, target: str):
    with pytest.raises(Invalid) as refused:
        await scene.block(target)
    assert refused.value.fields["target"]


async def test_nobody_suspends_her_own_server(scene: Scene):
    port = scene.wien.config.listen_port
    for target in (f"localhost:{port}", "localhost", f"LOCALHOST.:{port}",
                   scene.wien.urls.community, scene.wien.urls.account):  # fmt: skip
        with pytest.raises(Invalid):
            await scene.block(target)
    assert await do(scene.wien, "block.list") == []


async def test_reason_and_private_words_are_kept_beside_the_rule(scene: Scene):
    await scene.block("Evil.Test.", "limit", reason="Werbung", comment="seit Mai")
    await scene.block("evil.test", "suspend", reason="Hetze", comment="seit Juni")
    (rule,) = await do(scene.wien, "block.list")
    assert (rule["id"], rule["level"]) == ("evil.test", "suspend")
    assert (rule["reason"], rule["comment"]) == ("Hetze", "seit Juni")


async def test_a_rule_that_a_stricter_one_makes_idle_is_refused(scene: Scene):
    await scene.block("evil.test")
    with pytest.raises(Conflict):
        await scene.block("ok.evil.test", "trust")
    assert (await scene.block("evil.test", "allow"))["level"] == "allow"


async def test_an_actor_is_found_by_its_handle(scene: Scene):
    carol = scene.bad.actor("carol")
    await scene.bad.follow(carol, scene.wien.urls.community)
    rule = await scene.block(f"@carol@{scene.bad.host}")
    assert (rule["id"], rule["followers_ended"]) == (carol, 1)
    await do(scene.wien, "block.remove", target=f"carol@{scene.bad.host}")
    assert await do(scene.wien, "block.list") == []


async def test_an_actor_is_found_by_the_address_of_its_page(scene: Scene):
    carol = scene.bad.actor("carol")
    scene.bad.documents["/carol"]["url"] = f"{scene.bad.origin}/@carol"
    scene.bad.documents["/@carol"] = scene.bad.documents["/carol"]
    rule = await scene.block(f"{scene.bad.origin}/@carol")
    assert rule["id"] == carol
    unknown = f"{scene.bad.origin}/nobody"
    assert (await scene.block(unknown))["id"] == unknown
    await do(scene.wien, "block.remove", target=unknown)
    with pytest.raises(NotFound):
        await do(scene.wien, "block.remove", target=unknown)


async def test_what_was_refused_by_a_rule_can_be_had_at_once_when_it_goes(scene: Scene):
    event = scene.bad.serve(scene.bad.event(scene.bad.actor("carol")))
    await scene.block(scene.bad.host)
    with pytest.raises(NotFound):
        await do(scene.wien, "network.fetch", url=event)
    await do(scene.wien, "block.remove", target=scene.bad.host)
    assert (await do(scene.wien, "network.fetch", url=event))["id"] == event


async def test_a_handle_of_which_nothing_is_known_asks_for_an_address(scene: Scene):
    with pytest.raises(NotFound, match="address"):
        await scene.block(f"@nobody@{scene.bad.host}")


async def test_e21_a_block_by_somebody_ends_only_her_own_follows(scene: Scene):
    carol, anna = await scene.follow(scene.bad, "carol"), await scene.follow(scene.good, "anna")
    await scene.bad.follow(carol, scene.wien.urls.community)
    await scene.good.follow(anna, scene.wien.urls.community)
    foreign = scene.bad.activity("Block", carol, anna)
    assert await scene.hears(scene.bad, foreign) == "refused:not-about-us"
    ours = scene.bad.activity("Block", carol, scene.wien.urls.community)
    assert await scene.hears(scene.bad, ours) == "done"
    assert [each["id"] for each in await do(scene.wien, "network.followers")] == [anna]
    assert [each["id"] for each in await do(scene.wien, "network.following")] == [anna]
