"""A node at work, and a member of it."""

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
    """A node that hears and delivers."""
    async with running(tmp_path / "wien") as found:
        yield found


@pytest.fixture
async def samira(node: Node) -> AsyncIterator[Browser]:
    """The member's browser."""
    async with signed_in(node, "samira", Role.MEMBER) as browser:
        yield browser
