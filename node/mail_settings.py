"""How the settings about e-mail are read: the server, the sender, the sender's name."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

LONGEST_ADDRESS = 254
"""Spec: RFC 5321 4.5.3.1.3"""
_LOCAL = r"[A-Za-z0-9_+=~-]+(?:\.[A-Za-z0-9_+=~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){_LOCAL}@{_LABEL}(?:\.{_LABEL})+")
_PORTS = {"smtp": 587, "smtps": 465}
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The server that takes our mail. `tls`: encrypted from the first byte, else by STARTTLS.

    `user` None: it asks for no password.
    """

    host: str
    port: int
    tls: bool
    user: str | None = None
    password: str = field(default="", repr=False)

    @property
    def on_this_machine(self) -> bool:
        """Whether what is said to it never leaves this machine."""
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        """The server as it may be shown: without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'smtps' if self.tls else 'smtp'}://{host}:{self.port}"


def is_address(text: str) -> bool:
    """Whether this is an e-mail address in the one plain spelling that is taken here.

    ASCII only, no quotes, no routes (`%`, `!`), nothing that could begin a header of its own.
    Spec: RFC 5321 4.1.2; security I08, H08
    """
    return len(text) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def read_mail(value: object, base: Path) -> MailServer:
    """`smtp://user:password@host:port` or `smtps://…`; user, password and port can be left out."""
    # The value may hold a password, so it is not repeated.
    wrong = "must look like smtps://user:password@mail.example.org:465, or smtp:// for STARTTLS"
    try:
        return _server(urlsplit(value.strip() if isinstance(value, str) else ""))
    except ValueError:
        raise ValueError(wrong) from None


def _server(parts: SplitResult) -> MailServer:
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError
    return MailServer(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        tls=parts.scheme == "smtps",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or ""),
    )


def read_mail_password(value: object, base: Path) -> str:
    """What stands in the file of this name; a relative one counts from `base`."""
    path = Path(base, Path(value).expanduser()) if isinstance(value, str) else base
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise ValueError(f"names {path}, which cannot be read") from None


def read_mail_from(value: object, base: Path) -> str:
    """The address from which mail is sent."""
    text = value.strip() if isinstance(value, str) else ""
    if not is_address(text):
        raise ValueError("must be an e-mail address, in plain letters")
    return text


def read_mail_name(value: object, base: Path) -> str:
    """The name of the sender, which stands in every mail; "" for none."""
    text = value.strip() if isinstance(value, str) else ""
    if len(text) > _LONGEST_NAME or not text.isprintable():
        raise ValueError(f"must be one line of at most {_LONGEST_NAME} letters")
    return text
