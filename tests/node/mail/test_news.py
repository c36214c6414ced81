"""Tests of node/mail/news.py: who is told that something is new, and how seldom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from node.context import Context
from node.mail import news, store
from node.mail.model import State
from node.members import exporting
from node.people import entering, sessions
from node.people import store as people_store
from node.people.model import Person, Role, SignUp
from node.people.passwords import digest_of
from node.services import Node
from node.storage.database import Transaction
from tests.node.mail.giving import HERS, confirmed
from tests.support.browsers import Browser, Later, account, signed_in
from tests.support.mailboxes import Mailbox, sends_to, text_of
from tests.support.nodes import do


async def wants_news(node: Node, box: Mailbox, role: Role) -> Person:
    """Somebody who wants to be told, and who is not here now."""
    async with signed_in(node, "amal", role) as amal:
        await confirmed(node, box, amal)
        await amal.post("/me/mail/choices", {"news": "yes"})
        await amal.post("/sign-out")
    await account(node, "lina", Role.AMBASSADOR)

    async def read(tx: Transaction) -> Person:
        person = await people_store.by_name(tx, "amal")
        assert person is not None
        kept = await store.of_person(tx, person.id, State.KEPT)
        assert kept is not None
        assert kept.news_from is not None
        return person

    return await node.look(read)


async def told(node: Node, box: Mailbox, minutes: float) -> int:
    """How many mails come when the node looks, so much later."""
    node.clock = Later(timedelta(minutes=minutes))
    await node.act(news.look)
    return await sends_to(node, box).step()


async def asks_to_join(node: Node, name: str) -> None:
    kept = await digest_of("siebzehn kleine Brücken")

    async def work(context: Context) -> None:
        await entering.set_sign_up(context, SignUp.APPROVAL, "x")
        await people_store.set_setting(context.tx, "staff_seen", context.now.strftime("%Y-%m-%d"))
        await entering.apply(context, name, kept, "Ich bin neu hier.")

    await node.act(work)


async def is_reported(node: Node) -> None:
    await do(node, "case.open", target="member:lina", category="hate")


async def is_ready(node: Node) -> None:
    async def work(context: Context) -> None:
        person = await people_store.by_name(context.tx, "amal")
        assert person is not None
        await exporting.ask(context, person, "de")
        await exporting.make_next(context)

    await node.act(work)


@pytest.mark.parametrize(
    ("role", "happens", "many"),
    [
        (Role.AMBASSADOR, lambda node: asks_to_join(node, "neu"), 1),
        (Role.MEMBER, lambda node: asks_to_join(node, "neu"), 0),
        (Role.MODERATOR, is_reported, 1),
        (Role.MEMBER, is_reported, 0),
        (Role.MEMBER, is_ready, 1),
    ],
)
async def test_who_can_deal_with_it_is_told_that_something_is_new_and_nothing_more(
    node: Node, box: Mailbox, role: Role, happens: Callable[[Node], Any], many: int
):
    await wants_news(node, box, role)
    assert await told(node, box, 0) == 0
    await happens(node)
    assert await told(node, box, 1) == many
    assert await told(node, box, 60 * 24 * 3) == 0, "it is not new any more"
    if many:
        said = text_of(box.mails[-1])
        assert box.mails[-1]["To"] == HERS
        for word in ("amal", "lina", "neu@", "wien", "Wien", "Josoor", "hate", "http"):
            assert word not in said


async def test_a_second_word_comes_after_four_hours_or_once_she_was_here(node: Node, box: Mailbox):
    person = await wants_news(node, box, Role.AMBASSADOR)
    await asks_to_join(node, "eins")
    assert await told(node, box, 1) == 1
    await asks_to_join(node, "zwei")
    assert await told(node, box, 60) == 0
    assert await told(node, box, 242) == 1

    await node.act(lambda context: sessions.begin(context, person, "Firefox"))
    node.clock = Later(timedelta(minutes=320))
    await asks_to_join(node, "drei")
    assert await told(node, box, 321) == 1


async def test_whoever_pressed_the_button_in_a_mail_gets_no_more(node: Node, box: Mailbox):
    await wants_news(node, box, Role.AMBASSADOR)
    await asks_to_join(node, "eins")
    assert await told(node, box, 1) == 1
    header = str(box.mails[-1]["List-Unsubscribe"])
    path = header.strip("<>").removeprefix(node.urls.origin)
    async with Browser(node) as program:
        assert (await program.get(path)).status == 200
        pressed = await program.ask("POST", path, {"List-Unsubscribe": "One-Click"})
        assert pressed.status == 200
    await asks_to_join(node, "zwei")
    assert await told(node, box, 600) == 0
