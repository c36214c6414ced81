"""One node under attack for each file: every case brings its own strangers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.edge import at_the_edge
from tests.support.stage import Stage, stage


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def us(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A node that hears and delivers nothing: what it keeps stays as it came."""
    async with stage(tmp_path_factory.mktemp("us")) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def busy(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """A node at work."""
    async with stage(tmp_path_factory.mktemp("busy"), at_work=True) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def edge(us: Stage) -> AsyncIterator[Stage]:
    """`us` behind the server of production."""
    async with at_the_edge(us) as found:
        yield found
