"""A node at rest, and browsers of people with and without rights."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.people.model import Role
from node.services import Node
from tests.support.browsers import Browser, signed_in
from tests.support.nodes import running


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as found:
        yield found


@pytest.fixture
async def amal(node: Node) -> AsyncIterator[Browser]:
    """The ambassador's browser."""
    async with signed_in(node, "amal", Role.AMBASSADOR) as browser:
        yield browser
