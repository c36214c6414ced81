"""TLS towards other servers, paid for once: a new connection takes up the former session.

A resumed handshake needs no certificates: neither sent, nor proven, nor checked. What it saves
grows with the chain; with the shortest one it is a fifth of the caller's work.
"""

from __future__ import annotations

import ssl
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

MOST_SESSIONS: Final = 1024


def client_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """What connections of one pool share: TLS 1.2 or later, certificate and host name checked.

    `ca_file` holds certificates trusted besides the system's. Sessions of the last 1,024 hosts are
    remembered, each for its host alone.
    """
    context = _Resuming(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_default_certs()
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


class _Remembering(ssl.SSLObject):
    """A connection that hands on its session once it has one.

    In TLS 1.3 the server sends it after the handshake, with the first data that is read.
    """

    _handed_on = False

    def read(self, *arguments: Any) -> Any:
        data = super().read(*arguments)
        if not self._handed_on and isinstance(self.context, _Resuming):
            self._handed_on = self.context.remember(self.server_hostname, self.session)
        return data


class _Resuming(ssl.SSLContext):
    """Asks each host to take up the session that it had with us."""

    _sessions: OrderedDict[str, ssl.SSLSession]

    def __init__(self, _: int) -> None:
        self._sessions = OrderedDict()
        self.sslobject_class = _Remembering

    def remember(self, host: str | None, session: ssl.SSLSession | None) -> bool:
        """Whether it was kept; without a ticket there is nothing to take up."""
        if host is None or session is None or not session.has_ticket:
            return False
        self._sessions[host] = session
        self._sessions.move_to_end(host)
        if len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return True

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        if session is None and isinstance(server_hostname, str):
            session = self._sessions.get(server_hostname)
        return super().wrap_bio(incoming, outgoing, server_side, server_hostname, session)
