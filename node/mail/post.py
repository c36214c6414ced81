"""The way to the mail server: one connection for several mails, encrypted unless it is here.

Of what the server answers only the number counts: its sentences repeat the address.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from node.errors import Unavailable
from node.mail_settings import MailServer

if TYPE_CHECKING:
    from aiosmtplib import SMTP

_SECONDS: Final = 20.0
_SECONDS_FOR_ONE: Final = 60.0


class Outcome(Enum):
    """What became of a mail; the value is what is told of it."""

    SENT = "sent"
    REFUSED = "the mail server refused it for good"
    LATER = "the mail server did not take it now"
    NO_SENDER = "the mail server does not let us send from this address"


class Post(Protocol):
    """Takes mails."""

    async def send(self, sender: str, to: str, content: bytes) -> Outcome:
        """What became of one; never raises for what the server does."""


class SmtpPost:
    """The same over one open connection."""

    def __init__(self, client: SMTP) -> None:
        self._client = client

    async def send(self, sender: str, to: str, content: bytes) -> Outcome:
        """What became of one; never raises for what the server does."""
        import aiosmtplib as lib  # noqa: PLC0415 - seldom needed, and an idle node is to be small

        try:
            async with asyncio.timeout(_SECONDS_FOR_ONE):
                await self._client.sendmail(sender, [to], content)
        except lib.SMTPSenderRefused:
            return Outcome.NO_SENDER
        except lib.SMTPRecipientsRefused as refused:
            return _by_number(refused.recipients[0].code)
        except lib.SMTPResponseException as refused:
            return _by_number(refused.code)
        except (lib.SMTPException, OSError, TimeoutError, ValueError):
            return Outcome.LATER
        return Outcome.SENT


def _by_number(code: int) -> Outcome:
    """Spec: RFC 5321 4.2.1"""
    return Outcome.REFUSED if 500 <= code <= 599 else Outcome.LATER


@asynccontextmanager
async def connected(
    server: MailServer, *, name: str, ca_file: Path | None = None
) -> AsyncIterator[SmtpPost]:
    """An open connection; `name` is what we call ourselves. Raises: Unavailable."""
    client = await _connect(server, name, ca_file)
    try:
        yield SmtpPost(client)
    finally:
        await _part(client)


async def _connect(server: MailServer, name: str, ca_file: Path | None) -> SMTP:
    import aiosmtplib as lib  # noqa: PLC0415 - see above

    client = lib.SMTP(
        hostname=server.host,
        port=server.port,
        username=server.user,
        password=server.password if server.user else None,
        local_hostname=name,
        timeout=_SECONDS,
        use_tls=server.tls,
        start_tls=not (server.tls or server.on_this_machine),
        tls_context=await asyncio.to_thread(_tls, ca_file),
    )
    try:
        async with asyncio.timeout(_SECONDS_FOR_ONE):
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
    except lib.SMTPAuthenticationError as wrong:
        raise Unavailable("the mail server does not take the user and password.") from wrong
    except ssl.SSLError as wrong:
        raise Unavailable("the certificate of the mail server does not hold.") from wrong
    except (lib.SMTPTimeoutError, TimeoutError) as wrong:
        raise Unavailable("the mail server does not answer in time.") from wrong
    except (lib.SMTPConnectError, OSError) as wrong:
        raise Unavailable(_why(wrong)) from wrong
    except (lib.SMTPException, ValueError) as wrong:
        raise Unavailable("the mail server offers no STARTTLS, or no way to sign in.") from wrong
    return client


def _why(wrong: BaseException) -> str:
    if isinstance(wrong.__cause__, ssl.SSLError):
        return "the certificate of the mail server does not hold."
    return "the mail server cannot be reached."


def _tls(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


async def _part(client: SMTP) -> None:
    """A server that does not say goodbye is left without."""
    import aiosmtplib as lib  # noqa: PLC0415 - see above

    with suppress(lib.SMTPException, OSError, TimeoutError):
        await client.quit()
    client.close()
