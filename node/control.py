"""The control socket: how a command reaches the node that runs, without a second writer.

One JSON line in, `{"operation": NAME, "arguments": {…}}`; one out, `{"result": …}` or
`{"error": {"status", "reason", "sentence", "fields"}}`. Only the node's own user can open it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, chdir
from pathlib import Path
from typing import Any

import orjson

from node.errors import Conflict, Invalid, NodeError, NotAllowed, NotFound, NotSignedIn, Unavailable
from node.operations import registry
from node.services import Node
from node.storage.errors import StorageError

_log = logging.getLogger(__name__)
_LONGEST_LINE = 16 * 1024 * 1024
_BY_REASON = {
    error.reason: error for error in (NotFound, NotAllowed, NotSignedIn, Conflict, Unavailable)
}


class NobodyThere(Exception):
    """No node answers on this socket."""


def socket_path(data: Path) -> Path:
    """Where the socket of a data folder is.

    A long folder name would not fit into a socket's address (108 bytes), so it is entered first.
    """
    return data / "control.sock"


@asynccontextmanager
async def listening(node: Node) -> AsyncIterator[None]:
    """Within the block commands are answered."""
    path = socket_path(node.config.data)
    path.unlink(missing_ok=True)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await asyncio.wait_for(reader.readline(), 10)
            writer.write(orjson.dumps(await _answer(node, line)) + b"\n")
            await writer.drain()
        except (TimeoutError, ConnectionError, ValueError):
            _log.info("a command broke off")
        finally:
            writer.close()

    with chdir(node.config.data):
        server = await asyncio.start_unix_server(serve, path.name, limit=_LONGEST_LINE)
    os.chmod(path, 0o600)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


async def ask(data: Path, operation: str, arguments: Mapping[str, Any]) -> Any:
    """What the running node answers. Raises: NobodyThere, or the error that it met."""
    try:
        with chdir(data):
            reader, writer = await asyncio.open_unix_connection(
                socket_path(data).name, limit=_LONGEST_LINE
            )
    except (FileNotFoundError, ConnectionRefusedError) as nobody:
        raise NobodyThere from nobody
    try:
        # not orjson, which has no numbers of more than 64 bits: the node refuses them by name
        asked = json.dumps({"operation": operation, "arguments": dict(arguments)})
        writer.write(asked.encode() + b"\n")
        await writer.drain()
        line = await reader.readline()
    finally:
        writer.close()
    if not line:
        raise Unavailable("The node ended before it answered; look again before you repeat this.")
    return _result(orjson.loads(line))


async def _answer(node: Node, line: bytes) -> dict[str, Any]:
    try:
        asked = orjson.loads(line)
        return {"result": await registry.perform(node, asked["operation"], asked["arguments"])}
    except NodeError as error:
        fields = error.fields if isinstance(error, Invalid) else {}
        return {"error": {"reason": error.reason, "sentence": str(error), "fields": fields}}
    except StorageError as error:
        return {"error": {"reason": Unavailable.reason, "sentence": str(error), "fields": {}}}
    except Exception:
        _log.exception("a command met an unforeseen error")
        sentence = "The node met an error of its own; its log has it."
        return {"error": {"reason": Unavailable.reason, "sentence": sentence, "fields": {}}}


def _result(answer: Mapping[str, Any]) -> Any:
    error = answer.get("error")
    if error is None:
        return answer["result"]
    if error["reason"] == Invalid.reason:
        raise Invalid(error["fields"])
    raise _BY_REASON.get(error["reason"], Unavailable)(error["sentence"])
