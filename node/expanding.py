"""Unfamiliar JSON-LD, read by a process of its own that may be killed at any time.

A JSON-LD processor can be made to take minutes by a document of one kilobyte. So nothing reaches it
but what is small and plain (`activitypub.unfamiliar`), it knows the bundled contexts only, it has
two seconds and little memory, and it never runs where requests are served.
Started as a program, this file is that process: `python -m node.expanding`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from typing import Any

import orjson

from activitypub.errors import DocumentError
from activitypub.parsing import parse
from activitypub.unfamiliar import may_be_expanded

_log = logging.getLogger(__name__)

SECONDS = 2.0
"""CPU and wall time for one document."""
START_SECONDS = 30.0
LARGEST = 64 * 1024
MEMORY = 512 * 1024 * 1024
"""Address space of the child: a Python with PyLD, and room for one document."""
IDLE_SECONDS = 60.0
_LENGTH = 4


class ChildReader:
    """Asks one child, started at the first unfamiliar document and ended when idle for a minute."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._turn = asyncio.Lock()
        self._child: Process | None = None
        self._idle: asyncio.TimerHandle | None = None

    async def familiar(self, document: Mapping[str, Any]) -> dict[str, Any] | None:
        """The same statement in our terms; None when it is not plain enough or takes too long."""
        body = orjson.dumps(dict(document))
        if len(body) > LARGEST or not may_be_expanded(document):
            return None
        async with self._turn:
            answer = await self._asked(body)
        try:
            return parse(answer) if answer else None
        except DocumentError:
            return None

    async def close(self) -> None:
        """End the child."""
        if self._idle is not None:
            self._idle.cancel()
        child, self._child = self._child, None
        if child is not None:
            await _end(child)

    async def _asked(self, body: bytes) -> bytes:
        child = await self._alive()
        if child is None:
            return b""
        try:
            async with asyncio.timeout(self._seconds):
                answer = await _ask(child, body)
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            _log.warning("A document in unfamiliar JSON-LD took too long or too much.")
            await self.close()
            return b""
        except BaseException:
            # Its answer would be taken for that to the next document.
            self._child = None
            _kill(child)
            raise
        self._idle = asyncio.get_running_loop().call_later(IDLE_SECONDS, _kill, child)
        return answer

    async def _alive(self) -> Process | None:
        """The child, ready to be asked; None when it cannot be started."""
        if self._idle is not None:
            self._idle.cancel()
        if self._child is not None and self._child.returncode is None:
            return self._child
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "node.expanding", stdin=PIPE, stdout=PIPE, stderr=DEVNULL
        )
        try:
            # Its start is not the document's fault, and takes long on a small machine.
            async with asyncio.timeout(START_SECONDS):
                await _read(child)
        except (TimeoutError, asyncio.IncompleteReadError):
            _log.exception("The reader of unfamiliar JSON-LD could not be started.")
            await _end(child)
            return None
        except BaseException:
            _kill(child)
            raise
        self._child = child
        return child


async def _ask(child: Process, body: bytes) -> bytes:
    assert child.stdin is not None
    child.stdin.write(len(body).to_bytes(_LENGTH, "big") + body)
    await child.stdin.drain()
    return await _read(child)


async def _read(child: Process) -> bytes:
    assert child.stdout is not None
    size = int.from_bytes(await child.stdout.readexactly(_LENGTH), "big")
    return await child.stdout.readexactly(size)


async def _end(child: Process) -> None:
    _kill(child)
    await child.wait()


def _kill(child: Process) -> None:
    if child.returncode is None:
        child.kill()


# --- the child -----------------------------------------------------------------------------------


def main() -> None:
    """Answer documents from stdin until it ends: four bytes of length, then JSON; empty for no."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    _forbid_network()
    from activitypub.jsonld import familiar  # noqa: PLC0415  not in the process that serves

    familiar({"@context": "https://www.w3.org/ns/activitystreams", "type": "Note"})
    _write(b"")
    while length := sys.stdin.buffer.read(_LENGTH):
        body = sys.stdin.buffer.read(int.from_bytes(length, "big"))
        _limit_cpu()
        try:
            answer = json.dumps(familiar(json.loads(body))).encode()
        except (Exception, RecursionError):
            # Whatever is wrong with it, it stays unread; the reason would help nobody.
            answer = b""
        _write(answer)


def _limit_cpu() -> None:
    """Two more seconds from now; then the kernel ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime + SECONDS) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _forbid_network() -> None:
    """Any attempt to open a socket fails: contexts come from files and nowhere else (D11)."""

    def refuse(event: str, _: tuple[object, ...]) -> None:
        if event.startswith("socket."):
            raise PermissionError("no network here")

    sys.addaudithook(refuse)


def _write(answer: bytes) -> None:
    sys.stdout.buffer.write(len(answer).to_bytes(_LENGTH, "big") + answer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
