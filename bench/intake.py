"""The intake (P6): kept activities to their effect, per CPU second, as more and more is stored."""

from __future__ import annotations

import asyncio
import hashlib
import json
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import _rig as rig  # type: ignore[import-not-found]  # beside this file, where Python looks

from federation.inward.intake import Intake
from federation.ports import Received, RemoteActor
from node.app import listeners, open_node
from node.config import load_config
from node.services import Node
from node.storage.actors import StoredActors
from node.storage.database import Transaction
from node.storage.inbox import StoredInbox

SIZES = (1_000, 10_000, 100_000)
"""Remote objects stored before; a million would fill the disk of a small machine."""
_A_ROUND = 500
_PEERS = 20
_PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
_PORTION = 1_000


def measure() -> rig.Json:
    """Activities per CPU second of this process, with so many remote objects stored before.

    Two of three are a Create of an event by somebody whom we follow, one is a Follow of us, which
    is answered. Nothing has to be fetched.
    """
    with rig.node_folder() as environ:
        return asyncio.run(_measure(environ))


async def _measure(environ: dict[str, str]) -> rig.Json:
    figures: rig.Json = {}
    async with open_node(load_config(environ)) as node:
        bench = Bench(node)
        await bench.be_known()
        await bench.round()
        for size in SIZES:
            await bench.fill(size)
            rates = [await bench.round() for _ in range(rig.ROUNDS)]
            figures[f"intake_per_cpu_second_at_{size}"] = statistics.median(rates)
    first, last = (figures[f"intake_per_cpu_second_at_{size}"] for size in (SIZES[0], SIZES[-1]))
    figures["slower_at_the_last_size"] = first / last
    return figures


class Bench:
    """A node, twenty peers whom it follows, and what they send."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._number = 0
        self._stored = 0
        self._log = StoredInbox(node.database)

    async def be_known(self) -> None:
        """The peers are known and followed."""
        cache, now = StoredActors(self._node.database), self._node.clock.now()
        for peer in range(_PEERS):
            await cache.keep(_actor(peer, now))

        async def follow(tx: Transaction) -> None:
            for peer in range(_PEERS):
                await tx.run(
                    "insert into following (actor, handle, name, inbox, follow_id, state, since) "
                    "values (:actor, 'x', 'x', 'x', :actor, 'accepted', "
                    "'2026-01-01T00:00:00.000000Z')",
                    actor=_me(peer),
                )

        await self._node.database.write(follow)

    async def fill(self, size: int) -> None:
        """Store remote objects until there are so many."""
        while self._stored < size:
            numbers = range(self._stored, min(self._stored + _PORTION, size))
            await self._node.database.write(_storing(numbers))
            self._stored = numbers.stop

    async def round(self) -> float:
        """Activities per CPU second, in one round."""
        for _ in range(_A_ROUND):
            await self._log.add(self._received())
        intake = Intake(
            self._log,
            StoredActors(self._node.database),
            _NoFetch(),
            self._node.perform,
            listeners(),
            self._node.clock,
            self._node.urls.origin,
        )
        begin = time.process_time()
        done = 0
        while taken := await intake.step():
            done += taken
        if done != _A_ROUND:
            raise SystemExit(f"{done} activities were taken up instead of {_A_ROUND}")
        return done / (time.process_time() - begin)

    def _received(self) -> Received:
        return received(self._node, self._next())

    def _next(self) -> int:
        self._number += 1
        return self._number


class _NoFetch:
    async def document(self, url: str) -> rig.Json:
        """Nothing has to be fetched here."""
        raise SystemExit(f"{url} was fetched")


def received(node: Node, number: int) -> Received:
    """One activity as the inbox keeps it."""
    me = _me(number % _PEERS)
    follow = number % 3 == 0
    thing = node.urls.community if follow else _event(me, f"{me}/e/new-{number}")
    activity = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{me}/a/{number}",
        "type": "Follow" if follow else "Create",
        "actor": me,
        "to": [_PUBLIC],
        "object": thing,
    }
    body = json.dumps(activity).encode()
    return Received(
        activity_id=str(activity["id"]),
        digest=hashlib.sha256(body).hexdigest(),
        sender=me,
        host=f"p{number % _PEERS}.example",
        kind=str(activity["type"]),
        object_id=thing if isinstance(thing, str) else thing["id"],
        inbox=node.urls.shared_inbox,
        body=body,
        received_at=node.clock.now() - timedelta(seconds=1),
    )


def _event(me: str, event_id: str) -> rig.Json:
    return {
        "id": event_id,
        "type": "Event",
        "attributedTo": me,
        "to": [_PUBLIC],
        "name": "Straßenfest",
        "content": "<p>" + "Mit Musik und Kuchen. " * 60 + "</p>",
        "startTime": "2031-06-01T15:00:00Z",
        "endTime": "2031-06-01T20:00:00Z",
        "published": "2026-06-01T10:00:00Z",
        "url": event_id,
    }


def _me(peer: int) -> str:
    return f"https://p{peer}.example/u"


def _actor(peer: int, now: datetime) -> RemoteActor:
    me = _me(peer)
    return RemoteActor(
        id=me, type="Group", username="u", host=f"p{peer}.example", name="U", inbox=f"{me}/inbox",
        shared_inbox=None, followers=None, outbox=None, url=None, keys=(), fetched_at=now,
        document=b"{}",
    )  # fmt: skip


def _storing(numbers: range) -> Callable[[Transaction], Awaitable[None]]:
    return lambda tx: _store(tx, numbers)


async def _store(tx: Transaction, numbers: range) -> None:
    now = datetime.now(UTC)
    rows = []
    for number in numbers:
        me = _me(number % _PEERS)
        document = _event(me, f"{me}/e/old-{number}")
        at = (now - timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        rows.append({"id": document["id"], "author": me, "at": at, "text": json.dumps(document)})
    await tx.run_many(
        "insert into remote_object (id, author, author_name, kind, start_at, end_at, url, "
        "document, published, updated, received) values (:id, :author, 'U', 'Event', :at, :at, "
        ":id, :text, :at, :at, :at)",
        rows,
    )


if __name__ == "__main__":
    rig.told(measure, __doc__ or "")
