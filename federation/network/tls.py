"""TLS towards other servers, paid for once: a new connection takes up the former session.

A resumed handshake needs no certificates: neither sent, nor proven, nor checked. What it saves
grows with the chain; with the shortest one it is a fifth of the caller's work.
"""

from __future__ import annotations

import ssl
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

MOST_SESSIONS: Final = 1024
MOST_TIMES: Final = 8
"""How often one session is taken up before the next is asked for: Python copies a session through
its bytes, which costs as much as the resumed handshake."""


def client_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """What connections of one pool share: TLS 1.2 or later, certificate and host name checked.

    `ca_file` holds certificates trusted besides the system's; those are read at the first
    connection, for they take a node that talks to nobody yet 40 ms and 2 MB. Sessions of the last
    1,024 hosts are remembered, each for its host alone.
    """
    context = _Resuming(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
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
            self._handed_on = self.context.remember(self)
        return data


@dataclass(slots=True)
class _Held:
    """A session, and how often it was taken up."""

    session: ssl.SSLSession
    times: int = 0


class _Resuming(ssl.SSLContext):
    """Asks each host to take up the session that it had with us."""

    _sessions: OrderedDict[str, _Held]
    _knows_authorities = False

    def __init__(self, _: int) -> None:
        self._sessions = OrderedDict()
        self.sslobject_class = _Remembering

    def remember(self, connection: ssl.SSLObject) -> bool:
        """Whether its session is kept; without a ticket there is nothing to take up."""
        host = connection.server_hostname
        if host is None:
            return False
        held = self._sessions.get(host)
        if held is not None and held.times < MOST_TIMES and connection.session_reused:
            return True
        session = connection.session
        if session is None or not session.has_ticket:
            return False
        self._sessions[host] = _Held(session)
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
        if not self._knows_authorities:
            self.load_default_certs()
            self._knows_authorities = True
        if session is None and isinstance(server_hostname, str):
            session = self._take_up(server_hostname)
        return super().wrap_bio(incoming, outgoing, server_side, server_hostname, session)

    def _take_up(self, host: str) -> ssl.SSLSession | None:
        held = self._sessions.get(host)
        if held is None:
            return None
        held.times += 1
        self._sessions.move_to_end(host)
        return held.session
