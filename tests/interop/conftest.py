"""A street of servers with https names, for all tests of one file.

Files that use it run on one event loop: `pytestmark = pytest.mark.asyncio(loop_scope="module")`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from node.services import Node
from tests.interop.peers import fedify_peer
from tests.interop.peers.fedify_peer import FedifyPeer
from tests.interop.peers.present import installed
from tests.support.https import Street, node_at, street_or_skip

_numbers = count(1)


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with street_or_skip(tmp_path_factory.mktemp("street")) as ours:
        yield ours


@pytest_asyncio.fixture(loop_scope="module")
async def vienna(street: Street, tmp_path: Path) -> AsyncIterator[Node]:
    """A community at `https://wienN.test`, new to everybody who lives on the street."""
    async with node_at(street, tmp_path / "wien", host=f"wien{next(_numbers)}.test") as node:
        yield node


@pytest.fixture(scope="session")
def fedify_folder() -> Path:
    return installed(fedify_peer.install)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fedify(street: Street, fedify_folder: Path) -> AsyncIterator[FedifyPeer]:
    """The server on Fedify, where Dora and Emil live; one for all tests of a file."""
    async with fedify_peer.fedify_peer(street, fedify_folder) as peer:
        yield peer


@pytest_asyncio.fixture(loop_scope="module")
async def dora(fedify: FedifyPeer) -> FedifyPeer:
    """The same server, which has forgotten whom it met."""
    await fedify.order("reset")
    return fedify
