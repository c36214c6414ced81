"""Our node at work, and a server that will be in trouble."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.services import Node
from tests.support.neighbours import Neighbour, neighbour
from tests.support.nodes import running


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    """Our node."""
    async with running(tmp_path / "wien") as wien:
        yield wien


@pytest.fixture
async def there() -> AsyncIterator[Neighbour]:
    """A server that will be in trouble."""
    async with neighbour() as server:
        yield server
