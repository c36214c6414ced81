"""A thousand peers in one process, and a courier that delivers to them.

Started as a program, this file is the peers: `python bench/_peers.py PORT [CERTIFICATE TICKETS]`.
It answers on every address of 127.0.0.0/8, each of which is a host of its own; with a certificate
over TLS, giving so many tickets for taking a session up. The path says how: `/ok` at once, `/bye`
at once and hangs up, `/far` after 250 ms, `/slow` after 5 s, `/dead` never.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar, cast

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks

from federation.memory import MemoryKeyring
from federation.network.addresses import AddressPolicy, networks
from federation.network.client import Client
from federation.network.sending import MemorySchemes, Sender
from federation.outward.delivery import Courier
from federation.outward.outbox import put
from federation.ports import Destination
from keys.keypair import make_rsa
from node.storage.database import Database, Transaction
from node.storage.migrate import migrate
from node.storage.opening import open_database
from node.storage.outbox import StoredDeliveries, StoredOutbox

ACTOR = "https://wien.example/c/wien"
_DELAYS = {"/far": 0.25, "/slow": 5.0, "/dead": 3600.0}
_ANSWER = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"


class _Peer(asyncio.Protocol):
    """One connection; `last` is when each path was asked for last, by all of them."""

    last: ClassVar[dict[str, float]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport, self._data = cast(asyncio.Transport, transport), b""

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:end].decode().lower()
            length = int(head.partition("content-length:")[2].split("\r\n")[0] or 0)
            if len(self._data) < end + 4 + length:
                return
            self._data = self._data[end + 4 + length :]
            self._answer(head.split()[1])

    def _answer(self, path: str) -> None:
        if path == "/told":
            self._tell()
            return
        kind = path.partition("?")[0]
        self.last[path] = time.monotonic()
        asyncio.get_running_loop().call_later(_DELAYS.get(kind, 0), self._send, _ANSWER)
        if kind == "/bye":
            asyncio.get_running_loop().call_later(0, self._transport.close)

    def _tell(self) -> None:
        """Path and moment of all arrivals since this was last asked."""
        body = "\n".join(f"{path} {at}" for path, at in self.last.items()).encode()
        self.last.clear()
        self._send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    def _send(self, data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(data)


@contextmanager
def peers(certificate: Path | None = None, *, tickets: int = 2) -> Iterator[int]:
    """The port on which they answer while the block lasts; over TLS if there is a certificate."""
    port = rig.free_port()
    tls = [str(certificate), str(tickets)] if certificate else []
    process = subprocess.Popen([sys.executable, __file__, str(port), *tls], cwd=rig.ROOT)
    try:
        _until_open(process, port)
        yield port
    finally:
        process.kill()
        process.wait()


def _until_open(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(500):
        with suppress(OSError), socket.socket() as probe:
            probe.connect(("127.0.0.1", port))
            return
        assert process.poll() is None, "the peers ended at once"
        time.sleep(0.02)


def destinations(
    port: int, kind: str, hosts: int, inboxes: int = 1, first: int = 0
) -> list[Destination]:
    """So many inboxes on each of so many hosts, the hosts counted from `first`."""
    found = []
    for number in range(first, first + hosts):
        host = f"127.{1 + number // 60000}.{number // 250 % 240}.{1 + number % 250}:{port}"
        found += [
            Destination(inbox=f"http://{host}/{kind}?{number}-{inbox}", host=host)
            for inbox in range(inboxes)
        ]
    return found


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True)
class Bench:
    """A courier at work on a database of its own."""

    database: Database
    wake: asyncio.Event
    port: int
    _number: int = 0

    async def publish(self, to: Sequence[Destination]) -> float:
        """Let an event of 2 kB leave; the moment before that, as `time.monotonic` has it."""
        self._number += 1
        activity = {
            "id": f"{ACTOR}/a/{self._number}",
            "type": "Create",
            "actor": ACTOR,
            "object": {"id": f"{ACTOR}/e/{self._number}", "type": "Event", "content": "x" * 1900},
        }
        began, about = time.monotonic(), f"{ACTOR}/e/{self._number}"

        async def work(tx: Transaction) -> None:
            now = datetime.now(UTC)
            await put(StoredOutbox(tx), activity, object_id=about, destinations=to, now=now)

        await self.database.write(work)
        self.wake.set()
        return began

    async def done(self, kinds: str = "%", seconds: float = 300) -> None:
        """Returns once nothing is due to inboxes like this."""
        async with asyncio.timeout(seconds):
            while await self.database.read(lambda tx: _waiting(tx, kinds)):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    async def arrivals(self) -> dict[str, float]:
        """Path to moment of what arrived since this was last asked, the last of each."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"GET /told HTTP/1.1\r\n\r\n")
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        body = await reader.readexactly(int(head.partition("Content-Length: ")[2].split()[0]))
        writer.close()
        lines = body.decode().splitlines()
        return {path: float(at) for path, _, at in (line.partition(" ") for line in lines)}


async def _waiting(tx: Transaction, kinds: str) -> bool:
    row = await tx.row(
        "select 1 from delivery where state = 'due' and inbox like :kinds limit 1", kinds=kinds
    )
    return row is not None


@asynccontextmanager
async def couriers(port: int, *, ca_file: Path | None = None) -> AsyncIterator[Bench]:
    """A courier that works while the block lasts, on a database with FULL durability."""
    keyring = MemoryKeyring({ACTOR: make_rsa()})
    near = AddressPolicy(networks(["127.0.0.0/8"]))
    client = Client(near, "https://wien.example", ca_file=ca_file)
    wake, stop = asyncio.Event(), asyncio.Event()
    with tempfile.TemporaryDirectory(prefix="josoor-bench-") as folder:
        database = await open_database(f"sqlite:///{Path(folder)}/data/josoor.db")
        await migrate(database, now=datetime.now(UTC))
        sender = Sender(client, keyring, MemorySchemes(), _Clock())
        log = StoredDeliveries(database)
        courier = Courier(log, sender, _Clock(), lambda: 0.5, "bench")
        task = asyncio.create_task(courier.run(wake, stop))
        try:
            yield Bench(database, wake, port)
        finally:
            stop.set()
            wake.set()
            await asyncio.wait([task], timeout=0.5)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await client.close()
            await database.close()


async def _serve(port: int, certificate: str | None = None, tickets: str = "2") -> None:
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.num_tickets = int(tickets)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Peer, "0.0.0.0", port, backlog=4096, ssl=context)
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.install()
    asyncio.run(_serve(int(sys.argv[1]), *sys.argv[2:]))
