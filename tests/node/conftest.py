"""A node at rest; what needs one at work, or two, has a fixture of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.people.model import Role
from node.services import Node
from tests.support.browsers import signed_in
from tests.support.clicking import Walker
from tests.support.nodes import running


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    """A founded node that answers, hears nothing and delivers nothing."""
    async with running(tmp_path / "wien", at_work=False) as found:
        yield found


@pytest.fixture
async def desk(node: Node) -> AsyncIterator[Walker]:
    """A coordinator at her desk, who fills in forms as a browser does."""
    async with signed_in(node, "amal", Role.COORDINATOR) as browser:
        yield Walker(browser)
