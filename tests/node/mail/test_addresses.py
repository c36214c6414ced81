"""An address that somebody gives: confirmed, changed, removed, and good for a new password."""

from __future__ import annotations

from datetime import timedelta

import pytest

from node.mail import sending
from node.people.model import Role
from node.services import Node
from tests.node.mail.giving import HERS, NEXT, confirmed, counts, gives
from tests.support.browsers import Browser, Later, account, signed_in
from tests.support.mailboxes import Mailbox, sends_to
from tests.support.nodes import do


async def test_an_address_counts_once_its_link_was_opened_and_the_button_pressed(
    node: Node, box: Mailbox
):
    mailer = sends_to(node, box)
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as scanner:
        await gives(amal, HERS)
        assert await mailer.step() == 1
        assert box.mails[0]["To"] == HERS
        link = box.link("mail/confirm")
        for _ in range(3):
            assert (await scanner.get(link)).status == 200
        assert "Not yet confirmed" in (await amal.get("/me/mail")).text
        assert (await scanner.post(link)).status == 200
        shown = (await amal.get("/me/mail")).text
        assert HERS in shown
        assert "Not yet confirmed" not in shown
        assert (await scanner.get(link)).status == 404
        assert (await scanner.post(link)).status == 404


async def test_a_link_that_confirms_ends_after_a_day(node: Node, box: Mailbox):
    mailer = sends_to(node, box)
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as browser:
        await gives(amal, HERS)
        await mailer.step()
        node.clock = Later(timedelta(hours=24, minutes=1))
        assert (await browser.post(box.link("mail/confirm"))).status == 404
        node.clock = Later(timedelta(hours=50))
        await node.act(sending.forget)
    assert await counts(node, "mail_address") == 0


async def test_until_another_address_is_confirmed_the_one_before_stays_and_both_get_a_word(
    node: Node, box: Mailbox
):
    async with signed_in(node, "amal", Role.MEMBER) as amal:
        await confirmed(node, box, amal)
        mailer = sends_to(node, box)
        await gives(amal, NEXT)
        shown = (await amal.get("/me/mail")).text
        assert HERS in shown
        assert NEXT in shown
        await mailer.step()
        before = len(box.raw)
        await amal.post(box.link("mail/confirm"))
        await mailer.step()
        assert {mail["To"] for mail in box.mails[before:]} == {HERS, NEXT}
        assert HERS not in (await amal.get("/me/mail")).text
    assert await counts(node, "mail_address") == 1, "the old one is no more"


async def test_a_removed_address_is_gone_and_nothing_more_is_sent(node: Node, box: Mailbox):
    async with signed_in(node, "amal", Role.MEMBER) as amal:
        mailer = sends_to(node, box)
        await gives(amal, HERS)
        assert (await amal.post("/me/mail/remove")).status == 303
        assert await mailer.step() == 0
        assert HERS not in (await amal.get("/me/mail")).text
    assert (await counts(node, "mail_address"), await counts(node, "mail_queue")) == (0, 0)


async def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(node: Node, box: Mailbox):
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as other:
        await confirmed(node, box, amal)
        mailer = sends_to(node, box)
        shown = await other.post("/recover/mail", {"address": HERS.upper()})
        assert "is on its way" in shown.text
        assert await mailer.step() == 1
        link = box.link("reset")
        done = await other.post(link, {"password": "ganz andere lange Wörter"})
        assert done.status == 303
        assert (await other.post(link, {"password": "noch andere lange Wörter"})).status == 404


async def test_the_log_of_the_team_does_not_tell_who_keeps_an_address(node: Node, box: Mailbox):
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as other:
        await confirmed(node, box, amal)
        mailer, before = sends_to(node, box), await do(node, "audit.list")
        await other.post("/recover/mail", {"address": HERS})
        assert await mailer.step() == 1
        assert await do(node, "audit.list") == before
        # used, it looks like any other change of a password; made by somebody, it is told
        await other.post(box.link("reset"), {"password": "ganz andere lange Wörter"})
        await do(node, "user.reset-link", name="amal")
        told = await do(node, "audit.list")
        verbs = [row["verb"] for row in told[: len(told) - len(before)]]
        assert verbs == ["reset-link", "password"]


@pytest.mark.parametrize("why", ["team", "closed", "not wanted", "passkey"])
async def test_no_link_to_a_new_password_goes_where_none_should(node: Node, box: Mailbox, why: str):
    role = Role.MODERATOR if why == "team" else Role.MEMBER
    async with signed_in(node, "amal", role) as amal, Browser(node) as other:
        await confirmed(node, box, amal)
        mailer = sends_to(node, box)
        if why == "closed":
            await account(node, "lina", Role.AMBASSADOR)
            await do(node, "user.disable", name="amal")
        elif why == "not wanted":
            await amal.post("/me/mail/choices", {"news": "yes"})
        elif why == "passkey":
            await node.act(lambda context: context.tx.run(
                "insert into passkey (id, person, handle, credential, public_key, counter, name, "
                "created) select 'k', id, 'h', 'c', 'p', 0, 'n', created from person"
            ))  # fmt: skip
        sent = len(box.raw)
        shown = await other.post("/recover/mail", {"address": HERS})
        assert "is on its way" in shown.text
        assert await mailer.step() == 0
    assert len(box.raw) == sent
    assert await counts(node, "mail_queue") == 0


async def test_where_no_mail_server_is_set_nothing_of_it_is_shown(node: Node):
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as other:
        assert "/me/mail" not in (await amal.get("/me")).text
        assert (await amal.get("/me/mail")).status == 404
        assert (await amal.post("/me/mail", {"address": HERS})).status == 404
        assert "/recover/mail" not in (await other.get("/recover")).text
        assert (await other.get("/recover/mail")).status == 404
        assert (await other.post("/recover/mail", {"address": HERS})).status == 404
