"""Tests of node/mail/sending.py: a mail reaches a mailbox once, whatever the server does."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from node.happenings import Restored
from node.mail import queue_store, sending
from node.mail.message import Sender
from node.mail_settings import MailServer
from node.people.model import Role
from node.services import Node
from tests.node.mail.giving import HERS, NEXT, confirmed, counts, gives
from tests.support.browsers import Browser, Later, signed_in
from tests.support.mailboxes import FROM, Mailbox, sends_to, text_of
from tests.support.nodes import do, until


async def test_a_mail_server_that_is_away_keeps_nothing_up_and_the_mail_goes_later(
    node: Node, box: Mailbox
):
    mailer = sends_to(node, box)
    nowhere = MailServer(host="127.0.0.1", port=1, tls=False)
    away = sending.Mailer(node, nowhere, Sender(address=FROM))
    async with signed_in(node, "amal", Role.MEMBER) as amal:
        await gives(amal, HERS)
        assert await away.step() == 0
        state = (await do(node, "status"))["mail"]
        assert (state["well"], state["waiting"]) == (False, 1)
        assert "cannot be reached" in state["trouble"]
        assert await mailer.step() == 0, "it waits a while"
        node.clock = Later(timedelta(minutes=2))
        assert await mailer.step() == 1
    assert (await do(node, "status"))["mail"]["well"]


@pytest.mark.parametrize(("answer", "left"), [("550 no such box", 0), ("451 later", 1)])
@pytest.mark.parametrize("word", ["RCPT", "DATA"])
async def test_what_is_refused_for_good_is_given_up_and_what_is_not_now_is_tried_again(
    node: Node, box: Mailbox, word: str, answer: str, left: int
):
    mailer = sends_to(node, box)
    box.answers[word] = answer
    async with signed_in(node, "amal", Role.MEMBER) as amal:
        await gives(amal, HERS)
        assert await mailer.step() == 0
        assert len(await do(node, "mail.queue")) == left
        assert box.raw == []
        node.clock = Later(timedelta(hours=25))
        await node.act(sending.forget)
    assert await do(node, "mail.queue") == []


async def test_several_mails_go_over_one_connection(node: Node, box: Mailbox):
    mailer = sends_to(node, box)
    for number in range(5):
        async with signed_in(node, f"amal{number}", Role.MEMBER) as amal:
            await gives(amal, f"a{number}@web.example")
    assert await mailer.step() == 5
    assert box.connections == 1


async def test_a_server_that_hangs_up_in_between_gets_the_rest_later_and_nothing_twice(
    node: Node, box: Mailbox
):
    mailer = sends_to(node, box)
    for number in range(3):
        async with signed_in(node, f"amal{number}", Role.MEMBER) as amal:
            await gives(amal, f"a{number}@web.example")
    box.hangs_up = 2
    await mailer.step()
    box.hangs_up = 1_000
    node.clock = Later(timedelta(minutes=2))
    await mailer.step()
    received = [mail["To"] for mail in box.mails]
    assert set(received) == {"a0@web.example", "a1@web.example", "a2@web.example"}
    assert len(received) <= 4, "only the one whose answer was lost may come twice"


async def test_a_node_that_ends_between_sending_and_noting_it_sends_once_more_and_no_third_time(
    node: Node, box: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    mailer = sends_to(node, box)

    async def ends(*arguments: object) -> None:
        raise OSError("the power is gone")

    async with signed_in(node, "amal", Role.MEMBER) as amal:
        await gives(amal, HERS)
        monkeypatch.setattr(sending, "record", ends)
        for minutes in (0, 11, 22, 33):
            node.clock = Later(timedelta(minutes=minutes))
            await mailer.step()
    assert len(box.raw) == 2
    assert await do(node, "mail.queue") == []


async def test_of_a_mail_that_waits_neither_text_nor_link_nor_address_is_kept(
    node: Node, box: Mailbox
):
    sends_to(node, box)
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as other:
        await gives(amal, HERS)
        await other.post("/recover/mail", {"address": NEXT})
    rows = await node.look(lambda tx: tx.rows("select * from mail_queue"))
    assert len(rows) == 2
    assert not any("@" in str(value) or "/" in str(value) for row in rows for value in row.values())
    assert (await node.look(queue_store.state)).waiting == 2


async def test_the_command_sends_one_mail_that_says_it_is_a_test(node: Node, box: Mailbox):
    sends_to(node, box, name="Post")
    assert (await do(node, "mail.test", address=HERS))["sent"]
    assert text_of(box.mails[0]).strip() == "This is a test. It works."
    assert box.mails[0]["From"] == "Post <post@wien.example>"


async def test_a_mail_server_that_says_nothing_holds_up_neither_pages_nor_the_end_of_the_node(
    node: Node, box: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sending, "_PAUSE", 0.02)
    monkeypatch.setattr(sending, "_LAST_SECONDS", 0.1)
    sends_to(node, box)
    stop = asyncio.Event()
    worker = asyncio.create_task(sending.run(node, stop))
    async with signed_in(node, "amal", Role.MEMBER) as amal:
        await gives(amal, HERS)
        await until(lambda: _came(box, 1))
        box.silent = True
        await gives(amal, NEXT)
        await until(lambda: _connected(box, 2))
        async with asyncio.timeout(5):
            assert (await amal.get("/me/mail")).status == 200
    stop.set()
    async with asyncio.timeout(3):
        await worker
    (waits,) = await do(node, "mail.queue")
    assert waits["kind"] == "confirm"


async def _came(box: Mailbox, many: int) -> bool:
    return len(box.raw) >= many


async def _connected(box: Mailbox, many: int) -> bool:
    return box.connections >= many


async def test_a_node_that_was_brought_back_sends_nothing_that_waited(node: Node, box: Mailbox):
    async with signed_in(node, "amal", Role.MEMBER) as amal:
        await confirmed(node, box, amal)
        mailer = sends_to(node, box)
        await gives(amal, NEXT)
        await node.act(lambda context: context.tell(Restored(context.now)))
        assert await mailer.step() == 0
    assert await counts(node, "mail_address") == 1, "what she confirmed is kept"
