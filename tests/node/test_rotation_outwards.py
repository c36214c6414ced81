"""Keys are rotated while a thousand deliveries wait: no 401, no follower lost, nothing reordered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from federation.network.sending import Sender
from federation.outward.delivery import Courier
from federation.ports import Destination
from node.storage.database import Database, Transaction
from node.storage.outbox import StoredDeliveries
from node.storage.schemes import StoredSchemes
from tests.support.profiles import Fediverse, GoToSocial, Mastodon, Profile
from tests.support.rotating import FIRST, SECOND, THIRD, US, OurNode

HOSTS, EACH = 40, 25
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class World:
    """Our node, its courier and many servers whose people follow us."""

    def __init__(self, database: Database) -> None:
        self.node = OurNode(database)
        self.fediverse = Fediverse()
        schemes = StoredSchemes(database)
        clock = self.node.clock
        self.courier = Courier(
            StoredDeliveries(database),
            Sender(self.fediverse, self.node.keyring, schemes, clock),
            clock,
            lambda: 0.5,
            "boot",
        )

    @property
    def servers(self) -> list[Profile]:
        return list(self.fediverse.servers.values())

    async def settle(self, number: int = HOSTS) -> None:
        """Found us, let people on so many servers follow us, and say something to all of them."""
        await self.node.found()
        for count in range(number):
            kind = (Mastodon, GoToSocial)[count % 2]
            host = f"host{count}.test"
            self.fediverse.add(kind(host, self.node.document, self.node.clock))
            for name in ("carol", "david"):
                person = f"https://{host}/u/{name}"
                await self.node.follow(person, f"{person}/inbox", f"https://{host}/inbox")
        await self.publish("https://wien.test/e/first")
        await self.work()
        assert all(server.held for server in self.servers), "everybody holds our first key"

    async def publish(self, object_id: str) -> None:
        await self.node.publish(object_id, [_inbox(server) for server in self.servers])

    async def work(self, until: timedelta = timedelta()) -> None:
        """Deliver what is due now and what falls due for so long."""
        end = self.node.clock.now() + until
        deliveries = StoredDeliveries(self.node.database)
        while True:
            while await self.courier.step():
                pass
            due = await deliveries.next_due()
            if due is None or due > end:
                break
            self.node.clock.advance(max(due - self.node.clock.now(), timedelta(seconds=1)))
        self.node.clock.advance(max(end - self.node.clock.now(), timedelta()))

    async def waiting(self) -> int:
        async def read(tx: Transaction) -> int:
            row = await tx.row("select count(*) as n from delivery where state = 'due'")
            assert row is not None
            return int(row["n"])

        return await self.node.database.read(read)

    async def followers(self) -> int:
        async def read(tx: Transaction) -> int:
            row = await tx.row("select count(*) as n from follower")
            assert row is not None
            return int(row["n"])

        return await self.node.database.read(read)


def _inbox(server: Profile) -> Destination:
    return Destination(inbox=f"https://{server.host}/inbox", host=server.host)


def _numbers(server: Profile) -> list[int]:
    """What was published, in the order in which this server heard it."""
    return [each.activity["number"] for each in server.heard if each.kind == "Create"]


def _after_update(server: Profile) -> list[str]:
    """With which keys it was written to from the first Update on."""
    kinds = [each.kind for each in server.heard]
    return [each.key_id for each in server.heard[kinds.index("Update") :]]


@pytest.fixture
async def world(database: Database) -> World:
    return World(database)


async def test_a_rotation_with_a_thousand_waiting_and_a_host_away_for_a_week_is_noticed_by_nobody(
    world: World,
) -> None:
    await world.settle()
    away = world.servers[1]
    away.up = False
    for number in range(EACH):
        await world.publish(f"https://wien.test/e/{number % 5}")
    assert await world.waiting() == HOSTS * EACH

    assert await world.node.rotate() == SECOND
    await world.work(DAY)
    present = [server for server in world.servers if server is not away]
    assert all(_after_update(server) == [FIRST, *[SECOND] * EACH] for server in present)
    await world.node.retire()
    assert (await world.node.keys())["main-key"].sealed, "one host still needs it"

    await world.work(6 * DAY)
    assert set((await world.node.acknowledged()).values()) == {FIRST, SECOND}
    away.up = True
    await world.publish("https://wien.test/e/last")
    await world.work(DAY)
    assert await world.waiting() == 0
    assert _after_update(away) == [FIRST, *[SECOND] * (EACH + 1)]

    assert {status for server in world.servers for status in server.statuses} == {202}
    assert [server.refollows for server in world.servers] == [0] * HOSTS
    assert await world.followers() == 2 * HOSTS
    for server in world.servers:
        numbers = _numbers(server)
        assert sorted(numbers) == list(range(1, EACH + 3)), "all of it, and once"
        for lane in range(5):
            own = [number for number in numbers if (number - 2) % 5 == lane]
            assert own == sorted(own)
    await world.node.retire()
    old = (await world.node.keys())["main-key"]
    assert (old.sealed, old.retired_at) == (b"", world.node.clock.now())


async def test_a_second_rotation_while_the_first_is_under_way_is_noticed_by_nobody(
    world: World,
) -> None:
    await world.settle(8)
    away = world.servers[:2]
    for server in away:
        server.up = False
    await world.publish("https://wien.test/e/1")
    await world.node.rotate()
    await world.work(DAY)
    assert await world.node.rotate() == THIRD
    await world.publish("https://wien.test/e/1")
    await world.work(DAY)
    for server in away:
        server.up = True
    await world.work(2 * DAY)
    assert await world.waiting() == 0
    assert {status for server in world.servers for status in server.statuses} == {202}
    assert [server.refollows for server in world.servers] == [0] * 8
    assert all(_numbers(server) == [1, 2, 3] for server in world.servers)
    await world.node.retire()
    keys = await world.node.keys()
    assert [bool(keys[name].sealed) for name in ("main-key", "main-key-2", "main-key-3")] == [
        False,
        False,
        True,
    ]


async def test_a_host_that_is_met_during_a_rotation_gets_the_newest_key_at_once(
    world: World,
) -> None:
    await world.settle(2)
    world.servers[0].up = False
    await world.node.rotate()
    await world.work(MINUTE)
    late = world.fediverse.add(GoToSocial("late.test", world.node.document, world.node.clock))
    await world.publish("https://wien.test/e/2")
    await world.work(MINUTE)
    assert [(each.kind, each.key_id, each.status) for each in late.heard] == [
        ("Create", SECOND, 202)
    ]


async def test_a_host_that_has_fetched_our_new_key_by_itself_is_met_with_that(
    world: World,
) -> None:
    await world.settle(2)
    await world.node.rotate()
    there = world.servers[1]
    document = await world.node.document()
    there.held[US] = document["publicKey"]["publicKeyPem"]  # type: ignore[index]
    await world.publish("https://wien.test/e/2")
    await world.work(MINUTE)
    assert there.heard[-1].key_id == SECOND
    assert there.heard[-1].status == 202
    assert (await world.node.acknowledged())[there.host] == SECOND


async def test_a_host_that_looks_at_us_before_it_was_told_is_shown_the_key_that_it_holds(
    world: World,
) -> None:
    """It may look at any time, and an unannounced key would let its people follow anew."""
    await world.settle(2)
    await world.node.rotate()
    mastodon = world.servers[0]
    assert await _shown_to(world, mastodon.host) == FIRST
    assert await _shown_to(world, "stranger.test") == SECOND
    assert await _shown_to(world, None) == SECOND
    mastodon.up = False
    await world.work()
    assert await _shown_to(world, mastodon.host) == SECOND, "the answer may have been lost"
    mastodon.up = True
    await world.work(DAY)
    assert await _shown_to(world, mastodon.host) == SECOND
    assert mastodon.refollows == 0


async def test_a_host_that_was_told_of_a_key_is_not_shown_the_next_one_before_its_turn(
    world: World,
) -> None:
    await world.settle(2)
    await world.node.rotate()
    await world.work(MINUTE)
    await world.node.rotate()
    assert await _shown_to(world, world.servers[0].host) == SECOND
    await world.work(MINUTE)
    assert await _shown_to(world, world.servers[0].host) == THIRD


async def _shown_to(world: World, asker: str | None) -> object:
    return (await world.node.document(asker=asker))["publicKey"]["id"]  # type: ignore[index]


async def test_a_change_of_keys_without_announcement_would_have_been_noticed(
    world: World,
) -> None:
    await world.settle(2)
    await world.node.rotate()

    async def forget(tx: Transaction) -> None:
        await tx.run("delete from host_key_ack")
        await tx.run("update delivery set state = 'cancelled' where state = 'due'")

    await world.node.database.write(forget)
    await world.publish("https://wien.test/e/2")
    await world.work(MINUTE)
    mastodon, gotosocial = world.servers
    assert mastodon.refollows == 1
    assert gotosocial.statuses == {202, 401}
