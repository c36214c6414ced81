"""A node that is killed while it erases somebody has erased her once it has started again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from node.app import open_node, working
from node.config import load_config
from node.founding import found
from node.people import store
from node.people.model import Role
from node.services import Node
from tests.node.erasure.dying import STEPS
from tests.node.erasure.needles import NEEDLE, in_folder
from tests.support.browsers import account
from tests.support.nodes import community, do, free_port, settings, until

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("step", STEPS)
async def test_whatever_the_step_at_which_it_dies(tmp_path: Path, step: str) -> None:
    environ = settings(tmp_path / "data", free_port())
    config = load_config(environ)
    await found(config, community(), {})
    async with open_node(config) as node:
        await account(node, "lina", Role.AMBASSADOR)
        await account(node, NEEDLE, Role.MEMBER)
    assert await _dies(environ, step) == -signal.SIGKILL
    async with open_node(config) as node, working(node):
        await until(lambda: _is_over(node))
        assert [person.name for person in await node.look(store.everybody)] == ["lina"]
        verified = await do(node, "erasures.verify")
        assert (verified["lines"] >= 1, verified["late"]) == (True, 0)
    assert in_folder(tmp_path / "data") == {}


async def _dies(environ: dict[str, str], step: str) -> int:
    inherited = {key: value for key, value in os.environ.items() if key[:7] != "JOSOOR_"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.node.erasure.dying", step, NEEDLE),
        cwd=ROOT,
        env=inherited | environ,
        stderr=asyncio.subprocess.PIPE,
    )
    await process.communicate()
    assert process.returncode is not None
    return process.returncode


async def _is_over(node: Node) -> bool:
    receipts = await do(node, "erasures.list")
    return bool(receipts) and all(each["erased"] and each["wiped"] for each in receipts)
