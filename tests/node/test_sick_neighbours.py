"""Beside two hundred dead hosts and twenty that drip, every healthy one gets what is for it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from federation.memory import MemoryKeyring
from federation.network.addresses import AddressPolicy, networks
from federation.network.client import Client
from federation.network.sending import MemorySchemes, Sender
from federation.outward.delivery import Courier
from federation.outward.outbox import put
from federation.ports import Destination
from keys.keypair import make_rsa
from node.services import SystemClock
from node.storage.database import Database, Transaction
from node.storage.migrate import migrate
from node.storage.opening import open_database
from node.storage.outbox import StoredDeliveries, StoredOutbox
from tests.support.nodes import until
from tests.support.outbox_logs import ACTOR, activity

HEALTHY, DEAD, DRIPPING, EVENTS = 60, 200, 20, 3
_ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


class Crowd:
    """Many hosts on loopback, each an address of its own; `got` counts answered requests."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()
        self.most_waiting = 0
        self._waiting = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the healthy or the dripping."""
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                length = int(head.partition("content-length:")[2].split("\r\n")[0])
                await reader.readexactly(length)
                await self._answer(head.split()[1], reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()

    async def _answer(
        self, path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if path.startswith("/ok"):
            self.got[path] += 1
            writer.write(_ANSWER)
            return
        self._waiting += 1
        self.most_waiting = max(self.most_waiting, self._waiting)
        try:
            # A head without an end: a 2xx whose body drips would be taken at its word.
            writer.write(b"HTTP/1.1 202 Accepted\r\nX-Drip: ")
            while not await self._gone(reader):
                writer.write(b".")
        finally:
            self._waiting -= 1

    @staticmethod
    async def _gone(reader: asyncio.StreamReader) -> bool:
        """Whether the other side has hung up; half a second later False."""
        try:
            return not await asyncio.wait_for(reader.read(1), 0.5)
        except TimeoutError:
            return False


@asynccontextmanager
async def _crowd() -> AsyncIterator[tuple[Crowd, int, int]]:
    """The crowd, the port where it listens, and one where nobody does."""
    crowd = Crowd()
    server = await asyncio.start_server(crowd.serve, "0.0.0.0", 0, backlog=1024)
    nobody = await asyncio.start_server(crowd.serve, "127.0.0.1", 0)
    closed = nobody.sockets[0].getsockname()[1]
    nobody.close()
    try:
        yield crowd, server.sockets[0].getsockname()[1], closed
    finally:
        server.close()


def _at(port: int, path: str, first: int, number: int) -> list[Destination]:
    hosts = [
        f"127.9.{each // 250}.{1 + each % 250}:{port}" for each in range(first, first + number)
    ]
    return [Destination(inbox=f"http://{host}/{path}?{host}", host=host) for host in hosts]


async def _publish(tx: Transaction, number: int, to: list[Destination]) -> None:
    document = activity(str(number), "Create", f"https://wien.test/e/{number}")
    about, now = str(document["object"]), datetime.now(UTC)
    await put(StoredOutbox(tx), document, object_id=about, destinations=to, now=now)


@asynccontextmanager
async def _courier(database: Database) -> AsyncIterator[asyncio.Event]:
    clock, wake, stop = SystemClock(), asyncio.Event(), asyncio.Event()
    client = Client(AddressPolicy(networks(["127.0.0.0/8"])), "https://wien.test")
    sender = Sender(client, MemoryKeyring({ACTOR: make_rsa()}), MemorySchemes(), clock)
    log = StoredDeliveries(database)
    courier = Courier(log, sender, clock, lambda: 0.5, "boot", seconds=4)
    task = asyncio.create_task(courier.run(wake, stop))
    try:
        yield wake
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)
        await client.close()


async def test_all_healthy_hosts_get_theirs_beside_dead_and_dripping_ones(tmp_path: Path) -> None:
    database = await open_database(f"sqlite:///{tmp_path}/data/josoor.db")
    await migrate(database, now=datetime.now(UTC))
    async with _crowd() as (crowd, port, closed), _courier(database) as wake:
        sick = [*_at(closed, "dead", 0, DEAD), *_at(port, "drip", 1000, DRIPPING)]
        everybody = [*sick, *_at(port, "ok", 2000, HEALTHY)]
        for number in range(EVENTS):
            await database.write(partial(_publish, number=number, to=everybody))
            wake.set()

        async def all_there() -> bool:
            return len(crowd.got) == HEALTHY and set(crowd.got.values()) == {EVENTS}

        await until(all_there, seconds=30)
        assert crowd.most_waiting <= DRIPPING, "one at a time for who is slow"
        left = await database.read(
            lambda tx: tx.rows("select host from delivery where state = 'due'")
        )
        # What the healthy have answered a moment ago may still be about to be written down.
        theirs = [row for row in left if row["host"] in {each.host for each in sick}]
        assert len(theirs) == EVENTS * (DEAD + DRIPPING), "nothing of the others is lost"
    await database.close()
