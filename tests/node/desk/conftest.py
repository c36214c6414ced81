"""Who sits at the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from node.people.model import Role
from node.services import Node
from tests.support.browsers import Browser, signed_in


@pytest.fixture
async def amal(node: Node) -> AsyncIterator[Browser]:
    """The ambassador's browser."""
    async with signed_in(node, "amal", Role.AMBASSADOR) as browser:
        yield browser
