"""Names of servers that mean addresses on loopback, for this process and for those it starts.

Nothing on the machine is changed: no hosts file, no name server. In this process `getaddrinfo` knows
them while the block lasts; other programs read the file that `LOOPBACK_NAMES` in their environment names,
by `preload/names.cjs` (Node) and `preload/sitecustomize.py` (Python), also those added later.
"""

from __future__ import annotations

import errno
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

PRELOAD = Path(__file__).parent / "preload"
VARIABLE = "LOOPBACK_NAMES"
HTTPS = 443


class NoHttps(Exception):
    """Names with https on port 443 cannot be had here; the text says why and what helps."""


@dataclass(frozen=True, slots=True)
class Names:
    """Host name → address of 127.0.0.0/8, each host with an address (and all ports) of its own;
    `file` tells other programs."""

    file: Path
    addresses: dict[str, str] = field(default_factory=dict)

    def add(self, host: str) -> str:
        """The address that `host` means from now on; nobody else uses its port 443."""
        if host not in self.addresses:
            self.addresses[host] = _unused_address()
            lines = (f"{name}={address}\n" for name, address in self.addresses.items())
            self.file.write_text("".join(lines), encoding="utf-8")
        return self.addresses[host]

    def environment(self) -> Mapping[str, str]:
        """The environment of a program, Node's or Python's, that is to know these names."""
        return {
            VARIABLE: str(self.file),
            "NODE_OPTIONS": f"--require={PRELOAD / 'names.cjs'}",
            "PYTHONPATH": str(PRELOAD),
        }

    @contextmanager
    def known(self) -> Iterator[None]:
        """Within the block this process knows them too."""

        def ask(host: Any, *arguments: Any, **options: Any) -> Any:
            return _getaddrinfo(self.addresses.get(host, host), *arguments, **options)

        with patch.object(socket, "getaddrinfo", ask):
            yield


_getaddrinfo = socket.getaddrinfo


def _unused_address() -> str:
    """An address whose port 443 is free. Raises: NoHttps."""
    for _ in range(20):
        numbers = [2 + secrets.randbelow(250) for _ in range(3)]
        address = "127." + ".".join(map(str, numbers))
        try:
            _try(address)
        except PermissionError as refused:
            raise NoHttps(
                "port 443 may be opened only by root here; run the tests as root, or allow it: "
                "sysctl net.ipv4.ip_unprivileged_port_start=443"
            ) from refused
        except OSError as refused:
            if refused.errno == errno.EADDRNOTAVAIL:
                raise NoHttps(f"{address} is no address of this machine") from refused
        else:
            return address
    raise NoHttps("no address of 127.0.0.0/8 with a free port 443 was found")


def _try(address: str) -> None:
    with socket.socket() as tried:
        tried.bind((address, HTTPS))
