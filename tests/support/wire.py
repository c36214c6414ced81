"""The network as a test wants it: who is called what, who is where, and what was tried."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

Names = Callable[[], Sequence[str]]


@dataclass(slots=True)
class Wire:
    """Names are resolved from `names`, never cached, and by nobody else.

    Connections of this process's event loop go only to the addresses in `servers`, each of which
    is a port on loopback; `attempts` holds all that were tried, `strays` those that led elsewhere.
    """

    names: dict[str, Names] = field(default_factory=dict)
    servers: dict[tuple[str, int], int] = field(default_factory=dict)
    lookups: list[str] = field(default_factory=list)
    attempts: list[tuple[str, int]] = field(default_factory=list)
    strays: list[tuple[str, int]] = field(default_factory=list)

    def name(self, host: str, *addresses: str) -> None:
        """From now on `host` means these addresses."""
        self.names[host] = lambda: addresses

    def in_turn(self, host: str, *answers: str) -> None:
        """Each question after `host` is answered with the next address, the last one for ever."""
        left = list(answers)
        self.names[host] = lambda: [left.pop(0) if len(left) > 1 else left[0]]

    def _resolve(
        self, host: str | None, port: Any, family: int = 0, type: int = 0, proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:  # fmt: skip
        if host in (None, "", "localhost"):
            return list(_getaddrinfo(host, port, family, type, proto, flags))
        if host in self.names:
            self.lookups.append(str(host))
            return [_info(address, int(port or 0)) for address in self.names[str(host)]()]
        # Numerals in all their spellings, as the system reads them; no name leaves the machine.
        flags |= socket.AI_NUMERICHOST
        try:
            return list(_getaddrinfo(host, port, family, type, proto, flags))
        except socket.gaierror:
            self.lookups.append(str(host))
            raise

    async def _connect(self, loop: Any, sock: socket.socket, address: Any) -> Any:
        wanted = (str(address[0]), int(address[1]))
        self.attempts.append(wanted)
        local = self.servers.get(wanted)
        if local is None:
            self.strays.append(wanted)
            raise OSError(errno.ECONNREFUSED, "not on this wire")
        return await _sock_connect(loop, sock, ("127.0.0.1", local))


_getaddrinfo = socket.getaddrinfo
_Loop = asyncio.selector_events.BaseSelectorEventLoop
_sock_connect = _Loop.sock_connect


def _info(address: str, port: int) -> tuple[Any, ...]:
    if ":" in address:
        return socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0)
    return socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)


@contextmanager
def wired() -> Iterator[Wire]:
    """A network that lasts as long as the block; a stray connection fails it at its end."""
    wire = Wire()

    async def connect(loop: Any, sock: socket.socket, address: Any) -> Any:
        return await wire._connect(loop, sock, address)

    with (
        patch.object(socket, "getaddrinfo", wire._resolve),
        patch.object(_Loop, "sock_connect", connect),
    ):
        yield wire
    assert wire.strays == [], "connections led where nobody should go"
