"""What somebody has in her hand who signs in with a passkey."""

from __future__ import annotations

import pytest

from node.services import Node
from tests.support.authenticator import Device


@pytest.fixture
def device(node: Node) -> Device:
    """A device that knows this node."""
    return Device(node.urls.origin)
