"""Attacks by e-mail: on its headers, on its links, on who keeps an address here, on a phone that is
searched; and what is left of an address in the files of a node.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from node.mail import news
from node.people.model import Role
from node.services import Node
from tests.node.erasure.needles import NEEDLE, everything_logged, found, in_backup, in_folder
from tests.node.mail.giving import HERS, confirmed, gives
from tests.node.mail.test_news import asks_to_join, told, wants_news
from tests.support.browsers import Browser, Later, account, signed_in
from tests.support.mailboxes import Mailbox, mailbox, sends_to, text_of
from tests.support.needles import NEEDLES
from tests.support.nodes import do, running, until

_NEEDLE_ADDRESS = f"{NEEDLE}@web.example"
NEEDLES.add(_NEEDLE_ADDRESS)


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with running(tmp_path / "wien", at_work=False) as node:
        node.config = replace(node.config, trusted_proxies=(ip_network("127.0.0.0/8"),))
        yield node


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mailbox() as box:
        yield box


async def queued(node: Node) -> list[Any]:
    return list(await do(node, "mail.queue"))


@pytest.mark.parametrize(
    "address",
    [
        "a@web.example\r\nBcc: eve@evil.example",
        "a@web.example\nSubject: x",
        "a@web.example,eve@evil.example",
        "Amal <a@web.example>",
        '"a\r\nb"@web.example',
        "a%evil.example@web.example",
        "<img src=x>@web.example",
        "a@web.example>\r\nDATA",
        "a\0@web.example",
    ],
)
async def test_i08_nothing_in_an_address_begins_a_header_a_command_or_another_address(
    node: Node, box: Mailbox, address: str
):
    mailer = sends_to(node, box)
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as eve:
        assert (await amal.post("/me/mail", {"address": address})).status == 422
        assert (await eve.post("/recover/mail", {"address": address})).status == 422
        assert await mailer.step() == 0
    assert (await queued(node), box.connections) == ([], 0)


async def test_i08_a_mail_is_plain_text_without_names_pictures_or_anything_from_elsewhere(
    node: Node, box: Mailbox
):
    await do(node, "community.describe", document={"name": {"de": "<img src=x> Bcc: e"}})
    async with signed_in(node, "amal", Role.MEMBER) as amal:
        await confirmed(node, box, amal)
    assert len(box.mails) == 2
    for mail in box.mails:
        assert mail.get_content_type() == "text/plain"
        assert mail["Bcc"] is None
        for word in ("<", "img", "amal ", "src"):
            assert word not in text_of(mail)
        assert "wien.example" in mail["Message-ID"]


async def test_h08_an_address_that_only_looks_like_another_is_none_and_letters_have_no_case(
    node: Node, box: Mailbox
):
    async with (
        signed_in(node, "amal", Role.MEMBER) as amal,
        signed_in(node, "eve", Role.MEMBER) as eve,
    ):
        await confirmed(node, box, amal, "istiklal@web.example")
        twins = ("İstiklal", "ıstiklal", "istıklal", "ｉstiklal", "isti\u212alal", "iſtiklal")
        for twin in twins:
            shown = await eve.post("/me/mail", {"address": f"{twin}@web.example"})
            assert shown.status == 422, twin
        await gives(eve, "ISTIKLAL@Web.Example")
        await sends_to(node, box).step()
        shown = await eve.post(box.link("mail/confirm"))
        assert shown.status == 409
        assert "another account" in shown.text


async def test_j08_a_link_by_mail_is_ours_whatever_the_request_says_and_ends_with_time_and_use(
    node: Node, box: Mailbox
):
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as eve:
        await confirmed(node, box, amal)
        mailer = sends_to(node, box)
        forged = {"Host": "evil.test", "X-Forwarded-Host": "evil.test"}
        assert (await eve.post("/recover/mail", {"address": HERS}, **forged)).status == 421
        elsewhere = {"X-Forwarded-Host": "evil.test", "Forwarded": "host=evil.test"}
        await eve.post("/recover/mail", {"address": HERS}, **elsewhere)
        await mailer.step()
        assert f"{node.urls.origin}/reset/" in text_of(box.mails[-1])
        assert "evil" not in text_of(box.mails[-1])
        first = box.link("reset")
        await eve.post("/recover/mail", {"address": HERS})
        await mailer.step()
        second = box.link("reset")
        assert (await eve.get(first)).status == 404, "a later one ends it"
        shown = await eve.get(second)
        assert (shown.status, shown.headers["Referrer-Policy"]) == (200, "no-referrer")
        node.clock = Later(timedelta(minutes=61))
        assert (await eve.get(second)).status == 404


async def test_j08_nobody_fills_a_mailbox_or_tries_addresses_one_after_the_other(
    node: Node, box: Mailbox
):
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as eve:
        await confirmed(node, box, amal)
        mailer, before = sends_to(node, box), len(box.raw)
        texts = set()
        for number in range(6):
            place = {"X-Forwarded-For": f"198.51.{number}.1"}
            shown = await eve.post("/recover/mail", {"address": HERS}, **place)
            texts.add((shown.status, shown.text))
            await mailer.step()
        assert len(texts) == 1, "whoever asks learns nothing of the limit of an address"
        # one of three in the hour was the link that confirmed it
        assert len(box.raw) - before == 2
        place = {"X-Forwarded-For": "203.0.113.9"}
        tries = [
            (await eve.post("/recover/mail", {"address": f"a{number}@web.example"}, **place)).status
            for number in range(7)
        ]
        assert tries == [200] * 5 + [429] * 2


@pytest.mark.alone
async def test_j10_an_address_that_is_here_is_answered_as_one_that_is_not(node: Node, box: Mailbox):
    async with signed_in(node, "amal", Role.MEMBER) as amal, Browser(node) as eve:
        await confirmed(node, box, amal)
        times: dict[str, float] = {}
        shown = set()
        for number in range(5):
            for address in (HERS, f"nobody{number}@web.example"):
                place = {"X-Forwarded-For": f"2001:db8:{number}::1"}
                begin = time.process_time()
                answer = await eve.post("/recover/mail", {"address": address}, **place)
                taken, kind = time.process_time() - begin, address[:4]
                times[kind] = min(times.get(kind, 9.0), taken)
                shown.add((answer.status, answer.text))
        assert len(shown) == 1
        assert min(times.values()) > 0.3 * max(times.values())
        # somebody who is signed in learns as little from giving another's address
        async with signed_in(node, "eve", Role.MEMBER) as hers:
            for address in (HERS.upper(), "nobody@web.example"):
                answer = await hers.post("/me/mail", {"address": address})
                assert (answer.status, answer.path) == (303, "/me/mail")


async def test_k18_a_mail_says_only_that_there_is_something_new(node: Node, box: Mailbox):
    await wants_news(node, box, Role.AMBASSADOR)
    await asks_to_join(node, "samira")
    assert await told(node, box, 1) == 1
    mail = box.mails[-1]
    whole = f"{mail['Subject']} {text_of(mail)}"
    for word in ("samira", "Ich bin neu hier", "amal", "Wien", "wien", "Josoor", "refug", "http"):
        assert word not in whole
    assert mail["From"] == "post@wien.example"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_k18_nobody_of_the_team_sees_an_address(node: Node, box: Mailbox):
    async with (
        signed_in(node, "amal", Role.MEMBER) as amal,
        signed_in(node, "lina", Role.AMBASSADOR) as lina,
    ):
        await confirmed(node, box, amal)
        pages = ("/desk", "/desk/people", "/desk/log", "/desk/health", "/members", "/desk/queue")
        for page in pages:
            assert HERS not in (await lina.get(page)).text, page
        for operation in ("user.list", "status", "health.show", "health.settings", "mail.queue"):
            assert HERS not in str(await do(node, operation)), operation


async def test_k18_an_address_is_in_clear_nowhere_but_in_her_data_and_gone_when_she_is(
    tmp_path: Path, box: Mailbox
):
    with everything_logged() as said:
        async with running(tmp_path / "data") as node:
            node.config = replace(node.config, private_peers=())
            await account(node, "lina", Role.AMBASSADOR)
            async with signed_in(node, "amal", Role.MEMBER) as amal:
                await confirmed(node, box, amal, _NEEDLE_ADDRESS)
                await amal.post("/me/mail/choices", {"news": "yes", "recovers": "yes"})
                await node.act(news.look)
                file = tmp_path / "her.zip"
                await do(node, "user.export", name="amal", file=str(file))
            with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as hers:
                assert NEEDLE in hers.read("mail.json").decode()
            file.unlink()
            assert in_folder(tmp_path / "data") == {}
            assert await in_backup(node, tmp_path / "one.backup") == {}
            people = {one["name"]: one["id"] for one in await do(node, "user.list")}
            await do(node, "user.erase", name="amal", now=True, by=people["amal"])
            await until(lambda: _is_gone(node))
        assert in_folder(tmp_path / "data") == {}
    assert found(said.getvalue().encode()) == 0


async def _is_gone(node: Node) -> bool:
    rows = await node.look(lambda tx: tx.rows("select id from mail_address"))
    return not rows
