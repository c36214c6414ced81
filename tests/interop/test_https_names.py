"""Names on loopback with real https: for our nodes, and for programs on Node and Python."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path

import pytest

from node.services import Node
from tests.support.https import Street, node_at
from tests.support.nodes import do, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROGRAMS = {
    "node": "fetch('{url}').then((answer) => console.log(answer.status))",
    sys.executable: "import urllib.request as it; print(it.urlopen('{url}').status)",
}


async def test_two_communities_find_and_follow_each_other_over_https(
    vienna: Node, street: Street, tmp_path: Path
):
    async with node_at(street, tmp_path / "berlin", "berlin") as berlin:
        await do(vienna, "network.follow", actor="@berlin@berlin.test")

        async def accepted() -> bool:
            return [one["state"] for one in await do(vienna, "network.following")] == ["accepted"]

        await until(accepted)
        followers = await do(berlin, "network.followers")
        assert [one["id"] for one in followers] == [vienna.urls.community]
        assert berlin.urls.community == "https://berlin.test/c/berlin"


@pytest.mark.parametrize("program", PROGRAMS)
async def test_a_program_of_somebody_else_reads_a_node_by_its_name(
    vienna: Node, street: Street, program: str
):
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    flag = "-e" if program == "node" else "-c"
    process = await asyncio.create_subprocess_exec(
        program,
        flag,
        PROGRAMS[program].format(url=f"{vienna.urls.origin}/healthz"),
        env=street.environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate()
    assert told == b"200\n"
