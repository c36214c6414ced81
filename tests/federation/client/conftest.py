"""The gate, as it stands where the loopback is a private peer, and as it stands elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from federation.network.addresses import AddressPolicy
from federation.network.client import Client
from tests.support.stranger import LOOPBACK, OURS


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    found = Client(LOOPBACK, OURS)
    yield found
    await found.close()


@pytest.fixture
async def strict() -> AsyncIterator[Client]:
    found = Client(AddressPolicy(), OURS)
    yield found
    await found.close()
