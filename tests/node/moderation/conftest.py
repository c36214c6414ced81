"""What the tests of moderation share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.node.moderation.desks import Team, moderating
from tests.node.moderation.scenes import Scene, moderated


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    async with moderating(tmp_path) as team:
        yield team


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with moderated(tmp_path) as scene:
        yield scene
