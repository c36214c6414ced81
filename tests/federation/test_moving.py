"""An inbox that is gone or has moved: its actor is asked, and nothing is lost on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from federation.errors import FederationError, Gone, Unreachable
from federation.outward.moving import Seeker
from federation.ports import RemoteActor
from tests.support.couriers import Employ, HandClock, finish, inbox_of
from tests.support.outbox_logs import NOW, Logs, MemoryLogs, StoredLogs, claim, post
from tests.support.peers import peer, statuses


class Elsewhere:
    """Actors of other servers as they are served now: an actor, or an error."""

    def __init__(self, **found: RemoteActor | FederationError) -> None:
        self.found = found
        self.asked: list[str] = []

    async def actor(self, actor_id: str, *, fresh: bool = False) -> RemoteActor:
        assert fresh
        self.asked.append(actor_id)
        found = self.found[actor_id]
        if isinstance(found, FederationError):
            raise found
        return found


def _actor(name: str, inbox: str) -> RemoteActor:
    return RemoteActor(
        id=name,
        type="Person",
        username=name,
        host="a.test",
        name=name,
        inbox=inbox,
        shared_inbox=None,
        followers=None,
        outbox=None,
        url=None,
        keys=(),
        fetched_at=NOW,
        document=b"{}",
    )


async def _follow(logs: Logs, actor: str, inbox: str) -> None:
    if isinstance(logs, MemoryLogs):
        logs.room.followers[actor] = inbox
        return
    assert isinstance(logs, StoredLogs)
    await logs.database.write(
        lambda tx: tx.run(
            "insert into follower (community, actor, inbox, follow_id, since) "
            "values ('wien', :actor, :inbox, 'f', 'now')",
            actor=actor,
            inbox=inbox,
        )
    )


@pytest.mark.parametrize("status", [404, 410])
async def test_who_is_gone_follows_no_more_and_gets_nothing(
    employ: Employ, logs: Logs, clock: HandClock, status: int
) -> None:
    async with peer(statuses(status)) as server:
        await _follow(logs, "anna", server.url("/in"))
        await post(logs, "1", inbox_of(server))
        await post(logs, "2", inbox_of(server), object_id="https://wien.test/e/2")
        there = Elsewhere(anna=Gone("410"))
        assert await employ(seeker=Seeker(logs.deliveries, there, clock)).step() == 1
        assert await logs.deliveries.behind(server.url("/in")) == []
        assert await claim(logs, now=NOW + timedelta(days=30)) == []
        assert (len(server.arrivals), there.asked) == (1, ["anna"])


@pytest.mark.parametrize("status", [301, 308, 404, 410])
async def test_an_inbox_that_moved_gets_what_waits_at_its_new_address(
    employ: Employ, logs: Logs, clock: HandClock, status: int
) -> None:
    async with peer(statuses(status)) as old, peer(statuses(202)) as new:
        await _follow(logs, "anna", old.url("/in"))
        await post(logs, "1", inbox_of(old))
        await post(logs, "2", inbox_of(old), object_id="https://wien.test/e/2")
        there = Elsewhere(anna=_actor("anna", new.url("/new")))
        courier = employ(seeker=Seeker(logs.deliveries, there, clock))
        await finish(courier, logs, clock)
        assert (len(old.arrivals), len(new.arrivals)) == (1, 2)
        assert {arrived.path for arrived in new.arrivals} == {"/new"}


@pytest.mark.parametrize("status", [404, 410])
async def test_an_inbox_that_its_actor_still_names_gets_three_more_attempts(
    employ: Employ, logs: Logs, clock: HandClock, status: int
) -> None:
    async with peer(statuses(status)) as server:
        await _follow(logs, "anna", server.url("/in"))
        await post(logs, "1", inbox_of(server))
        there = Elsewhere(anna=_actor("anna", server.url("/in")))
        await finish(employ(seeker=Seeker(logs.deliveries, there, clock)), logs, clock)
        assert (len(server.arrivals), there.asked) == (4, ["anna"])
        assert await logs.deliveries.behind(server.url("/in")) == ["anna"]


async def test_an_actor_that_cannot_be_asked_keeps_its_place(
    employ: Employ, logs: Logs, clock: HandClock
) -> None:
    async with peer(statuses(410, 202)) as server:
        await _follow(logs, "anna", server.url("/in"))
        await post(logs, "1", inbox_of(server))
        there = Elsewhere(anna=Unreachable("away"))
        await finish(employ(seeker=Seeker(logs.deliveries, there, clock)), logs, clock)
        assert len(server.arrivals) == 2
        assert await logs.deliveries.behind(server.url("/in")) == ["anna"]
