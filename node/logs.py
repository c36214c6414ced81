"""One log line format: one event, one line, verb first, what belongs to it as key=value or JSON.

A line carries what the code names in `extra` and nothing else: no bodies, no headers, no addresses
of people. Names that must never appear are dropped here, whoever passes them; of errors only their
class is told, and where they were raised; of what libraries say, only that they said it.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from copy import copy
from datetime import UTC, datetime
from typing import Any, TextIO

from node.hearsay import OURS, is_ours, retold

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


def _by_class(value: object) -> object:
    """Errors that are named in a line are named by their class alone."""
    return _kind(value) if isinstance(value, BaseException) else value


def as_told(record: logging.LogRecord) -> logging.LogRecord | None:
    """What is written of a record, a copy; None where nothing of it may be."""
    if not is_ours(record.name):
        return retold(record)
    told = copy(record)
    if isinstance(record.args, tuple):
        told.args = tuple(map(_by_class, record.args))
    return told


def _short(value: object) -> str:
    text = str(_by_class(value))
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


class LogHandler(logging.StreamHandler[TextIO]):
    """Writes what may be told, and nothing else, whoever has logged it."""

    def __init__(self, level: str, log_format: str, stream: TextIO) -> None:
        """`level` is debug … critical, `log_format` text or json."""
        super().__init__(stream)
        self.setLevel(level.upper())
        self.setFormatter(JsonFormatter() if log_format == "json" else TextFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line of a record, if it has one."""
        told = as_told(record)
        if told is not None and told.levelno >= self.level:
            super().emit(told)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's name for it
        """Say that a line is missing; logging itself would print all that was meant for it."""
        missing = logging.makeLogRecord({"name": __name__, "levelname": "ERROR"})
        missing.msg = "A line could not be written."
        missing.__dict__["at"] = f"{record.module}:{record.lineno}"
        with suppress(OSError, ValueError):
            self.stream.write(self.format(missing) + self.terminator)


def start_logging(level: str, log_format: str, *, stream: TextIO | None = None) -> LogHandler:
    """Write the log of the whole process to `stream` (standard error when None).

    `level` is debug … critical, `log_format` text or json. Replaces what an earlier call set up.
    """
    handler, root = LogHandler(level, log_format, stream or sys.stderr), logging.getLogger()
    for earlier in [each for each in root.handlers if isinstance(each, LogHandler)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(max(handler.level, logging.WARNING))
    for name in OURS:
        logging.getLogger(name).setLevel(handler.level)
    # Its lines are never told; so they need not be made.
    logging.getLogger("aiohttp.access").disabled = True
    return handler
