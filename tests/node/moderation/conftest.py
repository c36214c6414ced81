"""What the tests of moderation share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.node.moderation.desks import Team, moderating


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    async with moderating(tmp_path) as team:
        yield team
