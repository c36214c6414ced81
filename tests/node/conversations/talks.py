"""A node with an event, and people on a server of somebody else who talk about it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from activitypub.names import ACTIVITY_JSON, PUBLIC
from node.services import Node
from tests.support.neighbours import Json, Neighbour, neighbour, outcome
from tests.support.nodes import EVENT, do, running

SENT = "2026-06-01T10:00:00Z"
LATER = "2026-06-01T11:00:00Z"


@dataclass(slots=True)
class Talk:
    """`wien` is ours, `event` an event of it, `there` a server where people live."""

    wien: Node
    there: Neighbour
    event: str

    @property
    def inbox(self) -> str:
        return self.wien.urls.inbox(self.wien.urls.community)

    @property
    def us(self) -> str:
        return self.wien.urls.community

    def person(self, name: str = "anna") -> str:
        """Somebody there; her followers collection is named."""
        actor = self.there.actor(name)
        document = self.there.documents[f"/{name}"]
        document |= {"type": "Person", "followers": f"{actor}/followers"}
        return actor

    def note(self, author: str, content: str = "<p>Ich komme!</p>", **more: Any) -> Json:
        """A public reply to the event."""
        return {
            "id": self.there.new_id(),
            "type": "Note",
            "attributedTo": author,
            "inReplyTo": self.event,
            "to": [PUBLIC],
            "cc": [f"{author}/followers", self.us],
            "content": content,
            "published": SENT,
            **more,
        }

    async def hears(self, activity: Json) -> str:
        """What became of an activity, and that a person there sent it."""
        await self.there.insists(self.inbox, activity)
        return await outcome(self.wien, activity["id"])

    async def says(self, author: str, note: Json, kind: str = "Create") -> str:
        """What became of a note."""
        spoken = {"to": note.get("to", []), "cc": note.get("cc", [])}
        return await self.hears(self.there.activity(kind, author, note, **spoken))

    async def replied(self, author: str, content: str = "<p>Hallo</p>", **more: Any) -> Json:
        """A reply that was taken in."""
        note = self.note(author, content, **more)
        assert await self.says(author, note) == "done"
        return note

    async def shown(self, name: str | Json) -> Json:
        """What the node holds of a reply."""
        address = name if isinstance(name, str) else name["id"]
        found: Json = await do(self.wien, "conversation.show", id=address)
        return found

    async def state(self, name: str | Json) -> str:
        return str((await self.shown(name))["state"])

    async def listed(self, **asked: Any) -> list[str]:
        """The addresses in the team's list."""
        return [row["id"] for row in await do(self.wien, "conversation.list", **asked)]

    async def approve(self, note: Json) -> None:
        await do(self.wien, "conversation.approve", id=note["id"])

    async def answers(self, name: str, texts: Any = "Schön, bis dann!") -> Json:
        """What the community answers."""
        said: Json = await do(self.wien, "conversation.say", id=name, document=texts)
        return said

    async def rule(self, rule: str) -> None:
        await do(self.wien, "conversation.rule", rule=rule)

    async def page(self, url: str | None = None, **headers: str) -> str:
        """A page as people see it; the event's own, if no other is asked for."""
        status, text = await self.fetch(url or self.event, "text/html", **headers)
        assert status == 200
        return text

    async def read(self, url: str) -> Json:
        """A document as other servers see it."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(url, headers={"Accept": ACTIVITY_JSON}) as answer,
        ):
            assert answer.status == 200, url
            found: Json = await answer.json(content_type=None)
            return found

    async def fetch(self, url: str, accept: str = ACTIVITY_JSON, **headers: str) -> tuple[int, str]:
        """Status and text at an address."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(url, headers={"Accept": accept, **headers}) as answer,
        ):
            return answer.status, await answer.text()

    async def count(self, table: str, where: str = "1 = 1") -> int:
        row = await self.wien.look(
            lambda tx: tx.row(f"select count(*) as many from {table} where {where}")
        )
        assert row is not None
        return int(row["many"])


@asynccontextmanager
async def talking(folder: Path) -> AsyncIterator[Talk]:
    """A talk that lives as long as the block."""
    async with neighbour() as there, running(folder / "wien") as wien:
        event = await do(wien, "event.publish", document=EVENT)
        yield Talk(wien, there, event["id"])
