"""A node that is killed at any moment loses nothing that it said it had done."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from tests.support.log_watch import heard
from tests.support.neighbours import Neighbour, hang, neighbour, status
from tests.support.nodes import EVENT, free_port, settings, until

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Place:
    """A data folder with a node in it, and where that is."""

    folder: Path
    port: int

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def community(self) -> str:
        return f"{self.origin}/c/wien"

    async def start(self, *arguments: str) -> Process:
        """The process of a command."""
        inherited = {key: value for key, value in os.environ.items() if key[:7] != "JOSOOR_"}
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "node", *arguments),
            cwd=ROOT,
            env=inherited | settings(self.folder, self.port),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
        )

    async def run(self, *arguments: str, given: str = "") -> tuple[int, str, str]:
        """Exit status, stdout and stderr of a command that comes to its end."""
        process = await self.start(*arguments)
        async with asyncio.timeout(30):
            out, err = await process.communicate(given.encode())
        assert process.returncode is not None
        return process.returncode, out.decode(), err.decode()

    async def publish(self) -> str:
        """The id of an event published from the command line."""
        code, out, err = await self.run("event", "publish", "-", "--json", given=json.dumps(EVENT))
        assert code == 0, err
        return str(json.loads(out)["id"])

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Process]:
        """The node as a process that answers; killed at the end if it still runs."""
        process = await self.start("serve")
        # what it says is read, or a full pipe would stop it
        listening = asyncio.create_task(process.communicate())
        try:
            await until(self.answers)
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
            _, err = await listening
            heard(err.decode())

    async def answers(self) -> bool:
        """Whether the node serves."""
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"{self.origin}/healthz") as answer,
            ):
                return answer.status == 200
        except aiohttp.ClientError:
            return False


@pytest.fixture
async def place(tmp_path: Path) -> Place:
    """A new node that does not run yet."""
    found = Place(tmp_path / "wien", free_port())
    named = ("--handle", "wien", "--name", "Josoor Wien", "--language", "de")
    code, _, err = await found.run("init", *named, "--timezone", "Europe/Vienna")
    assert code == 0, err
    return found


@pytest.fixture
async def there() -> AsyncIterator[Neighbour]:
    """The server of its followers."""
    async with neighbour() as server:
        yield server


async def slow(_: web.Request) -> web.StreamResponse:
    """Takes an activity, but is slow to say so."""
    await asyncio.sleep(0.25)
    return web.Response(status=202)


def copies(there: Neighbour, actor: str, event: str) -> list[bytes]:
    """The bytes of each Create of an event that came to an actor."""
    path = f"{actor.removeprefix(there.origin)}/inbox"
    return [
        arrival.body
        for arrival in there.arrivals
        if arrival.path == path
        and arrival.document["type"] == "Create"
        and arrival.document["object"]["id"] == event
    ]


async def test_what_was_published_arrives_though_the_node_is_killed(
    place: Place, there: Neighbour
) -> None:
    """Killed 0 to 300 ms after the command returned, and started again: every follower gets the
    event, once or several times with the same bytes."""
    followers = [there.actor(name) for name in ("linz", "graz", "wels")]
    async with place.serving():
        for actor in followers:
            await there.follow(actor, place.community)
    there.answer = slow
    events: list[str] = []
    for delay in (0.0, 0.02, 0.06, 0.15, 0.3):
        async with place.serving() as process:
            events.append(await place.publish())
            await asyncio.sleep(delay)
            process.send_signal(signal.SIGKILL)
            assert await process.wait() == -signal.SIGKILL

    async def all_there() -> bool:
        return all(copies(there, actor, event) for actor in followers for event in events)

    async with place.serving():
        await until(all_there)
    for event in events:
        assert len({body for actor in followers for body in copies(there, actor, event)}) == 1


async def test_a_delivery_cut_off_in_the_middle_is_repeated_with_the_same_bytes(
    place: Place, there: Neighbour
) -> None:
    """Killed after the follower had the event and before it had said so."""
    actor = there.actor("linz")
    async with place.serving() as process:
        await there.follow(actor, place.community)
        there.answer = hang
        event = await place.publish()
        await there.comes(actor, "Create")
        process.send_signal(signal.SIGKILL)
        await process.wait()
    there.answer = status(202)
    async with place.serving():
        await there.comes(actor, "Create", 2)
    first, second = copies(there, actor, event)
    assert first == second


async def test_what_is_published_without_a_running_node_leaves_when_it_starts(
    place: Place, there: Neighbour
) -> None:
    """The command works by itself, and what it did is kept."""
    actor = there.actor("linz")
    async with place.serving():
        await there.follow(actor, place.community)
    event = await place.publish()
    assert copies(there, actor, event) == []
    async with place.serving():
        await there.comes(actor, "Create")
    assert len(copies(there, actor, event)) == 1


async def test_sigterm_ends_a_node_in_good_order(place: Place) -> None:
    """It stops within half a minute with exit 0, and nothing of it is left behind."""
    async with place.serving() as process:
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            assert await process.wait() == 0
    assert not (place.folder / "control.sock").exists()


async def test_sigterm_while_it_starts_ends_a_node_in_good_order(place: Place) -> None:
    """The word is heard before the node is ready, and kept to."""
    process = await place.start("serve")

    async def begun() -> bool:
        return (place.folder / "control.sock").exists()

    await until(begun)
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(30):
        await process.communicate()
    assert process.returncode == 0


async def test_sigterm_waits_for_what_is_on_its_way(place: Place, there: Neighbour) -> None:
    """A delivery under way is finished and recorded, so that it is not repeated."""
    actor = there.actor("linz")
    async with place.serving() as process:
        await there.follow(actor, place.community)
        there.answer = slow
        await place.publish()
        await there.comes(actor, "Create")
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
    code, out, _ = await place.run("queue", "list", "--json")
    assert (code, json.loads(out)) == (0, [])


async def test_a_folder_is_served_only_once(place: Place) -> None:
    """A second node on the same folder says in one sentence why not, and exits with 1."""
    async with place.serving():
        code, out, err = await place.run("serve")
        assert (code, out) == (1, "")
        [line] = err.splitlines()
        assert line.startswith("josoor: process ")
        assert "has this database open" in line
        assert await place.answers()
