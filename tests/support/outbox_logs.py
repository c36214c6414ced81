"""Outbox and delivery log together, in memory and in a database, and things to put into them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from federation.memory import Mailroom, MemoryDeliveries
from federation.outward.outbox import put
from federation.ports import (
    Delivery,
    DeliveryLog,
    Destination,
    Grade,
    OutboxLog,
    Outgoing,
    Report,
    Sign,
)
from node.storage.database import Database, Transaction
from node.storage.outbox import StoredDeliveries, StoredOutbox

T = TypeVar("T")
NOW = datetime(2026, 12, 5, 18, 0, tzinfo=UTC)
ACTOR = "https://wien.test/wien"
EVENT = "https://wien.test/e/1"


class Logs(Protocol):
    """Both ends of the outbox."""

    deliveries: DeliveryLog

    async def within(self, work: Callable[[OutboxLog], Awaitable[T]]) -> T:
        """What `work` returns, its transaction committed."""


class MemoryLogs:
    """Both ends in memory."""

    def __init__(self) -> None:
        self.room = Mailroom()
        self.deliveries: DeliveryLog = MemoryDeliveries(self.room)

    async def within(self, work: Callable[[OutboxLog], Awaitable[T]]) -> T:
        with self.room.transaction() as outbox:
            return await work(outbox)


class StoredLogs:
    """Both ends in a database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.deliveries: DeliveryLog = StoredDeliveries(database)

    async def within(self, work: Callable[[OutboxLog], Awaitable[T]]) -> T:
        async def inside(tx: Transaction) -> T:
            return await work(StoredOutbox(tx))

        return await self.database.write(inside)


def to(*inboxes: str) -> list[Destination]:
    """Destinations from "a.test/in" and the like."""
    return [Destination(inbox=f"https://{each}", host=each.partition("/")[0]) for each in inboxes]


def activity(name: str, kind: str = "Create", about: str = EVENT) -> dict[str, object]:
    """An activity by the community of Vienna."""
    return {"id": f"https://wien.test/a/{name}", "type": kind, "actor": ACTOR, "object": about}


async def post(
    logs: Logs,
    name: str,
    destinations: Iterable[Destination],
    *,
    kind: str = "Create",
    object_id: str = EVENT,
    now: datetime = NOW,
) -> Outgoing:
    """Put one activity into the outbox, in a transaction of its own."""

    async def work(log: OutboxLog) -> Outgoing:
        document = activity(name, kind, object_id)
        return await put(log, document, object_id=object_id, destinations=destinations, now=now)

    return await logs.within(work)


async def claim(
    logs: Logs, *, now: datetime = NOW, lease: str = "me", limit: int = 32
) -> list[Delivery]:
    """Claim for a minute, at most `limit` of each grade of hosts."""
    room = dict.fromkeys(Grade, limit)
    until = now + timedelta(seconds=60)
    return await logs.deliveries.claim(now=now, lease=lease, until=until, room=room)


ALIVE = Report(sign=Sign.ALIVE, seconds=0.01)
TROUBLE = Report(sign=Sign.TROUBLE)


async def prove(logs: Logs, *hosts: str, now: datetime = NOW, seconds: float = 0.01) -> None:
    """Let each of these hosts take something, each answer lasting so long."""
    for host in hosts:
        await post(logs, f"proves-{host}", to(f"{host}/in"), object_id=f"x:{host}", now=now)
        (one,) = await claim(logs, now=now, lease="prover")
        report = Report(sign=Sign.ALIVE, seconds=seconds)
        await logs.deliveries.delivered(one.sequence, lease="prover", now=now, report=report)


async def fail(
    logs: Logs, claimed: Iterable[Delivery], *, now: datetime = NOW, lease: str = "me"
) -> None:
    """Let these deliveries fail, each to be tried again after a minute."""
    for one in claimed:
        at = now + timedelta(minutes=1)
        await logs.deliveries.retry(
            one.sequence, lease=lease, now=now, at=at, reason="unreachable", report=TROUBLE
        )


def inboxes(deliveries: Iterable[Delivery]) -> list[str]:
    """Their inboxes, sorted, without the scheme."""
    return sorted(each.inbox.removeprefix("https://") for each in deliveries)
