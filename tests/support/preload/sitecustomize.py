"""Read before a program in Python starts: the names in the file LOOPBACK_NAMES mean loopback
addresses."""

from __future__ import annotations

import os
import socket
from typing import Any

_getaddrinfo = socket.getaddrinfo


def _ask(host: Any, *arguments: Any, **options: Any) -> Any:
    with open(os.environ["LOOPBACK_NAMES"], encoding="utf-8") as file:
        names = dict(line.strip().split("=") for line in file)
    name = host.decode() if isinstance(host, bytes) else host
    return _getaddrinfo(names.get(name, host), *arguments, **options)


if "LOOPBACK_NAMES" in os.environ:
    socket.getaddrinfo = _ask
