"""How often somebody replaces her ways in: what she replaces stays in the ledger for ever."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from node.members.profile_pages import _HIDES, _SHOWS
from node.people import silence_store
from node.people.model import Role
from node.people.own_pages import OF_CODES
from node.services import Node
from tests.support.browsers import Browser, signed_in


@pytest.fixture
async def amal(node: Node) -> AsyncIterator[Browser]:
    async with signed_in(node, "amal", Role.MEMBER) as browser:
        yield browser


async def test_nobody_fills_the_ledger_with_recovery_codes(node: Node, amal: Browser):
    await amal.get("/me/codes")
    shown = [await amal.post("/me/codes") for _ in range(OF_CODES.many + 1)]
    assert [each.status for each in shown] == [*[200] * OF_CODES.many, 429]
    assert "try again tomorrow" in shown[-1].text
    assert int(shown[-1].headers["Retry-After"]) > 80_000
    noted = await node.look(silence_store.waiting)
    assert len(noted) == 10 * (OF_CODES.many - 1)


async def test_hiding_is_never_too_often_and_showing_again_is(node: Node, amal: Browser):
    for _ in range(_SHOWS.many):
        await amal.get("/me/profile")
        assert (await amal.post("/me/hide")).status == 303
        assert (await amal.post("/me/show-again")).status == 303
    hidden = [await amal.post("/me/hide") for _ in range(_HIDES.many + 2)]
    assert {each.status for each in hidden} == {303}
    assert (await amal.post("/me/show-again")).status == 429
    kinds = [each.kind.value for each in await node.look(silence_store.waiting)]
    assert kinds == [*["hidden", "shown"] * _SHOWS.many, *["hidden"] * _HIDES.many]
