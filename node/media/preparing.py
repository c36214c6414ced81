"""From the bytes that somebody hands in to a picture that can be kept: asked of a child process."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process

from node.errors import Invalid
from node.media.model import LARGEST_BODY, TOO_MUCH, Prepared, Size
from node.turns import Turns

_log = logging.getLogger(__name__)

SECONDS = 30.0
"""Wall time for one picture; of CPU it has ten."""
_LENGTH = 4
_LARGEST_ANSWER = 16 * 1024 * 1024


async def prepare(
    body: bytes, turns: Turns, *, field: str = "file", seconds: float = SECONDS
) -> Prepared:
    """The picture in its sizes, once it is its turn. `field` is what a complaint names.

    Raises: Invalid for what is no picture or not a harmless one, Unavailable when too many wait.
    """
    if not body:
        raise Invalid({field: "is empty"})
    if len(body) > LARGEST_BODY:
        raise Invalid({field: f"is larger than {LARGEST_BODY // 1024 // 1024} MiB"})
    async with turns:
        answer = await _answer(body, seconds)
    return _read(answer, field)


async def _answer(body: bytes, seconds: float) -> bytes:
    """What the child says; empty when it did not come to an end."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "node.media.shrinking", stdin=PIPE, stdout=PIPE, stderr=DEVNULL
    )
    try:
        async with asyncio.timeout(seconds):
            answer, _ = await child.communicate(body)
    except TimeoutError:
        _log.warning("A picture took too long to be read.")
        return b""
    finally:
        await _end(child)
    return answer if child.returncode == 0 else b""


async def _end(child: Process) -> None:
    if child.returncode is None:
        child.kill()
        await child.wait()


def _read(answer: bytes, field: str) -> Prepared:
    """Raises: Invalid."""
    if not _LENGTH < len(answer) <= _LARGEST_ANSWER:
        raise Invalid({field: TOO_MUCH})
    end = _LENGTH + int.from_bytes(answer[:_LENGTH], "big")
    head = json.loads(answer[_LENGTH:end])
    if "refused" in head:
        raise Invalid({field: str(head["refused"])})
    sizes = []
    for (width, height), length in zip(head["sizes"], head["lengths"], strict=True):
        body = answer[end : end + length]
        end += length
        sizes.append((_size(width, height, body), body))
    return Prepared(sizes=sizes)


def _size(width: int, height: int, body: bytes) -> Size:
    return Size(
        width=width,
        height=height,
        media_type="image/jpeg",
        digest=hashlib.sha256(body).hexdigest(),
        length=len(body),
    )
