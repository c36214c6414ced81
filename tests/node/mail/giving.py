"""Somebody gives an address, and confirms it."""

from __future__ import annotations

from node.services import Node
from tests.support.browsers import Browser
from tests.support.mailboxes import Mailbox, sends_to
from tests.support.needles import NEEDLES

HERS = "amal.h@web.example"
NEXT = "amal.neu@web.example"
NEEDLES.add(HERS, NEXT)


async def gives(browser: Browser, address: str) -> None:
    shown = await browser.post("/me/mail", {"address": address})
    assert (shown.status, shown.path) == (303, "/me/mail"), shown.text


async def confirmed(node: Node, box: Mailbox, browser: Browser, address: str = HERS) -> None:
    """She gives an address and opens the link that comes there."""
    mailer = sends_to(node, box)
    await gives(browser, address)
    assert await mailer.step() == 1
    async with Browser(node) as elsewhere:
        shown = await elsewhere.post(box.link("mail/confirm"))
        assert shown.status == 200, shown.text
    assert await mailer.step() >= 1


async def counts(node: Node, table: str) -> int:
    row = await node.look(lambda tx: tx.row(f"select count(*) as many from {table}"))
    assert row is not None
    return int(row["many"])
