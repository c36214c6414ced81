"""The control socket, on the node's side: commands are answered while it runs.

One JSON line in, `{"operation": NAME, "arguments": {…}}`; one out, `{"result": …}` or
`{"error": {"status", "reason", "sentence", "fields"}}`. Only the node's own user can open it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, chdir
from typing import Any

import orjson

from node.asking import LONGEST_LINE, socket_path
from node.errors import Invalid, NodeError, Unavailable
from node.operations import registry
from node.services import Node
from node.storage.errors import StorageError

_log = logging.getLogger(__name__)


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

    listener = socket.socket(socket.AF_UNIX)
    with chdir(path.parent):
        listener.bind(path.name)
    os.chmod(path, 0o600)
    server = await asyncio.start_unix_server(serve, sock=listener, limit=LONGEST_LINE)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


async def _answer(node: Node, line: bytes) -> dict[str, Any]:
    try:
        # not orjson, which has no numbers of more than 64 bits: they are refused by name
        asked = json.loads(line)
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
