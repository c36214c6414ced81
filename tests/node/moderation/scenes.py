"""A node with a server of somebody else beside it, and questions about what the node holds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from activitypub.names import ACTIVITY_JSON
from keys.http_signatures import sign
from keys.message import Request
from node.services import Node
from tests.support.neighbours import Json, Neighbour, key_of, neighbour, outcome
from tests.support.nodes import do, running, until


@dataclass(frozen=True, slots=True)
class Scene:
    """`wien` is ours, `bad` is the server that misbehaves, `good` another one."""

    wien: Node
    bad: Neighbour
    good: Neighbour

    @property
    def inbox(self) -> str:
        return self.wien.urls.inbox(self.wien.urls.community)

    async def block(self, target: str, level: str = "suspend", **more: Any) -> Json:
        rule: Json = await do(self.wien, "block.add", target=target, level=level, **more)
        return rule

    async def follow(self, server: Neighbour, name: str) -> str:
        """An actor there that the community follows, accepted."""
        actor = server.actor(name)
        await do(self.wien, "network.follow", actor=actor)
        follow = (await server.comes(actor, "Follow"))[-1]
        accept = server.activity("Accept", actor, follow)
        await server.insists(self.inbox, accept)
        assert await outcome(self.wien, accept["id"]) == "done"
        return actor

    async def hears(self, server: Neighbour, activity: Json) -> str:
        """What became of an activity that was taken in."""
        await server.insists(self.inbox, activity)
        return await outcome(self.wien, activity["id"])

    async def publishes(self, server: Neighbour, author: str, **more: Any) -> Json:
        """An event by this author, after the node has heard of it."""
        event = server.event(author, **more)
        assert await self.hears(server, server.activity("Create", author, event)) == "done"
        return event

    async def count(self, table: str, where: str = "1 = 1") -> int:
        row = await self.wien.look(
            lambda tx: tx.row(f"select count(*) as many from {table} where {where}")
        )
        assert row is not None
        return int(row["many"])

    async def timeline(self) -> list[str]:
        return [each["id"] for each in await do(self.wien, "network.timeline")]

    async def page(self, path: str) -> str:
        async with aiohttp.ClientSession() as session:
            async with session.get(self.wien.urls.origin + path) as answer:
                assert answer.status == 200
                return await answer.text()

    async def settled(self) -> None:
        """Nothing waits to be delivered or heard any more."""

        async def nothing() -> bool:
            waits = await self.count("delivery", "state = 'due'")
            return not waits and not await self.count("inbox_activity", "state = 'waiting'")

        await until(nothing)

    async def get(self, url: str, actor: str | None = None) -> tuple[int, Json]:
        """The answer to a GET, signed by an actor of a neighbour if one is given."""
        headers: dict[str, str] = {"Accept": ACTIVITY_JSON}
        if actor:
            request = sign(
                Request(method="GET", url=url, headers=(("Accept", ACTIVITY_JSON),)),
                key_id=f"{actor}#main-key",
                key=key_of(actor.rpartition("/")[2]),
                now=datetime.now(UTC),
            )
            headers = dict(request.headers)
        async with aiohttp.ClientSession() as session:
            async with session.get(url, headers=headers) as answer:
                return answer.status, await answer.json(content_type=None)


@asynccontextmanager
async def moderated(folder: Path, *, at_work: bool = True) -> AsyncIterator[Scene]:
    """A scene that lives as long as the block."""
    async with neighbour() as bad, neighbour() as good:
        async with running(folder / "wien", at_work=at_work) as wien:
            yield Scene(wien, bad, good)
