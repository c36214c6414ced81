"""Names of servers, asked of the system in threads of their own.

A name server that does not answer holds a thread for half a minute. It must hold none with which
files are read or keys are made.
"""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult

LOOK_UPS: Final = 32
"""How many names may be asked for at once; a thread is started when it is first needed."""
_NUMERIC: Final = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


class Resolver(AbstractResolver):
    """The system's resolver, whatever is installed: it reads /etc/hosts as people expect."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOK_UPS, thread_name_prefix="names")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host. Raises: socket.gaierror."""
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, _look_up, host, port, family
        )
        return [
            ResolveResult(
                hostname=host,
                host=address[0],
                port=address[1],
                family=kind,
                proto=protocol,
                flags=_NUMERIC,
            )
            for kind, _, protocol, _, address in found
            if not _of_one_link(address)
        ]

    async def close(self) -> None:
        """Let go of the threads, without waiting for name servers that do not answer."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int, family: socket.AddressFamily) -> list[Any]:
    return list(
        socket.getaddrinfo(
            host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
        )
    )


def _of_one_link(address: tuple[Any, ...]) -> bool:
    """Whether it means something on one cable only, or is of a family that Python cannot speak."""
    return len(address) not in {2, 4} or (len(address) == 4 and address[3] != 0)
