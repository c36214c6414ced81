"""The bench itself: what is honest gets through, so that a refusal means something."""

from __future__ import annotations

import pytest

from tests.support.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("scheme", ["cavage"])
async def test_an_honest_stranger_is_believed(us: Stage, scheme: str) -> None:
    eve = us.stranger()
    told = await us.tell(us.signed(eve, scheme))
    assert (told.status, us.evil.urls()) == (202, [eve.id])
    assert await us.rows("inbox_activity") == 1
