"""One log line format: one event, one line, verb first, what belongs to it as key=value or JSON.

A line carries what the code names in `extra` and nothing else: no bodies, no headers, no addresses
of people. Names that must never appear are dropped here, whoever passes them; of errors only their
class is told, and where they were raised.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web import RequestPayloadError

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_NEVER = frozenset(
    {"authorization", "body", "content", "cookie", "document", "email", "headers", "ip", "key"}
    | {"master", "password", "pem", "private_key", "remote", "secret", "signature", "token"}
)
_LONGEST = 400
"""Characters of one value; what a stranger sends must not fill the disk."""

_about: ContextVar[tuple[tuple[str, str], ...]] = ContextVar("about", default=())


@contextmanager
def about(**values: str) -> Iterator[None]:
    """Name the request or job at hand: every line written inside carries `values`."""
    before = _about.set(_about.get() + tuple(values.items()))
    try:
        yield
    finally:
        _about.reset(before)


def fields(record: logging.LogRecord) -> dict[str, Any]:
    """What a line says beside its message, in the order it was named."""
    extra = {name: value for name, value in vars(record).items() if name not in _OWN}
    named = dict(_about.get()) | extra
    return {name: value for name, value in named.items() if name.lower() not in _NEVER}


def _moment(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _trace(record: logging.LogRecord) -> str | None:
    """Where the error at hand and its causes came from, None if there is none.

    What an error says of itself stays out: it may repeat a name, an address, a piece of a body.
    """
    if not record.exc_info or record.exc_info[1] is None:
        return None
    return "\n".join(reversed([_place(error) for error in _causes(record.exc_info[1])]))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what caused it, what caused that; never round in a circle."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        hidden = None if error.__suppress_context__ else error.__context__
        error = error.__cause__ or hidden


def _place(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"Traceback (most recent call last):\n{frames}{_kind(error)}"


def _kind(error: BaseException) -> str:
    """The class of an error, and of all that are in a group of them."""
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return type(error).__name__ + (f" ({', '.join(map(_kind, inner))})" if inner else "")


def _without_errors(record: logging.LogRecord) -> bool:
    """Errors that are named in a message are named by their class alone."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            _kind(each) if isinstance(each, BaseException) else each for each in record.args
        )
    return True


def _of_asyncio(record: logging.LogRecord) -> bool:
    """Its lines without the tasks that they describe, with all that these hold."""
    record.msg, record.args = str(record.msg).partition("\n")[0], ()
    return True


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _word(value: object) -> str:
    """A value that cannot be taken for two, nor break out of its line."""
    text = _short(value)
    plain = text.isprintable() and not any(sign in text for sign in ' "=\\')
    return text if text and plain else json.dumps(text, ensure_ascii=not text.isprintable())


class TextFormatter(logging.Formatter):
    """`2026-12-05T18:00:00.000Z info federation.outward.delivery: delivered inbox=… status=202`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback follows indented, each line by itself."""
        message = _short(record.getMessage())
        said = message if message.isprintable() else json.dumps(message)
        pairs = "".join(f" {name}={_word(value)}" for name, value in fields(record).items())
        line = f"{_moment(record)} {record.levelname.lower()} {record.name}: {said}{pairs}"
        trace = _trace(record)
        return line if trace is None else line + "\n    " + trace.replace("\n", "\n    ")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, event, then what belongs to it."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever is in it."""
        line: dict[str, Any] = {
            "time": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _short(record.getMessage()),
        }
        for name, value in fields(record).items():
            line.setdefault(name, _json_value(value))
        trace = _trace(record)
        if trace is not None:
            line["traceback"] = trace
        return json.dumps(line)


def _json_value(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float) else _short(value)


def _of_aiohttp(record: logging.LogRecord) -> bool:
    """Its lines on failed requests, without the visitor's address; what was no HTTP at all, or was
    broken off, is everyday and told in one line without a byte of it (security: A29, G12, I19)."""
    error = record.exc_info[1] if record.exc_info else None
    record.msg, record.args = "A request ended in an error.", ()
    if isinstance(error, HttpProcessingError | RequestPayloadError):
        record.msg, record.exc_info = "A request was not HTTP.", None
        record.levelno, record.levelname = logging.INFO, "INFO"
    elif isinstance(error, ConnectionResetError):
        record.msg, record.exc_info = "A request was broken off.", None
        record.levelno, record.levelname = logging.INFO, "INFO"
    return record.levelno >= logging.getLogger().level


def start_logging(level: str, log_format: str, *, stream: TextIO | None = None) -> logging.Handler:
    """Write the log of the whole process to `stream` (standard error when None).

    `level` is debug … critical, `log_format` text or json. Replaces what an earlier call set up.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())
    root = logging.getLogger()
    for earlier in [each for each in root.handlers if hasattr(each, "of_josoor")]:
        root.removeHandler(earlier)
    handler.addFilter(_without_errors)
    handler.of_josoor = True  # type: ignore[attr-defined]
    root.addHandler(handler)
    root.setLevel(level.upper())
    # aiohttp's access log holds the visitors' addresses.
    logging.getLogger("aiohttp.access").disabled = True
    logging.getLogger("aiohttp.server").addFilter(_of_aiohttp)
    logging.getLogger("asyncio").addFilter(_of_asyncio)
    return handler
