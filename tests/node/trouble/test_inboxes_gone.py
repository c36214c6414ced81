"""Inboxes that are gone, moved or take no such thing: who stays, what is parked and given up."""

from __future__ import annotations

from typing import Any

import pytest

from node.errors import NotFound
from node.services import Node
from tests.node.trouble.waiting import attempted, empty, publish
from tests.support.neighbours import Neighbour, status
from tests.support.nodes import do


async def test_an_inbox_that_is_gone_ends_the_follow(node: Node, there: Neighbour) -> None:
    """410 is believed once her actor is gone too: she leaves, and what waits is given up."""
    await there.follow(there.actor("linz"), node.urls.community)
    there.answer = status(500)
    await publish(node)
    await publish(node)
    first, _ = await attempted(node, number=2)

    there.answer = status(410)
    there.gone.add("/linz")
    await do(node, "queue.retry", id=first["id"])
    await empty(node)
    assert await do(node, "network.followers") == []
    seen = len(there.arrivals)
    await publish(node)
    await empty(node)
    assert len(there.arrivals) == seen


async def test_the_other_followers_of_a_host_stay_when_one_is_gone(
    node: Node, there: Neighbour
) -> None:
    """A 410 speaks for one actor only."""
    gone, stays = there.actor("linz"), there.actor("wels")
    for actor in (gone, stays):
        await there.follow(actor, node.urls.community)
    there.gone.add("/linz")
    ordinary, refusing = there.answer, status(410)

    async def answer(request: Any) -> Any:
        return await (refusing if request.path.startswith("/linz") else ordinary)(request)

    there.answer = answer
    await publish(node)
    await there.comes(stays, "Create")
    await empty(node)
    assert [one["id"] for one in await do(node, "network.followers")] == [stays]


async def test_what_is_too_large_for_a_peer_is_parked(node: Node, there: Neighbour) -> None:
    """It is shown as parked, and can be tried again or given up."""
    actor = there.actor("linz")
    await there.follow(actor, node.urls.community)
    there.answer = status(413)
    await publish(node)
    [parked] = await attempted(node)
    assert (parked["state"], parked["reason"]) == ("parked", "status-413")
    assert parked["next_attempt"] is None
    assert await do(node, "queue.list", parked=True) == [parked]
    assert (await do(node, "status"))["parked"] == 1

    there.answer = status(202)
    assert await do(node, "queue.retry", id=parked["id"]) == {"retried": 1}
    await empty(node)
    assert len(there.got(actor, "Create")) == 2


async def test_what_is_discarded_is_given_up(node: Node, there: Neighbour) -> None:
    """It leaves the queue and is not sent any more; discarding it twice is told."""
    actor = there.actor("linz")
    await there.follow(actor, node.urls.community)
    there.answer = status(413)
    await publish(node)
    [parked] = await attempted(node)
    discarded = await do(node, "queue.discard", id=parked["id"])
    assert discarded == {"id": parked["id"], "discarded": True}
    assert await do(node, "queue.list") == []
    with pytest.raises(NotFound):
        await do(node, "queue.discard", id=parked["id"])
    assert await do(node, "queue.retry", all=True) == {"retried": 0}
    assert len(there.got(actor, "Create")) == 1


async def test_an_inbox_that_is_never_found_is_parked_in_the_end(
    node: Node, there: Neighbour
) -> None:
    """404 is not believed at once, but the fourth time; the follower stays."""
    await there.follow(there.actor("linz"), node.urls.community)
    there.answer = status(404)
    await publish(node)
    for attempt in range(1, 4):
        [row] = await attempted(node, attempt)
        assert row["state"] == "waiting"
        await do(node, "queue.retry", all=True)
    [row] = await attempted(node, 4)
    assert (row["state"], row["reason"]) == ("parked", "status-404")
    assert len(await do(node, "network.followers")) == 1


async def test_a_follower_whose_inbox_moved_gets_it_there(node: Node, there: Neighbour) -> None:
    """404, and her actor names another inbox: she is not asked to follow anew."""
    actor = there.actor("linz")
    await there.follow(actor, node.urls.community)
    there.documents["/linz"]["inbox"] = f"{actor}/new"
    ordinary, missing = there.answer, status(404)

    async def answer(request: Any) -> Any:
        return await (ordinary if request.path == "/linz/new" else missing)(request)

    there.answer = answer
    await publish(node)
    await empty(node)
    assert there.arrivals[-1].path == "/linz/new"
    seen = len(there.arrivals)
    await publish(node)
    await empty(node)
    assert [each.path for each in there.arrivals[seen:]] == ["/linz/new"]
