"""A real mail server on loopback, for tests: takes what it is told to take, and keeps it."""

from __future__ import annotations

import asyncio
import email.policy
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.message import EmailMessage

from node.mail.message import Sender
from node.mail.sending import Mailer
from node.mail_settings import MailServer
from node.services import Node
from tests.support.needles import NEEDLES

FROM = "post@wien.example"


@dataclass(slots=True)
class Mailbox:
    """What came, and how the server behaves. `answers`: what it says to each recipient or to the
    end of a mail, by the word `RCPT` or `DATA`; `hangs_up`: after so many mails; `tls`: offers
    STARTTLS with this.
    """

    port: int = 0
    raw: list[bytes] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    connections: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    hangs_up: int = 1_000_000
    silent: bool = False
    tls: ssl.SSLContext | None = None

    @property
    def mails(self) -> list[EmailMessage]:
        """What came, read."""
        read = [message_from_bytes(each, policy=email.policy.SMTP) for each in self.raw]
        assert all(isinstance(each, EmailMessage) for each in read)
        return read

    def link(self, part: str) -> str:
        """The path of the newest link that has this in it, as somebody would open it."""
        for each in reversed(self.mails):
            found = re.search(rf"https?://[^/\s]+(/{part}/[\w-]+)", _text(each))
            if found:
                NEEDLES.add(found[1].rpartition("/")[2])
                return found[1]
        raise AssertionError(f"no link with {part}")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection. Spec: RFC 5321"""
        self.connections += 1
        try:
            if self.silent:
                await reader.read()
            else:
                await self._talk(reader, writer)
        except ConnectionError:
            return
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.test\r\n")
        while line := (await reader.readline()).decode("ascii").rstrip("\r\n"):
            self.said.append(line)
            word = line.partition(" ")[0].upper()
            if word == "DATA":
                writer.write(b"354 go on\r\n")
                content = await reader.readuntil(b"\r\n.\r\n")
                if "DATA" not in self.answers:
                    self.raw.append(content[:-3].replace(b"\r\n..", b"\r\n."))
                if len(self.raw) >= self.hangs_up:
                    return
            writer.write(f"{self._answer(word)}\r\n".encode())
            if word == "STARTTLS" and self.tls:
                await writer.start_tls(self.tls)
            if word == "QUIT":
                return

    def _answer(self, word: str) -> str:
        if word == "EHLO":
            return "250-mail.test\r\n250-STARTTLS\r\n250 8BITMIME" if self.tls else "250 mail.test"
        if word == "STARTTLS":
            return "220 go on" if self.tls else "502 no"
        return self.answers.get(word, "221 bye" if word == "QUIT" else "250 ok")


def _text(mail: EmailMessage) -> str:
    content = mail.get_content()
    assert isinstance(content, str)
    return content


def text_of(mail: EmailMessage) -> str:
    """The words of a mail."""
    return _text(mail)


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """A mail server on a port of its own."""
    box = Mailbox()
    server = await asyncio.start_server(box.serve, "127.0.0.1", 0)
    box.port = server.sockets[0].getsockname()[1]
    try:
        yield box
    finally:
        server.close()


def sends_to(node: Node, box: Mailbox, *, name: str = "") -> Mailer:
    """Let a node send by this server; what waits goes when `step` is called."""
    server = MailServer(host="127.0.0.1", port=box.port, tls=False)
    node.config = replace(node.config, mail=server, mail_from=FROM, mail_name=name)
    return Mailer(node, server, Sender(address=FROM, name=name))
