"""A node around an intake: what others say, what was heard, and in what transactions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from activitypub.activities import Activity
from activitypub.objects import Object
from federation.errors import NotFound
from federation.inward.intake import Intake
from federation.inward.listeners import Heard, Listeners
from federation.memory import FakeClock, MemoryInbox
from federation.ports import Handled, Received, RemoteActor

OURS = "https://wien.test"
ANNA = "https://a.test/anna"
NOTE = "https://a.test/n/1"


class Documents:
    """Documents of other servers by address; an error in place of one is raised."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, Any] | Exception] = {}
        self.asked: list[str] = []

    async def document(self, url: str) -> dict[str, Any]:
        self.asked.append(url)
        found = self.held.get(url, NotFound("404"))
        if isinstance(found, Exception):
            raise found
        return found


class Known:
    """Anna, whom the inbox has proven already."""

    def __init__(self, clock: FakeClock) -> None:
        self.anna = RemoteActor(
            id=ANNA, type="Person", username="anna", host="a.test", name="Anna",
            inbox=f"{ANNA}/in", shared_inbox=None, followers=None, outbox=None, url=None,
            keys=(), fetched_at=clock.now(), document=b"{}",
        )  # fmt: skip

    async def actor(self, actor_id: str) -> RemoteActor | None:
        return self.anna if actor_id == ANNA else None


class House:
    """A node around an intake: what was heard, in what transactions."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.inbox = MemoryInbox()
        self.documents = Documents()
        self.listeners: Listeners[str] = Listeners()
        self.heard: list[Heard] = []
        self.transactions = 0
        self.intake = Intake(
            self.inbox, Known(self.clock), self.documents, self.perform, self.listeners,
            self.clock, OURS,
        )  # fmt: skip

    async def perform(self, work: Callable[[str, Handled], Awaitable[None]]) -> None:
        self.transactions += 1
        await work("context", self.inbox)

    def hear(self, activity: type[Activity], about: type[Object] | None = None) -> None:
        @self.listeners.on(activity, about)
        async def on_it(context: str, heard: Heard) -> None:
            assert context == "context"
            self.heard.append(heard)

    async def receive(self, kind: str, about: object, *, name: str = "1", **more: object) -> None:
        await self.inbox.add(self.received(kind, about, name=name, **more))

    def received(self, kind: str, about: object, *, name: str = "1", **more: object) -> Received:
        document = {"id": f"https://a.test/act/{name}", "type": kind, "actor": ANNA, **more}
        body = orjson.dumps({**document, "object": about})
        object_id = about.get("id") if isinstance(about, dict) else about
        return Received(
            activity_id=str(document["id"]),
            digest=name,
            sender=str(document["actor"]),
            host="a.test",
            kind=kind,
            object_id=str(object_id),
            inbox=f"{OURS}/in",
            body=body,
            received_at=self.clock.now(),
        )

    @property
    def outcomes(self) -> list[str]:
        return list(self.inbox.outcomes.values())


def note(**more: object) -> dict[str, object]:
    return {"type": "Note", "id": NOTE, "attributedTo": ANNA, "content": "Salam", **more}
