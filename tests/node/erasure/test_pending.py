"""Tests of node/operations/carrying_out.py: what waited for the ledger and stands in it by now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from node.context import Context
from node.erasure.ledger import Ledger
from node.operations.carrying_out import carry_out, catch_up
from node.people import silence_store, store
from node.people.model import Role
from node.people.silence_store import Silence
from tests.node.erasure.returning import Twice
from tests.support.browsers import account
from tests.support.nodes import do


@pytest.fixture
async def twice(tmp_path: Path) -> AsyncIterator[Twice]:
    async with AsyncExitStack() as stack:
        found = Twice(tmp_path, stack)
        node = await found.begin()
        await account(node, "lina", Role.AMBASSADOR)
        await account(node, "amal", Role.COORDINATOR)
        yield found


async def test_what_waited_in_a_backup_is_not_written_after_what_came_later(twice: Twice):
    node = twice.node
    await do(node, "user.disable", name="amal")
    await carry_out(node)
    await do(node, "user.enable", name="amal")
    await twice.keep()
    await carry_out(node)
    await do(node, "user.disable", name="amal")
    back = await twice.back()

    await carry_out(back)

    amal = await back.look(partial(store.by_name, name="amal"))
    assert amal is not None
    assert amal.disabled
    assert (await do(back, "erasures.verify"))["lines"] == 3
    assert await back.look(silence_store.waiting) == []


async def test_of_what_was_done_twice_one_line_is_one_of_them(twice: Twice):
    node, now = twice.node, twice.node.clock.now()
    lina = await node.look(partial(store.by_name, name="lina"))
    assert lina is not None

    async def hides_again(context: Context) -> None:
        for kind in (Silence.HIDDEN, Silence.SHOWN, Silence.HIDDEN):
            await silence_store.note(context, kind, lina.id)

    await node.act(hides_again)
    # the machine lost its power after the first of the three
    Ledger(node.config.data).append(Silence.HIDDEN.value, lina.id, now)

    await catch_up(node)
    await carry_out(node)

    lines = Ledger(node.config.data).lines()
    assert [line.kind for line in lines] == ["hidden", "shown", "hidden"]
