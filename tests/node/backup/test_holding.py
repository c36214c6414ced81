"""A restored node does nothing to others until somebody lets it go on, or a day has passed."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from node.app import open_node, working
from node.backup import holding
from node.backup.restoring import restore
from node.config import Config
from node.errors import NotFound
from node.people.model import Role
from node.services import Node, SystemClock
from node.serving import answering
from tests.support.browsers import Browser, Later, account
from tests.support.neighbours import Neighbour
from tests.support.nodes import EVENT, do, running, settings


@asynccontextmanager
async def back(config: Config, **ahead: float) -> AsyncIterator[Node]:
    """The node as `serve` begins it; `ahead`: as much later than now."""
    async with open_node(config) as node:
        if ahead:
            node.clock = Later(timedelta(**ahead))
            await holding.look(node)
        async with (
            working(node),
            answering(node, node.config.listen_host, node.config.listen_port),
        ):
            yield node


@pytest.fixture
async def restored(tmp_path: Path, elsewhere: Neighbour) -> tuple[Config, str]:
    """The config of a node that was brought back, with an event on its way to a follower."""
    anna = elsewhere.actor("anna")
    async with running(tmp_path / "data") as node:
        await elsewhere.follow(anna, node.urls.community)
        await elsewhere.comes(anna, "Accept")
    async with open_node(node.config) as node:
        await account(node, "amal", Role.AMBASSADOR)
        await do(node, "event.publish", document=EVENT)
        await do(node, "backup.take", file=str(tmp_path / "f.tgz"), with_keys=True)
    again = replace(
        node.config,
        data=tmp_path / "again",
        database=f"sqlite:///{tmp_path}/again/josoor.db",
        secret_file=tmp_path / "again" / "secret.key",
    )
    await restore(again, tmp_path / "f.tgz", now=SystemClock().now())
    return again, anna


async def ready(node: Node) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{node.urls.origin}/readyz") as answer,
    ):
        return answer.status, await answer.text()


async def test_nothing_leaves_or_comes_in_before_somebody_says_so(
    restored: tuple[Config, str], elsewhere: Neighbour
):
    config, anna = restored
    async with back(config) as node:
        before = len(elsewhere.arrivals)
        status, said = await ready(node)
        assert (status, "josoor restore release" in said) == (503, True)
        assert (await do(node, "status"))["held_until"] is not None
        follow = elsewhere.activity("Follow", elsewhere.actor("omar"), node.urls.community)
        assert await elsewhere.send(node.urls.shared_inbox, follow) == 503
        await asyncio.sleep(1.2)
        posted = elsewhere.arrivals[before:]
        assert (posted, (await do(node, "status"))["waiting"] > 0) == ([], True)

        await do(node, "restore.release")
        await elsewhere.comes(anna, "Create")
        assert (await ready(node))[0] == 200
        await elsewhere.insists(node.urls.shared_inbox, follow)
        await elsewhere.comes(elsewhere.actor("omar"), "Accept")
        assert (await do(node, "status"))["held_until"] is None
        with pytest.raises(NotFound):
            await do(node, "restore.release")


async def test_its_pages_are_read_meanwhile_and_the_desk_says_what_is_held(
    restored: tuple[Config, str], elsewhere: Neighbour
):
    config, anna = restored
    async with back(config) as node, Browser(node) as browser:
        assert (await browser.get("/events")).status == 200
        await browser.sign_in("amal")
        assert "Brought back from a backup: nothing leaves yet" in (await browser.get("/desk")).text
        assert "josoor restore release" in (await browser.get("/desk/health")).text
        shown = await browser.post("/desk/health/release", {})
        assert shown.status == 303, shown.text
        await elsewhere.comes(anna, "Create")
        assert "nothing leaves yet" not in (await browser.get("/desk")).text
        verbs = [each["verb"] for each in await do(node, "audit.list")]
        assert "restore release" in verbs


async def test_it_goes_on_by_itself_after_a_day_and_stays_held_over_a_new_start(
    restored: tuple[Config, str], elsewhere: Neighbour
):
    config, anna = restored
    for hours in (0, 23):
        async with back(config, hours=hours) as node:
            assert (await ready(node))[0] == 503
    async with back(config, hours=25) as node:
        await elsewhere.comes(anna, "Create")
        notes = await do(node, "audit.list")
        assert (notes[0]["actor"], notes[0]["verb"]) == ("node", "restore release")


async def test_what_waited_then_can_be_given_up_but_for_what_takes_something_back(
    restored: tuple[Config, str], elsewhere: Neighbour
):
    config, anna = restored
    async with open_node(config) as node:
        later = await do(node, "event.publish", document=EVENT)
        told = await do(node, "restore.release", discard=True)
        assert told["discarded"] >= 1
        assert told["waiting"] >= 1
    before = len(elsewhere.got(anna, "Create"))
    async with back(config):
        await elsewhere.comes(anna, "Create")
    (create,) = elsewhere.got(anna, "Create")[before:]
    assert create["object"]["id"] == later["id"]


async def test_the_command_tells_what_goes_on(restored: tuple[Config, str]):
    config, _ = restored
    assert await josoor(config, "restore", "release") == (
        0, "The node goes on: 1 deliveries on their way.\n",
    )  # fmt: skip
    assert (await josoor(config, "restore", "release"))[0] == 1
    assert (await josoor(config, "restore", "f.tgz", "--discard"))[0] == 2


async def josoor(config: Config, *words: str) -> tuple[int, str]:
    """How a command about this node ended, and what it said."""
    places = settings(config.data, config.listen_port)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "node", *words),
        env={**os.environ, **places},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()
