"""Keys, a moment and requests for the tests of this package."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from keys.keypair import RSAPrivateKey, make_rsa
from keys.message import Request


@pytest.fixture(scope="session")
def rsa() -> RSAPrivateKey:
    """One RSA key for the whole run."""
    return make_rsa()


@pytest.fixture
def now() -> datetime:
    """The present of the tests."""
    return datetime(2026, 12, 5, 18, 0, 0, tzinfo=UTC)


@pytest.fixture
def post() -> Request:
    """An activity on its way to an inbox, not yet signed."""
    return Request(
        method="POST",
        url="https://wien.test/users/alice/inbox",
        headers=(("Content-Type", "application/activity+json"),),
        body=b'{"type":"Follow"}',
    )


@pytest.fixture
def get() -> Request:
    """A fetch with a query, not yet signed."""
    return Request(
        method="GET",
        url="https://wien.test/events?page=2",
        headers=(("Accept", "application/activity+json"),),
    )
