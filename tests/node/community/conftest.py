"""A community that has a channel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.node.community.channel_scene import Scene
from tests.support.neighbours import neighbour
from tests.support.nodes import do, running


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with running(tmp_path / "wien") as wien, neighbour() as mastodon:
        await do(wien, "channel.add", language="ar")
        yield Scene(wien, mastodon)
