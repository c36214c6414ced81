"""After an erasure there is nothing left of somebody in any byte of the node."""

from __future__ import annotations

from pathlib import Path

import pytest

from node.erasure.receipts import close_erasures
from node.operations.carrying_out import carry_out, wipe
from node.services import Node
from tests.node.erasure.lives import delivered, guest, member, neighbour_who_takes_part
from tests.node.erasure.needles import NEEDLE, everything_logged, found, in_backup, in_folder
from tests.support.neighbours import neighbour
from tests.support.nodes import EVENT, do, running


async def test_of_a_member_no_byte_is_left(tmp_path: Path) -> None:
    with everything_logged() as said:
        async with running(tmp_path / "data", at_work=False) as node:
            await member(node)
            assert in_folder(tmp_path / "data"), "the needle must be there before"
            await _comes_and_goes(node)
            receipt = await do(node, "user.erase", name=NEEDLE, now=True)
            assert receipt["erased"]
            assert receipt["wiped"]
            assert in_folder(tmp_path / "data") == {}
            assert await in_backup(node, tmp_path / "after.tgz") == {}
        assert in_folder(tmp_path / "data") == {}
    assert found(said.getvalue().encode()) == 0


async def _comes_and_goes(node: Node) -> None:
    """What becomes of her account is in the ledger too."""
    for verb in ("user.disable", "user.enable", "user.erase", "user.keep"):
        await do(node, verb, name=NEEDLE)
    await do(node, "user.role", name=NEEDLE, role="volunteer", until="2999-03-31")


async def test_of_a_guest_no_byte_is_left(tmp_path: Path) -> None:
    async with running(tmp_path / "data", at_work=False) as node:
        event = (await do(node, "event.publish", document=EVENT))["id"]
        link = await guest(node, event)
        await do(node, "data.forget", target=link)
        assert in_folder(tmp_path / "data") == {}
        assert await do(node, "event.rsvps", id=event) == []


async def test_of_somebody_elsewhere_no_byte_is_left(tmp_path: Path) -> None:
    with everything_logged() as said:
        async with neighbour() as there, running(tmp_path / "data") as node:
            event = (await do(node, "event.publish", document=EVENT))["id"]
            anna = await neighbour_who_takes_part(node, there, event)
            await delivered(node)
            assert in_folder(tmp_path / "data")
            await do(node, "data.forget", target=anna)
            await delivered(node)
            await carry_out(node)
            await _closed(node)
            assert in_folder(tmp_path / "data") == {}
            assert await in_backup(node, tmp_path / "after.tgz") == {}
    assert found(said.getvalue().encode()) == 0


async def _closed(node: Node) -> None:
    await node.act(close_erasures)
    await node.database.shred()
    await wipe(node, tries=5)


async def test_of_nobody_a_row_is_left_in_postgresql(tmp_path: Path, postgres_url: str) -> None:
    data = tmp_path / "data"
    async with neighbour() as there, running(data, database=postgres_url) as node:
        person = await member(node)
        event = (await do(node, "event.list"))[0]["id"]
        link = await guest(node, event)
        anna = await neighbour_who_takes_part(node, there, event)
        await delivered(node)
        assert await in_backup(node, tmp_path / "before.tgz")
        assert (await do(node, "user.erase", name=person.id, now=True))["wiped"]
        for target in (link, anna):
            assert (await do(node, "data.forget", target=target))["wiped"]
        await delivered(node)
        await _closed(node)
        assert await in_backup(node, tmp_path / "after.tgz") == {}
        assert in_folder(data) == {}


@pytest.mark.parametrize("how", ["handle", "address"])
async def test_she_can_be_named_by_handle_and_by_address(tmp_path: Path, how: str) -> None:
    async with neighbour() as there, running(tmp_path / "data") as node:
        anna = there.actor("anna")
        await there.follow(anna, node.urls.community)
        target = anna if how == "address" else f"@anna@{there.host}"
        assert (await do(node, "data.forget", target=target))["erased"]
        assert await do(node, "network.followers") == []
