"""A node at work, those between whom posts are shared, and an actor whom we follow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.services import Node
from tests.node.network.sharers import Scene, know
from tests.node.network.telling import followed
from tests.support.neighbours import Neighbour, neighbour
from tests.support.nodes import running


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    """A node that hears and delivers."""
    async with running(tmp_path) as found:
        yield found


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with (
        running(tmp_path / "wien") as wien,
        neighbour() as linz,
        neighbour() as mastodon,
        neighbour() as lemmy,
    ):
        await mastodon.follow(mastodon.actor("fan"), wien.urls.community)
        await lemmy.follow(lemmy.actor("reader"), wien.urls.community)
        await know(wien, lemmy.host, "lemmy")
        yield Scene(wien, linz, mastodon, lemmy)


@pytest.fixture
async def there() -> AsyncIterator[Neighbour]:
    """Somebody else's server."""
    async with neighbour() as server:
        yield server


@pytest.fixture
async def linz(node: Node, there: Neighbour) -> str:
    """An actor there whom we follow."""
    actor = there.actor("linz")
    await followed(node, there, actor)
    return actor
