"""A mail as it goes over the wire: plain text, no pictures, nothing of anybody in its headers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from node.mail.model import Letter
from node.mail.wording import words

if TYPE_CHECKING:
    from email.message import EmailMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """From whom mail comes. `name` "" for none: a phone can be searched (DP12)."""

    address: str
    name: str = ""


def message(letter: Letter, sender: Sender, now: datetime) -> bytes:
    """A letter as bytes. Spec: RFC 5322, RFC 2047, RFC 3834 5, RFC 8058 3.1"""
    subject, text = words(letter.kind, letter.language, letter.link)
    return _stopping(letter.stop) + _framed(sender, letter.to, subject, text, now).as_bytes()


def _stopping(link: str) -> bytes:
    """The headers by which a mail program ends such mails; none without a link.

    Written by hand: the library makes encoded words of what is longer than a line, and in these
    nobody finds an address. Spec: RFC 2369 2, RFC 8058 3.1
    """
    if not link:
        return b""
    lines = f"List-Unsubscribe: <{link}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def trial(sender: Sender, to: str, now: datetime) -> bytes:
    """A mail by which somebody at the machine sees that it works."""
    return _framed(sender, to, "Test", "This is a test. It works.", now).as_bytes()


def _framed(sender: Sender, to: str, subject: str, text: str, now: datetime) -> EmailMessage:
    # Only where mail is sent: an idle node is to be small.
    from email.headerregistry import Address  # noqa: PLC0415
    from email.message import EmailMessage  # noqa: PLC0415
    from email.policy import SMTP  # noqa: PLC0415
    from email.utils import format_datetime  # noqa: PLC0415

    made = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    made["From"] = Address(display_name=sender.name, addr_spec=sender.address)
    made["To"] = Address(addr_spec=to)
    made["Subject"] = subject
    made["Date"] = format_datetime(now.replace(microsecond=0))
    # The usual maker tells the machine's name and the number of the process.
    made["Message-ID"] = f"<{secrets.token_hex(16)}@{sender.address.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text + "\n", cte="quoted-printable" if text.isascii() else "base64")
    return made
