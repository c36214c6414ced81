"""Errors that nobody caught, and warnings, which Python would print: told as our log tells.

Left alone, the interpreter repeats what they say of themselves, which may be a name, an address, a
piece of a body.
"""

from __future__ import annotations

import logging
import sys
import threading
import warnings
from pathlib import PurePath
from types import TracebackType
from typing import TextIO

_log = logging.getLogger(__name__)


def tell_last_words() -> None:
    """From now on they go through the log, by their class and place."""
    sys.excepthook = _uncaught
    threading.excepthook = _in_a_thread
    sys.unraisablehook = _unraisable
    warnings.showwarning = _warned


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    _log.critical("The process ends with an error.", exc_info=(kind, error, trace))


def _in_a_thread(last: threading.ExceptHookArgs) -> None:
    error = last.exc_value or last.exc_type()
    _log.error("A thread ended with an error.", exc_info=error.with_traceback(last.exc_traceback))


def _unraisable(last: sys.UnraisableHookArgs) -> None:
    _log.error("An error could not be raised.", exc_info=last.exc_value)


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    at = f"{'/'.join(PurePath(filename).parts[-2:])}:{lineno}"
    _log.warning("Python warns.", extra={"kind": category.__name__, "at": at})
