"""What libraries say in our log: that they said something, how bad it is, and where.

Their sentences are not ours to vouch for: aiohttp names the cookie it cannot read, asyncio the task
that failed with all that it holds, a pool the address it lost. So none of it is repeated.
"""

from __future__ import annotations

import logging
import re
from copy import copy
from pathlib import PurePath

from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import RequestPayloadError

OURS = ("node", "federation", "activitypub", "keys")
"""The packages whose lines are told as they are."""
_ACCESS = "aiohttp.access"
"""aiohttp's access log holds the visitors' addresses."""
_ITS_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"taskName"}
"""What every record has; what a library adds in `extra` stays out."""
_BEGINNING = re.compile(r"[A-Za-z][A-Za-z ,'-]*[.!]?")
"""As much of asyncio's sentence as is plain words; then come callbacks, with their arguments."""


def is_ours(name: str) -> bool:
    """Whether a logger is one of this project's."""
    return name.partition(".")[0] in OURS


def retold(record: logging.LogRecord) -> logging.LogRecord | None:
    """A library's line as it may be written down; None where nothing of it may."""
    if record.name == _ACCESS or record.levelno < logging.WARNING:
        return None
    told = copy(record)
    told.msg, told.args = "A library reported something.", ()
    for name in vars(record).keys() - _ITS_OWN:
        delattr(told, name)
    if record.name == "aiohttp.server":
        _of_requests(told)
    elif record.name == "asyncio":
        _of_tasks(told, str(record.msg))
    else:
        told.__dict__["at"] = f"{'/'.join(PurePath(record.pathname).parts[-2:])}:{record.lineno}"
    return told


def _of_requests(told: logging.LogRecord) -> None:
    """What was no HTTP at all, or was broken off, is everyday and told in one line without a byte
    of it (security: A29, G12, I19)."""
    error = told.exc_info[1] if told.exc_info else None
    told.msg = "A request ended in an error."
    if isinstance(error, HttpProcessingError | RequestPayloadError):
        _everyday(told, "A request was not HTTP.")
    elif isinstance(error, ConnectionResetError):
        _everyday(told, "A request was broken off.")


def _everyday(told: logging.LogRecord, sentence: str) -> None:
    told.msg, told.exc_info = sentence, None
    told.levelno, told.levelname = logging.INFO, "INFO"


def _of_tasks(told: logging.LogRecord, sentence: str) -> None:
    """A task that failed, a session that was left open: by the words that asyncio has for it."""
    found = _BEGINNING.match(sentence)
    if found:
        told.msg = found[0]
