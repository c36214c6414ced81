"""Tests of the way to the mail server: encrypted or not at all, and never waited for too long."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from node.config import ConfigError, load_config
from node.errors import Unavailable
from node.mail import post
from node.mail.checking import check_mail
from node.mail.post import Outcome, connected
from node.mail_settings import MailServer, is_address, read_mail
from tests.support.authority import Authority, Fault
from tests.support.mailboxes import Mailbox

HERE = Path()


def elsewhere(box: Mailbox, monkeypatch: pytest.MonkeyPatch, **changed: Any) -> MailServer:
    """The same server as if it were not on this machine."""
    monkeypatch.setattr(MailServer, "on_this_machine", property(lambda server: False))
    return replace(MailServer(host="localhost", port=box.port, tls=False), **changed)


async def test_a_server_elsewhere_gets_mail_only_after_starttls(
    box: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    authority = Authority(tmp_path / "ca")
    box.tls = authority.server("localhost")
    server = elsewhere(box, monkeypatch)
    async with connected(server, name="wien.example", ca_file=authority.bundle) as way:
        assert (
            await way.send("a@b.example", "c@d.example", b"Subject: x\r\n\r\ny\r\n") is Outcome.SENT
        )
    assert box.said[:3] == ["EHLO wien.example", "STARTTLS", "EHLO wien.example"]


@pytest.mark.parametrize("fault", [None, Fault.OTHER_NAME, Fault.EXPIRED, Fault.SELF_SIGNED])
async def test_without_starttls_or_with_a_wrong_certificate_nothing_is_said(
    box: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault | None
):
    authority = Authority(tmp_path / "ca")
    box.tls = authority.server("localhost", fault) if fault else None
    server = elsewhere(box, monkeypatch, user="amal", password="geheim")
    with pytest.raises(Unavailable, match="certificate" if fault else "STARTTLS"):
        async with connected(server, name="wien.example", ca_file=authority.bundle):
            pass
    assert not any(line.startswith(("AUTH", "MAIL")) for line in box.said)


async def test_a_server_that_says_nothing_is_not_waited_for(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
):
    box.silent = True
    monkeypatch.setattr(post, "_SECONDS", 0.1)
    with pytest.raises(Unavailable, match="in time"):
        async with connected(MailServer(host="127.0.0.1", port=box.port, tls=False), name="x"):
            pass


async def test_the_doctor_speaks_with_the_server_and_sends_nothing(box: Mailbox, tmp_path: Path):
    given = {
        "JOSOOR_DATA": str(tmp_path),
        "JOSOOR_MAIL": f"smtp://127.0.0.1:{box.port}",
        "JOSOOR_MAIL_FROM": "post@wien.example",
    }
    (check,) = await check_mail(load_config(given))
    assert (check["state"], box.said) == ("green", ["EHLO localhost", "QUIT"])
    (check,) = await check_mail(load_config(given | {"JOSOOR_MAIL": "smtp://127.0.0.1:1"}))
    assert check["state"] == "red"
    assert await check_mail(load_config({"JOSOOR_DATA": str(tmp_path)})) == []


def test_the_settings_say_which_server_and_who_sends(tmp_path: Path):
    (tmp_path / "password").write_text("aus der Datei\n")
    config = load_config(
        {
            "JOSOOR_DATA": str(tmp_path),
            "JOSOOR_MAIL": "smtps://amal%40web:x@mail.example",
            "JOSOOR_MAIL_FROM": "post@wien.example",
            "JOSOOR_MAIL_PASSWORD_FILE": str(tmp_path / "password"),
        }
    )
    assert config.mail == MailServer(
        host="mail.example", port=465, tls=True, user="amal@web", password="aus der Datei"
    )
    assert "Datei" not in repr(config)
    assert str(config.mail) == "smtps://mail.example:465"
    assert config.mail_name == ""
    assert read_mail("smtp://[::1]:2525", HERE).on_this_machine


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"JOSOOR_MAIL": "smtp://127.0.0.1"}, "mail_from"),
        ({"JOSOOR_MAIL": "http://u:geheim@x"}, "JOSOOR_MAIL"),
        ({"JOSOOR_MAIL": "smtp://x:99999999"}, "JOSOOR_MAIL"),
        ({"JOSOOR_MAIL": "smtp://x/path"}, "JOSOOR_MAIL"),
        ({"JOSOOR_MAIL_FROM": "A <a@b.example>"}, "JOSOOR_MAIL_FROM"),
        ({"JOSOOR_MAIL_NAME": "A\r\nBcc: b"}, "JOSOOR_MAIL_NAME"),
        ({"JOSOOR_MAIL_PASSWORD_FILE": "/nowhere/at/all"}, "JOSOOR_MAIL_PASSWORD_FILE"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_no_password_is_repeated(given, named):
    with pytest.raises(ConfigError) as wrong:
        load_config(given)
    assert named in str(wrong.value)
    assert "geheim" not in str(wrong.value)


def test_without_the_library_the_start_stops_with_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("node.config.find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="pip install"):
        load_config({"JOSOOR_MAIL": "smtp://localhost", "JOSOOR_MAIL_FROM": "a@b.example"})


def test_an_address_has_plain_letters_only():
    good = ("a@b.example", "a.b+c_d-e@x-1.b.example", "A=~@b.co")
    bad = (
        "a", "@b.example", "a@b", "a b@c.example", "a..b@c.example", ".a@c.example",
        "a@c.example\r\nBcc: x@y.example", "<a@b.example>", '"a"@b.example', "a%b@c.example",
        "a!b@c.example", "a,b@c.example", "a@b.example,c@d.example", "ä@b.example",
        "a@bücher.example", "a@-b.example", "a@b..example", "a@[127.0.0.1]", "x" * 65 + "@b.example",
        "a@" + "b." * 130 + "example", "a@b.example\n", "a\0@b.example",
    )  # fmt: skip
    assert [each for each in good if not is_address(each)] == []
    assert [each for each in bad if is_address(each)] == []
