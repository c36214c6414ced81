"""Where the mails of a node arrive."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.mailboxes import Mailbox, mailbox


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    """A mail server that keeps what comes."""
    async with mailbox() as found:
        yield found
