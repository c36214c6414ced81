"""Fixtures for the conversation between servers: two strangers and our inward half; both ends of
the outbox, three times."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from federation.network.sending import MemorySchemes, Sender
from federation.outward.delivery import Courier
from federation.outward.moving import Seeker
from federation.policy import Policy
from federation.ports import Clock
from keys.keypair import make_rsa
from node.storage.database import Database
from node.storage.opening import open_database
from tests.support.couriers import Employ, HandClock, OneKey
from tests.support.intakes import House
from tests.support.outbox_logs import Logs, MemoryLogs, StoredLogs
from tests.support.peers import open_transport
from tests.support.stranger import Inward, Stranger, inward


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def kept_in(request: pytest.FixtureRequest) -> str:
    """ "memory", or the URL of a database with the project's schema."""
    if request.param == "memory":
        return "memory"
    return str(request.getfixturevalue(f"{request.param}_with_schema"))


@pytest.fixture
async def logs(kept_in: str) -> AsyncIterator[Logs]:
    """Both ends of an empty outbox."""
    if kept_in == "memory":
        yield MemoryLogs()
        return
    database = await open_database(kept_in)
    try:
        yield StoredLogs(database)
    finally:
        await database.close()


@pytest.fixture
def stored(database: Database) -> StoredLogs:
    """Both ends of an empty outbox in a database."""
    return StoredLogs(database)


@pytest.fixture
async def strangers() -> AsyncIterator[tuple[Stranger, Stranger]]:
    """Two servers of others."""
    one, other = Stranger(), Stranger()
    async with one.server, other.server:
        yield one, other


@pytest.fixture
def stranger(strangers: tuple[Stranger, Stranger]) -> Stranger:
    """One of them."""
    return strangers[0]


@pytest.fixture
def victim(strangers: tuple[Stranger, Stranger]) -> Stranger:
    """The other one."""
    return strangers[1]


@pytest.fixture
async def node() -> AsyncIterator[Inward]:
    """Our inward half, which talks to loopback."""
    found = inward()
    yield found
    await found.client.close()


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return make_rsa()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def employ(logs: Logs, clock: HandClock, key: RSAPrivateKey) -> AsyncIterator[Employ]:
    """Makes couriers that work on `logs`."""
    async with open_transport() as transport:

        def courier(
            boot: str = "boot",
            *,
            seconds: float = 5,
            alone: bool = True,
            time: Clock = clock,
            policy: Policy | None = None,
            seeker: Seeker | None = None,
        ) -> Courier:
            log, sender = logs.deliveries, Sender(transport, OneKey(key), MemorySchemes(), time)
            return Courier(
                log,
                sender,
                time,
                lambda: 0.5,
                boot,
                policy=policy,
                seeker=seeker,
                alone=alone,
                seconds=seconds,
            )

        yield courier


@pytest.fixture
def house() -> House:
    return House()
