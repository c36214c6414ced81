"""Tests of node/mail/withdrawing.py: who ended mail to an address gets none after a restore."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from node.context import Context
from node.erasure.ledger import Ledger
from node.mail import actions, sealing, store
from node.mail.model import Address
from node.operations.carrying_out import carry_out
from node.people.model import Role
from node.services import Node
from node.storage.database import Transaction
from tests.node.erasure.returning import Twice
from tests.node.mail.giving import HERS, NEXT, confirmed
from tests.support.browsers import Browser, signed_in
from tests.support.mailboxes import Mailbox, mailbox, sends_to


@pytest.fixture
async def twice(tmp_path: Path) -> AsyncIterator[Twice]:
    async with AsyncExitStack() as stack:
        found = Twice(tmp_path, stack)
        await found.begin()
        yield found


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mailbox() as box:
        yield box


async def gives(twice: Twice, box: Mailbox, amal: Browser, address: str = HERS) -> None:
    """She gives an address and confirms it, and what was to be sent is sent."""
    await amal.get("/me/mail")
    await confirmed(twice.node, box, amal, address)


async def goes_to(node: Node, box: Mailbox, address: str) -> bool:
    """Whether a link to a new password is sent there."""
    async with Browser(node) as somebody:
        await somebody.post("/recover/mail", {"address": address})
    return await sends_to(node, box).step() == 1


async def kept(node: Node) -> list[Address]:
    return await node.look(_kept)


async def _kept(tx: Transaction) -> list[Address]:
    rows = await tx.rows("select id from mail_address")
    found = [await store.find(tx, row["id"]) for row in rows]
    return [each for each in found if each]


async def test_an_address_that_is_as_it_was_is_written_to(twice: Twice, box: Mailbox):
    async with signed_in(twice.node, "amal", Role.MEMBER) as amal:
        await gives(twice, box, amal)
        await twice.keep()
    assert await goes_to(await twice.back(), box, HERS)


async def test_an_address_that_was_removed_since_is_gone_and_not_written_to(
    twice: Twice, box: Mailbox
):
    async with signed_in(twice.node, "amal", Role.MEMBER) as amal:
        await gives(twice, box, amal)
        await twice.keep()
        assert (await amal.post("/me/mail/remove")).status == 303
    back = await twice.back()
    assert not await goes_to(back, box, HERS)
    assert await kept(back) == []


async def test_an_address_that_was_exchanged_since_is_gone_and_not_written_to(
    twice: Twice, box: Mailbox
):
    async with signed_in(twice.node, "amal", Role.MEMBER) as amal:
        await gives(twice, box, amal)
        await twice.keep()
        await gives(twice, box, amal, NEXT)
    back = await twice.back()
    assert not await goes_to(back, box, HERS)
    assert await kept(back) == []


async def test_an_address_that_was_to_bring_nobody_back_in_brings_nobody_back_in(
    twice: Twice, box: Mailbox
):
    async with signed_in(twice.node, "amal", Role.MEMBER) as amal:
        await gives(twice, box, amal)
        await amal.get("/me/mail")
        both = {"recovers": "yes", "news": "yes"}
        assert (await amal.post("/me/mail/choices", both)).status == 303
        await twice.keep()
        assert (await amal.post("/me/mail/choices", {"news": "yes"})).status == 303
    back = await twice.back()
    assert not await goes_to(back, box, HERS)
    (address,) = await kept(back)
    assert (address.recovers, address.news_from is not None) == (False, True)


@pytest.mark.parametrize("by", ["her own page", "the link in a mail"])
async def test_news_that_somebody_wanted_no_more_do_not_begin_again(
    twice: Twice, box: Mailbox, by: str
):
    async with signed_in(twice.node, "amal", Role.MEMBER) as amal:
        await gives(twice, box, amal)
        await amal.get("/me/mail")
        both = {"recovers": "yes", "news": "yes"}
        assert (await amal.post("/me/mail/choices", both)).status == 303
        await twice.keep()
        if by == "her own page":
            assert (await amal.post("/me/mail/choices", {"recovers": "yes"})).status == 303
        else:
            await stops(twice.node)
    (address,) = await kept(await twice.back())
    assert (address.recovers, address.news_from) == (True, None)


async def stops(node: Node) -> None:
    """She opens the link that stands below each mail about what is new."""
    vault, (address,) = node.keyring.vault, await kept(node)

    async def work(context: Context) -> None:
        key = await sealing.index_key(context.tx, vault)
        await actions.stop(context, vault, sealing.stop_secret(key, address.id))

    await node.act(work)


async def test_the_lines_tell_no_address(twice: Twice, box: Mailbox):
    node = twice.node
    async with signed_in(node, "amal", Role.MEMBER) as amal:
        await gives(twice, box, amal)
        (before,) = await kept(node)
        assert (await amal.post("/me/mail/remove")).status == 303
    await carry_out(node)
    ledger = Ledger(node.config.data)
    assert [line.kind for line in ledger.lines()] == ["gone"]
    for needle in (HERS, "amal", before.id, before.person, before.digest):
        assert needle not in ledger.path.read_text()
