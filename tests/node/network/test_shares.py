"""What somebody else wrote and the community shares: who gets which form, and how it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import ClientSession

from activitypub.names import PUBLIC
from federation.policy import Standing
from node.errors import Conflict, NotFound
from node.moderation import store as moderation_store
from node.moderation.model import Rule
from node.network import shares, sharing
from node.network.share_federate import blank_carriers
from node.network.software import Learner
from node.services import Node
from tests.support.neighbours import Neighbour, neighbour
from tests.support.nodes import do, running, until

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """Vienna; Linz, where people write; a Mastodon and a Lemmy, whose people follow Vienna."""

    wien: Node
    linz: Neighbour
    mastodon: Neighbour
    lemmy: Neighbour

    @property
    def group(self) -> str:
        return self.wien.urls.community

    @property
    def fan(self) -> str:
        return f"{self.mastodon.origin}/fan"

    @property
    def reader(self) -> str:
        return f"{self.lemmy.origin}/reader"

    def post(self, author: str, **more: Any) -> Json:
        return {
            "id": self.linz.new_id(),
            "type": "Note",
            "attributedTo": author,
            "to": [PUBLIC],
            "cc": [self.group],
            "content": "<p>Wer kocht mit?</p>",
            "published": "2026-06-01T10:00:00Z",
            **more,
        }

    async def write(self, kind: str, author: str, about: Json | str, **more: Any) -> Json:
        """An activity that Vienna has dealt with."""
        activity = self.linz.activity(kind, author, about, **more)
        await self.linz.insists(self.wien.urls.inbox(self.group), activity)
        await until(lambda: self._dealt_with(activity["id"]))
        return activity

    async def _dealt_with(self, activity_id: str) -> bool:
        row = await self.wien.look(
            lambda tx: tx.row(
                "select state from inbox_activity where activity_id = :id", id=activity_id
            )
        )
        return row is not None and row["state"] not in ("waiting", "parked")

    async def sent(self) -> None:
        """Once nothing waits to be sent."""

        async def empty() -> bool:
            row = await self.wien.look(
                lambda tx: tx.row("select count(*) as n from delivery where state = 'due'")
            )
            return row is not None and row["n"] == 0

        await until(empty)

    async def shared(self) -> list[str]:
        return [each["id"] for each in await do(self.wien, "network.shares")]

    async def trust(self, actor: str, standing: Standing = Standing.TRUSTED) -> None:
        now = self.wien.clock.now()
        rule = Rule(target=actor, standing=standing, created=now, updated=now)
        await self.wien.act(lambda context: moderation_store.put(context.tx, rule))

    async def rule(self, rule: str) -> None:
        await do(self.wien, "network.sharing", share=rule)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with (
        running(tmp_path / "wien") as wien,
        neighbour() as linz,
        neighbour() as mastodon,
        neighbour() as lemmy,
    ):
        await mastodon.follow(mastodon.actor("fan"), wien.urls.community)
        await lemmy.follow(lemmy.actor("reader"), wien.urls.community)
        await _know(wien, lemmy.host, "lemmy")
        yield Scene(wien, linz, mastodon, lemmy)


async def _know(wien: Node, host: str, name: str) -> None:
    await wien.act(
        lambda context: context.tx.run(
            "insert into peer_software (host, name, due_at) values (:host, :name, '9999') "
            "on conflict (host) do update set name = excluded.name, due_at = excluded.due_at",
            host=host,
            name=name,
        )
    )


# --- by hand ---


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


# --- by the rule ---


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


# --- which program a server runs ---


async def test_the_program_of_a_server_is_learned_from_its_node_info(tmp_path: Path):
    async with running(tmp_path / "wien", at_work=True) as wien, neighbour() as forum:
        link = f"{forum.origin}/nodeinfo/2.1"
        rel = "http://nodeinfo.diaspora.software/ns/schema/2.1"
        forum.documents["/.well-known/nodeinfo"] = {"links": [{"rel": rel, "href": link}]}
        forum.documents["/nodeinfo/2.1"] = {"software": {"name": "PieFed", "version": "1.2"}}
        await forum.follow(forum.actor("reader"), wien.urls.community)
        learner = Learner(wien.look, wien.act, wien.fetcher, wien.clock, wien.urls.community)

        while await learner.step():
            pass

        assert await wien.look(lambda tx: shares.running(tx, {"piefed"})) == {forum.host}
        assert not await learner.step()


@pytest.mark.parametrize("name", ["", "<script>", "x" * 50])
async def test_a_server_that_does_not_say_what_it_runs_gets_the_plain_form(
    tmp_path: Path, name: str
):
    async with running(tmp_path / "wien") as wien, neighbour() as forum:
        await forum.follow(forum.actor("reader"), wien.urls.community)
        forum.documents["/.well-known/nodeinfo"] = {"links": [{"rel": name, "href": 7}]}
        learner = Learner(wien.look, wien.act, wien.fetcher, wien.clock, wien.urls.community)

        while await learner.step():
            pass

        rows = await wien.look(lambda tx: tx.rows("select name from peer_software"))
        assert [row["name"] for row in rows] == [None]
