"""Tests of a mail as it goes over the wire: nothing in it begins a header or shows a picture."""

from __future__ import annotations

import email.policy
from datetime import UTC, datetime
from email import message_from_bytes

import pytest

from node.i18n.languages import UI_LANGUAGES
from node.mail.message import Sender, message
from node.mail.model import Kind, Letter
from node.mail.wording import words

NOW = datetime(2026, 12, 5, 18, 0, 7, 123, tzinfo=UTC)
LINK = "https://wien.example/mail/confirm/" + "x" * 43


def read(letter: Letter, name: str = ""):
    raw = message(letter, Sender(address="post@wien.example", name=name), NOW)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    return message_from_bytes(raw, policy=email.policy.SMTP)


@pytest.mark.parametrize("language", UI_LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_every_mail_is_plain_text_in_her_language_and_says_that_a_machine_wrote_it(kind, language):
    link = LINK if kind in (Kind.CONFIRM, Kind.RECOVER) else ""
    found = read(Letter(kind=kind, to="amal@web.example", language=language, link=link))
    assert found.get_content_type() == "text/plain"
    assert found.get_content_charset() == "utf-8"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["From"] == "post@wien.example"
    subject, text = words(kind, language, link)
    assert found["Subject"] == subject
    assert found.get_content().replace("\r\n", "\n").rstrip("\n") == text
    assert (LINK in found.get_content()) is bool(link)
    assert set(found.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
        "Content-Type", "Content-Transfer-Encoding",
    }  # fmt: skip


def test_the_name_of_the_sender_is_what_the_setting_says_and_nothing_else():
    letter = Letter(kind=Kind.NEWS, to="a@web.example", language="de")
    found = read(letter, "Grüße, «جسور» <x>")
    assert found["From"].addresses[0].display_name == "Grüße, «جسور» <x>"
    assert found["From"].addresses[0].addr_spec == "post@wien.example"


def test_a_mail_about_what_is_new_can_be_ended_with_one_press():
    stop = "https://wien.example/mail/stop/" + "0" * 26 + "y" * 43
    letter = Letter(kind=Kind.NEWS, to="a@web.example", language="ar", stop=stop)
    # As it is sent: no mail program looks for an address in an encoded word.
    raw = message(letter, Sender(address="post@wien.example"), NOW)
    assert f"List-Unsubscribe: <{stop}>\r\n".encode() in raw
    found = read(letter)
    assert found["List-Unsubscribe"].replace("\r\n ", "") == f"<{stop}>"
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "http" not in found.get_content()
