"""A stranger on whose server Anna lives."""

from __future__ import annotations

import pytest

from tests.support.stranger import Stranger


@pytest.fixture
def stranger(stranger: Stranger) -> Stranger:
    """On whose server Anna lives."""
    stranger.actor()
    return stranger
