"""Whatever order activities come in, and however often, the same is left in the end (T4, R08, R09).

One stream of valid activities by several peers, and one forged, goes through the real log and the
real intake of a node in every order that Hypothesis thinks of, some of them twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from activitypub.names import PUBLIC
from federation.errors import NotFound
from federation.inward.intake import Intake
from federation.ports import Received, RemoteActor
from node.app import listeners
from node.services import Node
from node.storage.actors import StoredActors
from node.storage.database import Row, Transaction
from node.storage.inbox import StoredInbox
from tests.support.nodes import running

Json = dict[str, Any]
_NUMBERS = itertools.count(1)
_THEN = datetime(2026, 6, 1, tzinfo=UTC)


class World:
    """Peers on hosts of their own, what their origins serve, and what they send, in order."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.host = f"p{next(_NUMBERS)}.test"
        self.origin = f"https://{self.host}"
        self.documents: dict[str, Json] = {}
        self.stream: list[Json] = []
        self._ids = itertools.count(1)

    async def document(self, url: str) -> Json:
        """What the origin serves today."""
        if url not in self.documents:
            raise NotFound("404")
        return self.documents[url]

    def actor(self, name: str) -> str:
        return f"{self.origin}/{name}"

    def say(self, name: str, kind: str, about: Json | str, **more: Any) -> Json:
        """One more activity of the stream."""
        activity = {
            "id": f"{self.origin}/a/{next(self._ids)}",
            "type": kind,
            "actor": self.actor(name),
            "object": about,
            **more,
        }
        self.stream.append(activity)
        return activity

    def thing(self, name: str, author: str, day: int, kind: str = "Note") -> Json:
        """A thing as its author had it on this day, and as its origin serves it from now on."""
        document: Json = {
            "id": f"{self.origin}/o/{name}",
            "type": kind,
            "attributedTo": self.actor(author),
            "to": [PUBLIC],
            "name": f"{name} on day {day}",
            "startTime": "2031-06-01T15:00:00Z",
            "published": _THEN.isoformat(),
            "updated": (_THEN + timedelta(days=day)).isoformat(),
        }
        self.documents[document["id"]] = document
        return document

    def person(self, name: str, day: int) -> Json:
        return {
            "id": self.actor(name),
            "type": "Group",
            "name": f"{name} on day {day}",
            "preferredUsername": name,
            "inbox": f"{self.actor(name)}/inbox",
            "updated": (_THEN + timedelta(days=day)).isoformat(),
        }

    def received(self, activity: Json, at: datetime) -> Received:
        body = orjson.dumps(activity)
        about = activity["object"]
        inner = about.get("object") if isinstance(about, dict) else None
        return Received(
            activity_id=activity["id"],
            digest=hashlib.sha256(body).hexdigest(),
            sender=activity["actor"],
            host=self.host,
            kind=activity["type"],
            object_id=about["id"] if isinstance(about, dict) else about,
            touches=inner if activity["type"] == "Undo" and isinstance(inner, str) else None,
            inbox=self.node.urls.shared_inbox,
            body=body,
            received_at=at,
        )


def tell(world: World) -> None:
    """The stream: what five neighbours do in a fortnight."""
    us, relay = world.node.urls.community, world.node.urls.relay
    for day in range(3):
        kind = "Update" if day else "Create"
        world.say("graz", kind, world.thing("fest", "graz", day, "Event"))
    world.say("graz", "Create", world.thing("gone", "graz", 0))
    world.say("graz", "Update", world.thing("gone", "graz", 1))
    world.say("graz", "Delete", {"id": f"{world.origin}/o/gone", "type": "Tombstone"})
    world.say("graz", "Create", world.thing("post", "graz", 0))
    for day in range(3):
        world.say("graz", "Update", world.person("graz", day))
    # shared by a neighbour, and taken back
    for name in ("kept", "back", "bare"):
        announce = world.say("linz", "Announce", world.thing(name, "stranger", 1)["id"])
        if name == "back":
            world.say("linz", "Undo", announce)
        elif name == "bare":
            world.say("linz", "Undo", announce["id"])
    shared = world.say("linz", "Announce", f"{world.origin}/o/fest")
    world.say("linz", "Undo", shared)
    # follows that stay, and that end in either way
    world.say("steyr", "Follow", us)
    world.say("wels", "Undo", world.say("wels", "Follow", us))
    world.say("wels", "Undo", world.say("wels", "Follow", relay)["id"])
    world.say("enns", "Follow", us)
    world.say("enns", "Delete", world.actor("enns"))
    # nobody may bury what is not his
    world.say("steyr", "Delete", f"{world.origin}/o/post")
    world.say("steyr", "Undo", {**shared, "id": f"{world.origin}/a/none"})


async def play(node: Node, order: Sequence[int], seed: int) -> dict[str, list[Json]]:
    """What is left after the stream came in this order, in portions."""
    world = World(node)
    tell(world)
    assert len(world.stream) == LENGTH
    chance = random.Random(seed)
    log, now = StoredInbox(node.database), node.clock.now()
    await _be_known(world)
    intake = Intake(
        log, StoredActors(node.database), world, node.perform, listeners(), node.clock,
        node.urls.origin,
    )  # fmt: skip
    for place, number in enumerate(order):
        at = now + timedelta(microseconds=place) - timedelta(minutes=1)
        await log.add(world.received(world.stream[number % len(world.stream)], at))
        if chance.random() < 0.3:
            await intake.step()
    while await intake.step():
        pass
    left = await node.database.read(lambda tx: _left(tx, world))
    await node.database.write(_sweep)
    return left


async def _be_known(world: World) -> None:
    """All of them are known here, and two of them are followed."""
    cache, now = StoredActors(world.node.database), world.node.clock.now()
    for name in ("graz", "linz", "stranger", "steyr", "wels", "enns"):
        actor = world.actor(name)
        await cache.keep(
            RemoteActor(
                id=actor,
                type="Group",
                username=name,
                host=world.host,
                name=name,
                inbox=f"{actor}/inbox",
                shared_inbox=None,
                followers=None,
                outbox=None,
                url=None,
                keys=(),
                fetched_at=now,
                document=b"{}",
            )
        )

    async def follow(tx: Transaction) -> None:
        for name in ("graz", "linz"):
            await tx.run(
                "insert into following (actor, handle, name, inbox, follow_id, state, since) values "
                "(:actor, 'x', 'x', 'x', :actor, 'accepted', '2026-01-01T00:00:00.000000Z')",
                actor=world.actor(name),
            )

    await world.node.database.write(follow)


_TABLES: Mapping[str, tuple[str, ...]] = {
    "follower": ("community", "actor", "follow_id"),
    "following": ("actor", "name", "state"),
    "remote_object": ("id", "author", "kind", "shared_by", "updated", "document"),
    "tombstone": ("id", "author"),
}


async def _left(tx: Transaction, world: World) -> dict[str, list[Json]]:
    """Every table that the stream writes, without times of arrival and without the world's name."""
    left = {}
    for table, columns in _TABLES.items():
        rows = await tx.rows(f"select {', '.join(columns)} from {table}")
        text = orjson.dumps(sorted(rows, key=_text)).decode().replace(world.host, "host")
        left[table] = orjson.loads(text)
    # A stranger's tombstone for what he did not write is there, and means nothing.
    held = {row["id"] for row in left["remote_object"]}
    left["tombstone"] = [row for row in left["tombstone"] if row["id"] not in held]
    states = await tx.rows("select distinct state from inbox_activity where state <> 'done'")
    left["stuck"] = [row for row in states if row["state"] in {"waiting", "parked"}]
    return left


def _text(row: Row) -> str:
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode()


async def _sweep(tx: Transaction) -> None:
    for table in (*_TABLES, "pending_undo", "inbox_activity"):
        await tx.run(f"delete from {table}")


LENGTH = 26


@pytest.fixture(scope="module")
def wien(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, Node]]:
    """A node, and the loop that it lives in."""
    folder = tmp_path_factory.mktemp("shuffles") / "wien"
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        node = runner.run(stack.enter_async_context(running(folder, at_work=False)))
        yield runner, node
        runner.run(stack.aclose())


def test_the_stream_in_its_own_order_leaves_what_it_should(
    wien: tuple[asyncio.Runner, Node],
) -> None:
    runner, node = wien
    left = runner.run(play(node, range(LENGTH), 0))
    names = [
        row["document"].partition('"name": "')[2].partition('"')[0] for row in left["remote_object"]
    ]
    assert sorted(names) == ["fest on day 2", "kept on day 1", "post on day 0"]
    assert [row["actor"] for row in left["follower"]] == ["https://host/steyr"]
    assert [row["name"] for row in left["following"]] == ["graz on day 2", "x"]
    assert [row["id"] for row in left["tombstone"]] == ["https://host/enns", "https://host/o/gone"]
    assert left["stuck"] == []


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    order=st.permutations(range(LENGTH)),
    again=st.lists(st.tuples(st.integers(0, 60), st.integers(0, LENGTH - 1)), max_size=12),
    seed=st.integers(0, 99),
)
def test_t4_any_order_with_repetitions_ends_in_the_same_state(
    wien: tuple[asyncio.Runner, Node], order: list[int], again: list[tuple[int, int]], seed: int
) -> None:
    runner, node = wien
    expected = runner.run(play(node, range(LENGTH), 0))
    for place, number in again:
        order.insert(place, number)
    assert runner.run(play(node, order, seed)) == expected


async def test_t4_the_same_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    async with running(tmp_path / "wien", database=postgres_url, at_work=False) as node:
        expected = await play(node, range(LENGTH), 0)
        for seed in range(4):
            order = list(range(LENGTH)) * 2
            random.Random(seed).shuffle(order)
            assert await play(node, order, seed) == expected
