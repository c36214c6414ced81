"""What others ask of us and answer to us does what it should: Follow, Undo, Accept, Join."""

from __future__ import annotations

from typing import Any

import aiohttp

from activitypub.contexts import OBJECT_CONTEXT
from activitypub.names import ACTIVITY_JSON
from node.services import Node
from tests.node.network.telling import tell
from tests.support.neighbours import Neighbour
from tests.support.nodes import EVENT, do, until


async def test_a_post_without_a_signature_is_refused(node: Node, there: Neighbour) -> None:
    """Whoever does not sign is answered 401, and follows nobody."""
    follow = there.activity("Follow", there.actor("linz"), node.urls.community)
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            node.urls.shared_inbox, json=follow, headers={"Content-Type": ACTIVITY_JSON}
        ) as answer,
    ):
        assert answer.status == 401
    assert await do(node, "network.followers") == []


async def test_whoever_follows_twice_is_one_follower_with_two_accepts(
    node: Node, there: Neighbour
) -> None:
    """Each Follow is answered by an Accept that carries it, and she is counted once."""
    actor = there.actor("linz")
    first = await there.follow(actor, node.urls.community)
    second = await there.follow(actor, node.urls.community)
    accepts = await there.comes(actor, "Accept", 2)
    assert [each["object"]["id"] for each in accepts] == [first["id"], second["id"]]
    assert [one["id"] for one in await do(node, "network.followers")] == [actor]


async def test_the_same_follow_sent_again_changes_nothing(node: Node, there: Neighbour) -> None:
    """A repeated POST is acknowledged, since the sender may not have had our answer."""
    actor = there.actor("linz")
    follow = await there.follow(actor, node.urls.community)
    await there.insists(node.urls.inbox(node.urls.community), follow)
    assert len(await do(node, "network.followers")) == 1


async def test_a_follow_undone_before_it_arrived_makes_no_follower(
    node: Node, there: Neighbour
) -> None:
    """An Undo that overtakes its Follow wins."""
    actor = there.actor("linz")
    follow = there.activity("Follow", actor, node.urls.community)
    inner = {key: value for key, value in follow.items() if key != "@context"}
    assert await tell(node, there, there.activity("Undo", actor, inner)) == "done"
    await tell(node, there, follow)
    assert await do(node, "network.followers") == []


async def test_an_undo_that_names_only_the_id_ends_the_follow(node: Node, there: Neighbour) -> None:
    """Some servers do not embed what they undo."""
    actor = there.actor("linz")
    follow = await there.follow(actor, node.urls.community)
    assert await tell(node, there, there.activity("Undo", actor, follow["id"])) == "done"
    assert await do(node, "network.followers") == []


async def test_an_undo_of_somebody_elses_follow_does_nothing(node: Node, there: Neighbour) -> None:
    """Only she who follows can end it."""
    actor, other = there.actor("linz"), there.actor("graz")
    follow = await there.follow(actor, node.urls.community)
    inner = {key: value for key, value in follow.items() if key != "@context"}
    undo = there.activity("Undo", other, inner)
    assert await tell(node, there, undo) == "refused:not-the-signers-follow"
    await tell(node, there, there.activity("Undo", other, follow["id"]))
    assert [one["id"] for one in await do(node, "network.followers")] == [actor]


async def test_an_accept_that_nobody_asked_for_changes_nothing(
    node: Node, there: Neighbour
) -> None:
    """Whom we did not ask cannot make us follow."""
    actor = there.actor("linz")
    follow = {
        "id": node.urls.activity("01m80y94haqddkrdaqm6y5bnex"),
        "type": "Follow",
        "actor": node.urls.community,
        "object": actor,
    }
    assert await tell(node, there, there.activity("Accept", actor, follow)) == "refused:never-asked"
    assert await do(node, "network.following") == []


async def test_only_whom_we_asked_can_accept(node: Node, there: Neighbour) -> None:
    """An Accept by another actor of the same server does not count."""
    asked, other = there.actor("linz"), there.actor("graz")
    await do(node, "network.follow", actor=asked)
    follow = (await there.comes(asked, "Follow"))[0]
    accept = there.activity("Accept", other, follow)
    assert await tell(node, there, accept) == "refused:never-asked"
    assert [one["state"] for one in await do(node, "network.following")] == ["asked"]


async def test_a_join_where_nobody_signs_up_is_answered_with_ignore(
    node: Node, there: Neighbour
) -> None:
    """Whoever asks to join an event is not left waiting. Spec: FEP-8a8e"""
    event = await do(node, "event.publish", document={**EVENT, "join": "none"})
    actor = there.actor("linz")
    join = there.activity("Join", actor, event["id"])
    assert await tell(node, there, join) == "done"
    ignore = (await there.comes(actor, "Ignore"))[0]
    assert (ignore["object"], ignore["actor"]) == (join["id"], node.urls.community)
    assert ignore["@context"] == OBJECT_CONTEXT

    async def empty() -> Any:
        return await do(node, "queue.list") == []

    await until(empty)
