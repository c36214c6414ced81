"""A data folder before `init`, and a node of Vienna with its server running and without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from node.community.model import Community
from node.config import load_config
from tests.support.founding import found
from tests.support.nodes import free_port, settings
from tests.support.shells import Shell


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Shell]:
    """Before `init`."""
    shell = Shell(tmp_path / "data", free_port())
    try:
        yield shell
    finally:
        if shell.server:
            shell.stop()


@pytest.fixture(params=["running", "resting"])
async def shell(request: pytest.FixtureRequest, bare: Shell) -> Shell:
    """A node of Vienna, once with its server running and once without."""
    wien = Community(
        handle="wien", name={"de": "Josoor Wien"}, description={}, languages=["de"],
        city=None, country=None, timezone="Europe/Vienna", created=datetime.now(UTC),
    )  # fmt: skip
    await found(load_config(settings(bare.data, bare.port)), wien, {})
    if request.param == "running":
        bare.serve()
    return bare
