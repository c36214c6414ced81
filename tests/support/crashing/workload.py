"""A node under load that is killed again and again, and what it acknowledged in between."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from node.app import open_node
from node.config import load_config
from node.founding import found
from tests.support.crashing.cradle import Cradle
from tests.support.neighbours import Json, Neighbour, neighbour
from tests.support.nodes import EVENT, community, do, free_port, settings

FOLLOWERS = ("linz", "graz", "wels")
LATEST = 2.0
"""Seconds after which a node is killed that has not died by itself."""
_MOMENT = 0.01
_BUSY = 4
"""How many publish, and how many write to the node, at the same time."""


@dataclass(slots=True)
class Promise:
    """One event whose publication the node has acknowledged, and what it was told since.

    `version` is the last one that was acknowledged; `unsure` what was sent without an answer.
    """

    id: str
    version: int = 0
    unsure: int = 0
    deleted: bool = False
    deletion_unsure: bool = False
    in_hand: bool = False


@dataclass(slots=True)
class World:
    """The node, its neighbours, and everything it has promised."""

    environ: dict[str, str]
    origin: str
    token: str
    neighbours: list[Neighbour]
    cradle: Cradle
    chance: random.Random
    followers: list[str] = field(default_factory=list)
    events: dict[str, Promise] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    kills: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    @property
    def community(self) -> str:
        """Whom everybody follows and writes to."""
        return f"{self.origin}/c/wien"

    def count(self, moment: str) -> None:
        """Note one more kill, at this moment."""
        self.kills += 1
        self.ends[moment] = self.ends.get(moment, 0) + 1


@asynccontextmanager
async def world(
    folder: Path, *, seed: int, followers: int = len(FOLLOWERS)
) -> AsyncIterator[World]:
    """A founded node that does not run yet, and three servers whose actors will follow it."""
    port = free_port()
    environ = settings(folder / "wien", port)
    config = load_config(environ)
    await found(config, community(), {})
    async with open_node(config) as node:
        await do(node, "user.create", name="amal", role="ambassador")
        token = (await do(node, "token.create", user="amal", scope="admin"))["token"]
    cradle = Cradle(folder / "nodes.log")
    async with neighbour() as one, neighbour() as two, neighbour() as three:
        there = World(
            environ=environ,
            origin=f"http://localhost:{port}",
            token=token,
            neighbours=[one, two, three],
            cradle=cradle,
            chance=random.Random(seed),
        )
        try:
            await _gather_followers(there, FOLLOWERS[:followers])
            yield there
        finally:
            cradle.close()


async def _gather_followers(there: World, names: tuple[str, ...]) -> None:
    async with living(there):
        for server in there.neighbours:
            for name in names:
                actor = server.actor(name)
                await server.follow(actor, there.community)
                there.followers.append(actor)


@asynccontextmanager
async def living(there: World, point: str | None = None, times: int = 1) -> AsyncIterator[int]:
    """The process id of the node, once it answers or has died; killed when the block ends."""
    pid = there.cradle.start(there.environ, point, times)
    try:
        await _until_it_answers(there, pid)
        yield pid
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        ended = await asyncio.to_thread(there.cradle.wait, pid)
        assert ended == -signal.SIGKILL, f"the node ended by itself with {ended}: see nodes.log"


async def _until_it_answers(there: World, pid: int) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(2000):
            if dead(pid):
                return
            with suppress(aiohttp.ClientError):
                async with session.get(f"{there.origin}/healthz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.01)
    raise AssertionError("the node does not answer")


def dead(pid: int) -> bool:
    """Whether this process has ended, though nobody asked how yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


async def kill_once(there: World, point: str | None = None) -> None:
    """One life of the node under load, ended at `point` or, without one, at any moment."""
    times = there.chance.randint(1, 12)
    after = there.chance.uniform(0.0, 0.6) if point is None else LATEST
    async with living(there, point, times) as pid, aiohttp.ClientSession() as session:
        work = [asyncio.create_task(_publish(there, session)) for _ in range(_BUSY)]
        work += [asyncio.create_task(_write_to(there, server)) for server in there.neighbours]
        await _until_dead(pid, after)
        there.count(point if point and dead(pid) else "any moment")
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        for task in work:
            task.cancel()
        for ended in await asyncio.gather(*work, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended


async def _until_dead(pid: int, seconds: float) -> None:
    for _ in range(int(seconds / _MOMENT)):
        if dead(pid):
            return
        await asyncio.sleep(_MOMENT)


async def _publish(there: World, session: aiohttp.ClientSession) -> None:
    """Publish, change and delete events as long as the node lives; only answers count."""
    while True:
        choice = there.chance.random()
        # One word at a time about one event: else nobody could say which came first.
        free = [
            each for each in there.events.values() if not (each.deletion_unsure or each.in_hand)
        ]
        if choice < 0.5 or not free:
            await _create(there, session)
        else:
            event = there.chance.choice(free)
            with _in_hand(event):
                await (_change if choice < 0.9 else _delete)(there, session, event)
        await asyncio.sleep(there.chance.uniform(0, 0.02))


@contextmanager
def _in_hand(event: Promise) -> Iterator[None]:
    event.in_hand = True
    try:
        yield
    finally:
        event.in_hand = False


async def _create(there: World, session: aiohttp.ClientSession) -> None:
    status, answer = await _ask(there, session, "POST", "/api/v1/events", _draft(0))
    if status == 201:
        there.events[answer["id"]] = Promise(id=answer["id"])


async def _change(there: World, session: aiohttp.ClientSession, event: Promise) -> None:
    version = event.unsure = max(event.unsure, event.version) + 1
    path = f"/api/v1/events/{event.id.rpartition('/')[2]}"
    status, _ = await _ask(there, session, "PUT", path, _draft(version))
    if status == 200:
        event.version = max(event.version, version)


async def _delete(there: World, session: aiohttp.ClientSession, event: Promise) -> None:
    event.deletion_unsure = True
    path = f"/api/v1/events/{event.id.rpartition('/')[2]}"
    status, _ = await _ask(there, session, "DELETE", path, None)
    if status in (200, 204):
        event.deleted = True


async def _ask(
    there: World, session: aiohttp.ClientSession, method: str, path: str, body: Json | None
) -> tuple[int, Json]:
    """Status and answer; status 0 when the node died over it."""
    headers = {"Authorization": f"Bearer {there.token}"}
    try:
        async with session.request(
            method, there.origin + path, json=body, headers=headers
        ) as answer:
            text = await answer.json() if answer.status < 300 and answer.status != 204 else {}
            return answer.status, text
    except (aiohttp.ClientError, ConnectionError, ValueError):
        await asyncio.sleep(0.05)
        return 0, {}


def _draft(version: int) -> Json:
    return {**EVENT, "name": {"de": f"Fassung {version}"}, "description": {"de": "Text."}}


async def _write_to(there: World, server: Neighbour) -> None:
    """Send events of the neighbours as long as the node lives; only a 202 counts."""
    author = next(each for each in there.followers if each.startswith(server.origin))
    while True:
        event = server.event(author)
        create = server.activity("Create", author, event)
        with suppress(aiohttp.ClientError, ConnectionError):
            if await server.send(f"{there.community}/inbox", create) == 202:
                there.kept.add(create["id"])
        await asyncio.sleep(there.chance.uniform(0, 0.03))


def moody(there: World) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """How a neighbour answers while there is trouble: mostly 202, some late, some not at all."""

    async def answer(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(there.chance.uniform(0, 0.03))
        return web.Response(status=202 if there.chance.random() < 0.98 else 503)

    return answer
