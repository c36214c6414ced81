"""What is shared changes and ends with what its author does, and with what we decide about her."""

from __future__ import annotations

from aiohttp import ClientSession

from node.network.share_federate import blank_carriers
from tests.node.network.sharers import Scene
from tests.support.nodes import do


async def test_an_edit_is_passed_on_to_threads_and_a_deletion_ends_the_share(scene: Scene):
    anna = scene.linz.actor("anna")
    await scene.trust(anna)
    await scene.rule("trusted")
    post = scene.post(anna)
    await scene.write("Create", anna, post)
    await scene.sent()

    newer = {**post, "content": "<p>Anders.</p>", "updated": "2026-06-02T10:00:00Z"}
    update = await scene.write("Update", anna, newer)
    await scene.sent()
    delete = await scene.write("Delete", anna, {"id": post["id"], "type": "Tombstone"})
    await scene.sent()

    carried = [each["object"] for each in scene.lemmy.got(scene.reader, "Announce")]
    assert carried[1:] == [update, delete]
    assert len(scene.lemmy.got(scene.reader, "Undo")) == 1
    assert len(scene.mastodon.got(scene.fan, "Announce")) == 1
    assert len(scene.mastodon.got(scene.fan, "Undo")) == 1
    assert await scene.shared() == []
    assert await do(scene.wien, "network.timeline") == []


async def test_what_its_author_makes_private_is_shared_no_more(scene: Scene):
    anna = scene.linz.actor("anna")
    await scene.trust(anna)
    await scene.rule("trusted")
    post = scene.post(anna)
    await scene.write("Create", anna, post)

    hidden = {**post, "to": [f"{anna}/followers"], "cc": [], "updated": "2026-06-02T10:00:00Z"}
    await scene.write("Update", anna, hidden)
    await scene.sent()

    assert await scene.shared() == []
    assert len(scene.mastodon.got(scene.fan, "Undo")) == 1


async def test_nobody_else_can_change_or_end_a_share(scene: Scene):
    anna, eve = scene.linz.actor("anna"), scene.linz.actor("eve")
    await scene.trust(anna)
    await scene.rule("trusted")
    post = scene.post(anna)
    await scene.write("Create", anna, post)

    await scene.write("Delete", eve, post["id"])
    await scene.write("Update", eve, {**post, "to": [], "cc": []})

    assert await scene.shared() == [post["id"]]


async def test_of_an_actor_that_is_gone_nothing_is_shared(scene: Scene):
    anna = scene.linz.actor("anna")
    await do(scene.wien, "network.share", url=scene.linz.serve(scene.post(anna)))
    await scene.sent()

    await scene.write("Delete", anna, anna)
    await scene.sent()

    assert await scene.shared() == []
    assert len(scene.mastodon.got(scene.fan, "Undo")) == 1


async def test_of_somebody_who_is_suspended_nothing_is_shared_any_longer(scene: Scene):
    anna = scene.linz.actor("anna")
    await do(scene.wien, "network.share", url=scene.linz.serve(scene.post(anna)))

    await do(scene.wien, "block.add", target=anna, level="suspend")

    assert await scene.shared() == []


async def test_of_words_that_were_passed_on_nothing_is_kept_or_served(scene: Scene):
    anna = scene.linz.actor("anna")
    await scene.trust(anna)
    await scene.rule("trusted")
    await scene.write("Create", anna, scene.post(anna))
    await scene.sent()
    (whole,) = scene.lemmy.got(scene.reader, "Announce")

    assert await _status(whole["id"]) == 404
    await scene.wien.act(blank_carriers)
    assert await _status(whole["id"]) == 404

    row = await scene.wien.look(
        lambda tx: tx.row("select body from outgoing where id = :id", id=whole["id"])
    )
    assert row is not None
    assert bytes(row["body"]) == b""


async def _status(url: str) -> int:
    headers = {"Accept": "application/activity+json"}
    async with ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status
