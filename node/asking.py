"""Asking the node that runs: one line to its control socket, one line back.

What a command needs and no more: it starts in a moment, where the whole node takes half a second.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path
from typing import Any

from node.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn, Unavailable

LONGEST_LINE = 16 * 1024 * 1024
_BY_REASON = {
    error.reason: error for error in (NotFound, NotAllowed, NotSignedIn, Conflict, Unavailable)
}


class NobodyThere(Exception):
    """No node answers on this socket."""


def socket_path(data: Path) -> Path:
    """Where the socket of a data folder is."""
    return data / "control.sock"


async def ask(data: Path, operation: str, arguments: Mapping[str, Any]) -> Any:
    """What the running node answers. Raises: NobodyThere, or the error that it met."""
    try:
        connection = _connected(socket_path(data))
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError) as nobody:
        raise NobodyThere from nobody
    reader, writer = await asyncio.open_unix_connection(sock=connection, limit=LONGEST_LINE)
    try:
        asked = json.dumps({"operation": operation, "arguments": dict(arguments)})
        writer.write(asked.encode() + b"\n")
        await writer.drain()
        line = await reader.readline()
    finally:
        writer.close()
    if not line:
        raise Unavailable("The node ended before it answered; look again before you repeat this.")
    return _result(json.loads(line))


def _connected(path: Path) -> socket.socket:
    """A long folder name does not fit into a socket's address (108 bytes), so it is entered."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        with chdir(path.parent):
            connection.connect(path.name)
    except OSError:
        connection.close()
        raise
    return connection


def _result(answer: Mapping[str, Any]) -> Any:
    error = answer.get("error")
    if error is None:
        return answer["result"]
    if error["reason"] == Invalid.reason:
        raise Invalid(error["fields"])
    raise _BY_REASON.get(error["reason"], Unavailable)(error["sentence"])
