"""Ports of 127.0.0.1 for servers that tests start later."""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress

_BELOW_EPHEMERAL = range(20_000, 32_000)
"""Linux takes the ports of outgoing connections from 32768 upwards: one found up there is somebody
else's before a server has started, when tests run side by side."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now, and that no connection will take by itself."""
    while True:
        with socket.socket() as found, suppress(OSError):
            found.bind(("127.0.0.1", secrets.choice(_BELOW_EPHEMERAL)))
            return int(found.getsockname()[1])
